/**
 * Runs a stage in one thread. `compileStage` is done once per plan and thread; a run opens the sink, pushes batches through
 * the operators and gives references to what the sink kept.
 *
 * Lifecycle of a run: any number of `run` / `push` → `finish` → `release`. Memory: what a task's reader and the operators
 * allocate is freed after the task or earlier; the sink's memory lives until `release`.
 */
import type { RecordBatch } from '../arrow/column.ts';
import type { Arena } from '../arrow/memory.ts';
import { referenceBatch } from '../arrow/open.ts';
import type { ScanTask, TaskReader } from '../arrow/scan.ts';
import { present } from '../core/assert.ts';
import type { EvalContext, FunctionContext } from '../functions/contract.ts';
import type { DenseReference } from './dense-groups/reference.ts';
import { denseShapeOf } from './dense-groups/stage-shape.ts';
import { compileDenseSink } from './operators/dense-sink.ts';
import { compileOperator, EventTimeNotes, type Operator } from './operators/operators.ts';
import { compileSink, type OpenSink, type Sink } from './operators/sinks.ts';
import type {
  CreateGroupTable,
  CreateStageRunner,
  EngineInstance,
  StageOptions,
  StageOutcome,
  StageRunner,
} from './ports.ts';
import type { Stage } from './stage.ts';
import { readsTextAsJson } from './text-as-json.ts';
import { builtInReader } from './task-readers.ts';

/** Rows per vector: small enough for the caches, large enough that calls do not count. */
export const BATCH_ROWS_MAX = 8192;

/** A task of JSON lines, whole: preparing the parser costs as much as some hundred lines. */
const JSON_ROWS_MAX = 32_768;

/** Where nothing is computed between the source and the sink, rows pass the caches but once. */
const MORSEL_ROWS_MAX = 65_536;

/** What operators have allocated is freed when it exceeds this: often enough for the caches, seldom enough not to cost. */
const VECTOR_BYTES_MAX = 1 << 20;

export interface StageEngine {
  readonly instance: EngineInstance;
  readonly createGroupTable: CreateGroupTable;
  readonly readers: ReadonlyMap<string, TaskReader>;
}

export interface CompiledStage {
  readonly stage: Stage;
  readonly batchRowsMax: number;
  readonly lineEnds: 'any' | undefined;
  readonly operators: readonly Operator[];
  readonly openSink: OpenSink;
}

export function compileStage(stage: Stage, context: FunctionContext): CompiledStage {
  const shape = denseShapeOf(stage);
  const chained = shape?.panes === undefined ? stage.operators : stage.operators.slice(0, -1);
  let input = stage.source.output;
  const operators = chained.map((operator) => {
    const compiled = compileOperator(operator, input, context);
    input = operator.output;
    return compiled;
  });
  const { sink } = stage;
  const lineEnds = readsTextAsJson(stage) ? 'any' : undefined;
  const vectorRows = lineEnds === undefined ? BATCH_ROWS_MAX : JSON_ROWS_MAX;
  if (shape === undefined || sink.kind !== 'aggregate') {
    return { stage, operators, openSink: compileSink(sink, input, context), lineEnds, batchRowsMax: vectorRows };
  }
  const openSink = compileDenseSink(stage, sink, shape, input, context);
  return { stage, operators, openSink, lineEnds, batchRowsMax: operators.length === 0 ? MORSEL_ROWS_MAX : vectorRows };
}

export class StageRun implements StageRunner {
  readonly #engine: StageEngine;
  readonly #compiled: CompiledStage;
  readonly #options: StageOptions;
  readonly #sink: Sink;
  readonly #taskArena: Arena;
  readonly #batchArena: Arena;
  readonly #context: EvalContext;
  readonly #notes = new EventTimeNotes();
  #inputRows = 0;

  constructor(engine: StageEngine, compiled: CompiledStage, options: StageOptions) {
    this.#engine = engine;
    this.#compiled = compiled;
    this.#options = options;
    const { memory, kernels } = engine.instance;
    this.#taskArena = memory.createArena('task');
    this.#batchArena = memory.createArena('vectors');
    this.#context = { ...options, kernels, arena: this.#batchArena };
    this.#sink = compiled.openSink(engine.instance, engine.createGroupTable);
  }

  /** Rows that the sink has kept as they are. */
  get rowCount(): number {
    return this.#sink.rowCount;
  }

  run(taskIndex: number, task: ScanTask): void {
    const reader = builtInReader(task.reader, this.#engine.instance.kernels) ?? this.#engine.readers.get(task.reader);
    const batches = present(reader, `the reader ${task.reader}`).read(task, {
      schema: this.#compiled.stage.source.schema,
      arena: this.#taskArena,
      batchRowsMax: this.#compiled.batchRowsMax,
      lineEnds: this.#compiled.lineEnds,
      timeZone: this.#options.timeZone,
    });
    try {
      for (const batch of batches) this.#push(taskIndex, batch);
    } finally {
      this.#taskArena.release();
    }
  }

  /** As `run`, with rows that are there already. */
  push(taskIndex: number, batch: RecordBatch): void {
    this.#push(taskIndex, batch);
  }

  finish(): StageOutcome {
    return {
      output: this.finishBatches().map(({ taskIndex, batches }) => ({
        taskIndex,
        batches: batches.map(referenceBatch),
      })),
      dense: this.dense(),
      inputRows: this.#inputRows,
      eventTimes: this.#notes.list(),
    };
  }

  finishBatches(): ReturnType<Sink['finish']> {
    return this.#sink.finish(this.#context);
  }

  /** After `finishBatches`: groups that are not among its batches. */
  dense(): DenseReference | undefined {
    return this.#sink.dense?.();
  }

  get inputRows(): number {
    return this.#inputRows;
  }

  get eventTimes(): StageOutcome['eventTimes'] {
    return this.#notes.list();
  }

  release(): void {
    this.#taskArena.release();
    this.#batchArena.release();
    this.#sink.release();
  }

  #push(taskIndex: number, batch: RecordBatch): void {
    this.#inputRows += batch.length;
    let current: RecordBatch | undefined = batch;
    for (const operator of this.#compiled.operators) {
      if (current === undefined || current.length === 0) break;
      current = operator(current, this.#context, this.#notes);
    }
    if (current !== undefined && current.length > 0) this.#sink.add(taskIndex, current, this.#context);
    if (this.#batchArena.allocatedBytes > VECTOR_BYTES_MAX) this.#batchArena.release();
  }
}

/** For a compute worker: stages come as plain data from the engine thread's planner, and only from there. */
export function stageRunnerFactory(engine: StageEngine): CreateStageRunner {
  return (stage, options) => new StageRun(engine, compileStage(stage as Stage, options), options);
}
