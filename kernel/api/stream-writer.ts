/** `df.writeStream`: where a streaming query's rows go, how often, and in which output mode. */
import { MillraceError } from '../core/errors.ts';
import { field, Types } from '../arrow/types.ts';
import { valuesOf } from '../arrow/values.ts';
import { Exprs } from '../expr/expr.ts';
import { intervalMicros, parseInterval } from '../plan/interval.ts';
import type { LogicalPlan, Options } from '../plan/logical-plan.ts';
import { outputOf, schemaOf } from '../plan/output.ts';
import type { OutputMode, QueryResult, StreamRequest, Trigger } from '../plan/runner-port.ts';
import { checkStreaming } from '../plan/streaming-check.ts';
import type { DataFrame, MakeFrame } from './data-frame.ts';
import { readIpc } from './ipc.ts';
import { mergeOptions, type OptionValue } from './options.ts';
import { makeRows, type Row } from './row.ts';
import type { AnySchema } from './schema-types.ts';
import type { SessionState } from './session-state.ts';
import { StreamingQuery } from './streaming-query.ts';

export type TriggerOptions =
  { readonly processingTime: string | number } | { readonly availableNow: true } | { readonly once: true };

/** Called with the rows of each batch, in their order; `open` false skips the batch. */
export interface ForeachWriter<S> {
  open?(partitionId: number, batchId: bigint): boolean | Promise<boolean>;
  process(row: Row<S>): void | Promise<void>;
  close?(error: Error | undefined): void | Promise<void>;
}

type OnBatch = NonNullable<StreamRequest['onBatch']>;

interface WriterSettings {
  readonly format: string;
  readonly outputMode: OutputMode;
  readonly options: Options;
  readonly trigger: Trigger;
  readonly name: string | undefined;
  readonly onBatch: OnBatch | undefined;
}

const START: WriterSettings = {
  format: 'console',
  outputMode: 'append',
  options: {},
  trigger: { kind: 'processingTime', intervalMs: 0 },
  name: undefined,
  onBatch: undefined,
};

export class DataStreamWriter<S = AnySchema> {
  readonly #state: SessionState;
  readonly #makeFrame: MakeFrame;
  readonly #plan: LogicalPlan;
  readonly #settings: WriterSettings;

  constructor(state: SessionState, makeFrame: MakeFrame, plan: LogicalPlan, settings: WriterSettings = START) {
    this.#state = state;
    this.#makeFrame = makeFrame;
    this.#plan = plan;
    this.#settings = settings;
  }

