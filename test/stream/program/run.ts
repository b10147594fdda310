/** Runs one case in Millrace, step by step, and gives its log: what each batch read, held and put out, and what failed. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataFrame } from '../../../kernel/api/data-frame.ts';
import type { StreamingQuery } from '../../../kernel/api/streaming-query.ts';
import type { TriggerOptions } from '../../../kernel/api/stream-writer.ts';
import { Deadline, DeadlineError, within } from '../../support/deadline.ts';
import { frameOf, readTables } from './build.ts';
import type { CaseProgram, Feed, OutputMode, Restart, StreamCase, Trigger } from './case.ts';
import { checkpointFiles, forget, nextBatch } from './checkpoint.ts';
import { errorLine } from './errors.ts';
import { Inputs } from './inputs.ts';
import { batchLine, Masks, type Answer, type Line } from './log.ts';
import type { Session } from './product.ts';

const TRIGGERS: Readonly<Record<Trigger, TriggerOptions>> = {
  processingTime: { processingTime: 0 },
  availableNow: { availableNow: true },
  once: { once: true },
};

/** Settings that every case starts with; Spark's session for goldens has the same, but for the last. */
const SETTINGS: Readonly<Record<string, string>> = {
  'spark.sql.session.timeZone': 'UTC',
  'spark.sql.shuffle.partitions': '1',
  // A query at rest sleeps until `processAllAvailable` wakes it: it does not see a step's files before the last has appeared.
  'spark.sql.streaming.pollingDelay': '60000',
};

