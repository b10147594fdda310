/** The engine of this process, as a session reaches it: planning for `explain` and schemas here, everything else in the engine worker. */
import { createConnectors } from './connectors/registry.ts';
import { MillraceError } from './core/errors.ts';
import { optimize } from './optimizer/optimize.ts';
import { planOptions } from './engine/plan-sources.ts';
import { prepare } from './physical/planner.ts';
import { planText } from './plan/text.ts';
import type { ExplainMode, LogicalPlan } from './plan/logical-plan.ts';
import type { Conf } from './plan/runner-port.ts';
import { EngineClient, type EngineClientOptions } from './session/engine/client.ts';

export type EngineHooks = Pick<EngineClientOptions, 'liveTarget' | 'onStarted' | 'printer' | 'asCell' | 'execution'>;

export function createLocalEngine(hooks: EngineHooks): EngineClient {
  const unused = (): never => {
    throw new MillraceError('INTERNAL_ERROR', { message: 'Sinks run in the engine worker' });
  };
  // For schemas only: nothing is read or written on this thread but what inference looks at.
  const connectors = createConnectors({ show: unused, print: unused, foreachBatch: unused });
  return new EngineClient({
    ...hooks,
    workerUrl: new URL('./engine-worker.js', import.meta.url),
    sourceSchema: ({ format, ...request }) => connectors.source(format).schema(request),
    explain,
  });
}

/** The physical plan; `extended` puts the analysed and the optimised plan before it. */
function explain(plan: LogicalPlan, mode: ExplainMode, conf: Conf): string {
  const optimized = optimize(plan);
  const physical = `== Physical Plan ==\n${prepare(optimized, planOptions(conf)).text}`;
  if (mode === 'simple') return physical;
  return `== Analyzed Logical Plan ==\n${planText(plan)}\n== Optimized Logical Plan ==\n${planText(optimized)}\n${physical}`;
}
