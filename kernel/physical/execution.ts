/** What an execution is given: the thread's engine, and the input of one run. */
import type { Arena } from '../arrow/memory.ts';
import type { ScanLease } from '../arrow/scan.ts';
import type { FunctionContext } from '../functions/contract.ts';
import type { KeptRows } from './kept-rows.ts';
import type { PhysicalOf } from './physical-plan.ts';
import type { ComputePool, ExecutionOptions, StatefulOperator } from './ports.ts';
import type { Stage } from './stage.ts';
import type { CompiledStage, StageEngine } from './stage-runner.ts';

export interface ExecutorOptions extends StageEngine {
  /** Undefined: everything runs on the engine thread. */
  readonly pool: ComputePool | undefined;
  /** Undefined: rows of the program are opened anew by each run. */
  readonly keptRows?: KeptRows;
}

/** Compiled stages of a plan are kept as long as the plan: a micro-batch must not compile again. */
export type StageCache = (node: PhysicalOf<'stage'>, stage: Stage, context: FunctionContext) => CompiledStage;

export interface RunInput {
  readonly scans: ReadonlyMap<number, AsyncIterable<ScanLease>>;
  readonly stateful: ReadonlyMap<number, StatefulOperator>;
  readonly options: ExecutionOptions;
  readonly arena: Arena;
  readonly compile: StageCache;
}