  /** `append`: rows once they are final; `update`: rows that changed; `complete`: the whole result each time. */
  outputMode(mode: OutputMode | Capitalize<OutputMode>): DataStreamWriter<S> {
    const lower = mode.toLowerCase();
    if (lower === 'append' || lower === 'update' || lower === 'complete') return this.#with({ outputMode: lower });
    throw new MillraceError('INVALID_ARGUMENT', {
      argument: 'outputMode',
      problem: `'${mode}' is not an output mode`,
      remedy: 'Use append, update or complete.',
    });
  }
  /** `console`, `memory`, `noop`, or a file format. */
  format(name: string): DataStreamWriter<S> {
    return this.#with({ format: name.toLowerCase() });
  }
  /** Sets an option of the sink; `checkpointLocation` is where the query's progress and state are kept. */
  option(key: string, value: OptionValue): DataStreamWriter<S> {
    return this.options({ [key]: value });
  }
  options(values: Readonly<Record<string, OptionValue>>): DataStreamWriter<S> {
    return this.#with({ options: mergeOptions(this.#settings.options, values) });
  }
  /** When micro-batches run: `{ processingTime: "10 seconds" }`, `{ availableNow: true }` or `{ once: true }`. */
  trigger(options: TriggerOptions): DataStreamWriter<S> {
    return this.#with({ trigger: triggerOf(options) });
  }
  /** The name of the query; also the name of its table for the memory sink. */
  queryName(name: string): DataStreamWriter<S> {
    return this.#with({ name });
  }
  /** Not supported yet. @throws NOT_SUPPORTED */
  partitionBy(...columns: readonly string[]): DataStreamWriter<S> {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: `partitionBy(${columns.join(', ')})`,
      remedy: 'Write each batch as you need it with foreachBatch.',
    });
  }
  /** Calls a function with each batch, as a batch DataFrame, and its id. A batch may come again after a crash, with the same id. */
  foreachBatch(handle: (batch: DataFrame<S>, batchId: bigint) => void | Promise<void>): DataStreamWriter<S> {
    const onBatch: OnBatch = async (batchId, rows) => {
      await handle(this.#makeFrame<S>(batchPlan(this.#state, rows)), batchId);
    };
    return this.#with({ format: 'foreachbatch', onBatch });
  }
  /** Calls a function, or a writer's methods, with each row. */
  foreach(writer: ForeachWriter<S> | ((row: Row<S>) => void | Promise<void>)): DataStreamWriter<S> {
    const full: ForeachWriter<S> = typeof writer === 'function' ? { process: writer } : writer;
    return this.#with({ format: 'foreach', onBatch: (batchId, rows) => writeRows(full, batchId, rows) });
  }

  /**
   * Starts the query and returns it at once.
   * @throws UNSUPPORTED_STREAMING_OPERATION, CONCURRENT_QUERY
   */
  start(path?: string): StreamingQuery {
    const { format, name, outputMode, trigger, onBatch, options } = this.#settings;
    checkStreaming(this.#plan, outputMode);
    if (format === 'memory' && name === undefined) {
      throw new MillraceError('INVALID_ARGUMENT', {
        argument: 'queryName',
        problem: 'the memory sink needs a name for its table',
        remedy: 'Call queryName("name") before start().',
      });
    }
    if ((format === 'foreachbatch' || format === 'foreach') && onBatch === undefined) {
      throw new MillraceError('INVALID_ARGUMENT', {
        argument: 'format',
        problem: `the sink ${sinkName(format)} needs a function`,
        remedy: `Call ${sinkName(format)}(...) instead.`,
      });
    }
    const { checkpointLocation, sink } = splitOptions(options);
    const paths = path ?? options['path'];
    const request: StreamRequest = {
      plan: this.#plan,
      name,
      outputMode,
      trigger,
      sink: { format: sinkName(format), options: sink, paths: paths === undefined ? [] : [paths] },
      checkpointLocation: checkpointLocation ?? this.#defaultCheckpoint(name),
      conf: this.#state.conf.getAll(),
      onBatch,
    };
    const query = new StreamingQuery(this.#state, this.#state.runner.startStream(request));
    this.#state.queries.add(query);
    if (format === 'memory' && name !== undefined) registerMemoryTable(this.#state, name, this.#plan);
    return query;
  }
  /** Starts the query into a table that SQL can read by its name: a memory table. */
  toTable(name: string): StreamingQuery {
    return this.format('memory').queryName(name).start();
  }

  /** With `spark.sql.streaming.checkpointLocation` set, named queries get a folder of their own there. */
  #defaultCheckpoint(name: string | undefined): string | undefined {
    const root = this.#state.conf.getOption('spark.sql.streaming.checkpointLocation');
    return root === undefined || name === undefined ? undefined : `${root}/${name}`;
  }

  #with(change: Partial<WriterSettings>): DataStreamWriter<S> {
    return new DataStreamWriter<S>(this.#state, this.#makeFrame, this.#plan, { ...this.#settings, ...change });
  }
}

function sinkName(format: string): string {
  return format === 'foreachbatch' ? 'foreachBatch' : format;
}

function splitOptions(options: Options): { readonly checkpointLocation: string | undefined; readonly sink: Options } {
  const entries = Object.entries(options);
  const found = entries.find(([key]) => key.toLowerCase() === 'checkpointlocation');
  const sink = entries.filter(([key]) => !['checkpointlocation', 'path'].includes(key.toLowerCase()));
  return { checkpointLocation: found?.[1], sink: Object.fromEntries(sink) };
}

function triggerOf(options: TriggerOptions): Trigger {
  if ('availableNow' in options) return { kind: 'availableNow' };
  if ('once' in options) return { kind: 'once' };
  const { processingTime } = options;
  const intervalMs = typeof processingTime === 'number' ? processingTime : millisOf(processingTime);
  if (Number.isFinite(intervalMs) && intervalMs >= 0) return { kind: 'processingTime', intervalMs };
  throw new MillraceError('INVALID_ARGUMENT', {
    argument: 'processingTime',
    problem: 'the interval must not be negative',
    remedy: 'Give one such as "10 seconds".',
  });
}

function millisOf(interval: string): number {
  return Number(intervalMicros(parseInterval(interval, 'INVALID_INTERVAL_FORMAT')) / 1000n);
}

/** `spark.table(queryName)` reads what the memory sink holds at that moment. */
function registerMemoryTable(state: SessionState, name: string, plan: LogicalPlan): void {
  const schema = schemaOf(plan);
  const table: LogicalPlan = {
    kind: 'dataSource',
    format: 'memory-sink',
    options: { queryName: name },
    paths: [],
    schema,
    streaming: false,
    sourceId: state.nextSourceId(),
    output: outputOf(plan).map((c) => Exprs.column(state.nextColumnId(), c.name, c.type, c.nullable)),
  };
  state.catalog.setView(name, state.analyze(table), { replace: true });
}

/** A batch's rows as the plan of a batch DataFrame. */
function batchPlan(state: SessionState, rows: QueryResult): LogicalPlan {
  const schema = Types.struct(rows.schema.fields.map((f) => field(f.name, f.type, f.nullable)));
  return {
    kind: 'localRelation',
    schema,
    rows: { ipc: rows.ipc, rowCount: rows.rowCount },
    output: schema.fields.map((f) => Exprs.column(state.nextColumnId(), f.name, f.type, f.nullable)),
  };
}

async function writeRows<S>(writer: ForeachWriter<S>, batchId: bigint, result: QueryResult): Promise<void> {
  if ((await writer.open?.(0, batchId)) === false) return;
  try {
    const names = result.schema.fields.map((f) => f.name);
    for (const batch of readIpc(result.ipc, result.schema)) {
      for (const row of makeRows<S>(valuesOf(batch), names)) await writer.process(row);
    }
  } catch (error) {
    await writer.close?.(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
  await writer.close?.(undefined);
}
