/** Runs prepared plans: stages on the workers or inline, and above them what needs all rows, on the engine thread. */
import type { Arena } from '../arrow/memory.ts';
import type { ScanLease } from '../arrow/scan.ts';
import { assert } from '../core/assert.ts';
import type { ExecutorOptions, StageCache } from './execution.ts';
import { isPhysical, type PhysicalOf } from './physical-plan.ts';
import { PlanRun } from './plan-run.ts';
import type { ExecutionOptions, ExecutionResult, Executor, PreparedPlan, StatefulOperator } from './ports.ts';
import { compileStage, type CompiledStage } from './stage-runner.ts';

export function createExecutor(options: ExecutorOptions): Executor {
  return new PhysicalExecutor(options);
}

class PhysicalExecutor implements Executor {
  readonly #options: ExecutorOptions;
  readonly #compiled = new WeakMap<PhysicalOf<'stage'>, { readonly key: string; readonly compiled: CompiledStage }>();

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  async run(
    plan: PreparedPlan,
    scans: ReadonlyMap<number, AsyncIterable<ScanLease>>,
    stateful: ReadonlyMap<number, StatefulOperator>,
    options: ExecutionOptions,
  ): Promise<ExecutionResult> {
    assert(isPhysical(plan), 'a prepared plan comes from prepare()');
    const arena: Arena = this.#options.instance.memory.createArena('query');
    const run = new PlanRun(this.#options, { scans, stateful, options, arena, compile: this.#compile });
    try {
      const batches = await run.run(plan.root);
      const labelled = batches.map((batch) => ({ ...batch, schema: plan.schema }));
      return {
        schema: plan.schema,
        batches: labelled,
        rowCount: labelled.reduce((sum, batch) => sum + batch.length, 0),
        inputRows: run.inputRows,
        eventTimes: run.eventTimes,
        release: () => run.release(),
      };
    } catch (error) {
      run.release();
      throw error;
    }
  }

  readonly #compile: StageCache = (node, stage, context) => {
    const key = `${context.ansi} ${context.timeZone}`;
    const known = this.#compiled.get(node);
    if (known?.key === key) return known.compiled;
    const compiled = compileStage(stage, context);
    this.#compiled.set(node, { key, compiled });
    return compiled;
  };
}