/** @throws DeadlineError where the case does not end in time */
export async function runCase(spark: Session, test: StreamCase, root: string, limitMs: number): Promise<Answer> {
  const folder = path.join(root, test.name);
  try {
    return await new Run(spark, test, folder, new Deadline(limitMs)).run();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Batch {
  readonly id: number;
  readonly rows: readonly string[];
}

/** One case. A query runs from a step that needs it until a restart, an error, or the end. */
class Run {
  readonly #spark: Session;
  readonly #test: StreamCase;
  readonly #inputs: Inputs;
  readonly #checkpoint: string;
  readonly #deadline: Deadline;
  readonly #masks: Masks;
  readonly #failIn: Set<number>;
  readonly #log: Line[] = [];
  #program: CaseProgram;
  #mode: OutputMode;
  #trigger: Trigger;
  #conf: Readonly<Record<string, string>>;
  #columns: Answer['columns'] = null;
  #query: StreamingQuery | undefined;
  #batches: Batch[] = [];
  #reported = 0;
  #failure: unknown;
  #ended = false;

  constructor(spark: Session, test: StreamCase, root: string, deadline: Deadline) {
    this.#spark = spark;
    this.#test = test;
    this.#deadline = deadline;
    this.#inputs = new Inputs(path.join(root, 'in'));
    this.#checkpoint = path.join(root, 'checkpoint');
    this.#masks = new Masks(test.masked);
    this.#failIn = new Set(test.failIn);
    this.#program = test.program;
    this.#mode = test.mode;
    this.#trigger = test.trigger;
    this.#conf = { ...SETTINGS, ...test.conf };
  }

  async run(): Promise<Answer> {
    const test = this.#test;
    for (const name of Object.keys(test.views)) this.#inputs.folder(name);
    for (const [name, { schema, rows }] of Object.entries(test.tables)) {
      this.#inputs.stage({ folder: name, name: '0000.json', mtimeS: 0, schema, rows });
    }
    this.#inputs.publish();
    try {
      for (const step of test.steps) {
        if (step.kind === 'restart') await this.#restart(step.restart);
        else await this.#take(step.feed);
      }
      if (!this.#ended && this.#query === undefined && this.#trigger === 'processingTime') await this.#process();
      await this.#stop();
    } finally {
      await this.#abandon();
      for (const key of Object.keys(this.#conf)) this.#spark.conf.unset(key);
    }
    if (test.logs) this.#log.push(checkpointFiles(this.#checkpoint));
    return { columns: this.#columns, log: this.#log };
  }

  async #take(feed: Feed): Promise<void> {
    this.#stage(feed);
    if (feed.hold) {
      this.#inputs.publish();
      return;
    }
    if (feed.waitMs > 0) await delay(feed.waitMs);
    if (!this.#ended) await this.#process();
  }

  #stage({ add, files, table }: Feed): void {
    const { views, tables } = this.#test;
    for (const [view, rows] of Object.entries(add)) this.#inputs.add(view, views[view]?.schema ?? '', rows);
    for (const { view, name, mtimeS, rows } of files) {
      this.#inputs.stage({ folder: view, name, mtimeS, schema: views[view]?.schema ?? '', rows });
    }
    for (const [name, rows] of Object.entries(table)) {
      this.#inputs.stage({ folder: name, name: '0000.json', mtimeS: 0, schema: tables[name]?.schema ?? '', rows });
    }
  }

  /** Stops the query; the next step starts it again from its checkpoint, with the changes. */
  async #restart(changes: Restart): Promise<void> {
    await this.#stop();
    this.#program = changes.program ?? this.#program;
    this.#mode = changes.mode ?? this.#mode;
    this.#trigger = changes.trigger ?? this.#trigger;
    this.#conf = { ...this.#conf, ...changes.conf };
    for (const log of changes.forget) forget(this.#checkpoint, log);
    this.#ended = false;
    this.#log.push({ restart: true });
  }

  /** All that lies in the inputs, and what follows from it. */
  async #process(): Promise<void> {
    this.#inputs.publish();
    try {
      this.#query ??= await this.#start();
      if (this.#trigger === 'processingTime') await this.#deadline.bound(this.#query.processAllAvailable());
      else await this.#deadline.bound(this.#query.awaitTermination());
    } catch (error) {
      if (error instanceof DeadlineError) throw error;
      await this.#failed(error);
      return;
    }
    if (this.#trigger === 'processingTime') {
      this.#collect();
    } else {
      await this.#stop();
      this.#log.push({ end: true });
    }
  }

  async #start(): Promise<StreamingQuery> {
    for (const [key, value] of Object.entries(this.#conf)) this.#spark.conf.set(key, value);
    const ground = { spark: this.#spark, test: this.#test, inputs: this.#inputs };
    const tables = await readTables(this.#spark, this.#test, this.#inputs);
    const frame = frameOf({ ...ground, tables }, this.#program);
    this.#columns ??= frame.dtypes;
    return frame.writeStream
      .outputMode(this.#mode)
      .option('checkpointLocation', this.#checkpoint)
      .trigger(TRIGGERS[this.#trigger])
      .foreachBatch((batch, id) => this.#onBatch(batch, Number(id)))
      .start();
  }

  async #onBatch(batch: DataFrame, id: number): Promise<void> {
    try {
      const rows = await batch.toJSON().collect();
      this.#batches.push({ id, rows: this.#test.ordered ? rows : rows.toSorted(byCodePoints) });
    } catch (error) {
      this.#failure = error;
      throw error;
    }
    if (this.#failIn.delete(id)) throw new Error(`batch ${id} fails on purpose`);
  }

  /** Moves what the query did since the last time into the log. */
  #collect(): void {
    const recent = this.#query?.recentProgress ?? [];
    for (const progress of recent.slice(this.#reported)) {
      const rows = this.#batches.find(({ id }) => id === progress.batchId)?.rows;
      this.#batches = this.#batches.filter(({ id }) => id !== progress.batchId);
      const masked = rows === undefined ? undefined : this.#masks.apply(rows);
      this.#log.push(batchLine(progress, masked, this.#test.progress));
    }
    this.#reported = recent.length;
  }

  /** Logs what came before the error, what the failed batch had put out, and the error itself. */
  async #failed(error: unknown): Promise<void> {
    this.#collect();
    for (const { id, rows } of this.#batches) this.#log.push({ batch: id, rows: this.#masks.apply(rows) });
    const at = this.#query === undefined ? 'start' : `batch ${nextBatch(this.#checkpoint)}`;
    this.#log.push(errorLine(this.#failure ?? error, at));
    this.#ended = true;
    await this.#stop();
  }

  async #stop(): Promise<void> {
    if (this.#query !== undefined) {
      await this.#deadline.bound(this.#query.stop());
      if (!this.#ended) this.#collect();
    }
    this.#query = undefined;
    this.#batches = [];
    this.#reported = 0;
    this.#failure = undefined;
  }

  /** Stops a query that is still there after an error of this program itself, but does not wait for ever. */
  async #abandon(): Promise<void> {
    if (this.#query === undefined) return;
    await within(this.#query.stop(), ABANDON_MS).catch(() => undefined);
    this.#query = undefined;
  }
}

const ABANDON_MS = 2000;

/** As Python sorts text, in which the expected rows are sorted. */
function byCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
