/** `df.write`: batch results to files. */
import { MillraceError } from '../core/errors.ts';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import type { SessionState } from './session-state.ts';

export class DataFrameWriter {
  readonly #state: SessionState;
  readonly #plan: LogicalPlan;
  readonly #format: string;

  constructor(state: SessionState, plan: LogicalPlan, format = 'json') {
    this.#state = state;
    this.#plan = plan;
    this.#format = format;
  }

  format(name: string): DataFrameWriter {
    return new DataFrameWriter(this.#state, this.#plan, name.toLowerCase());
  }
  /** `noop` runs the query and drops its rows; files are not supported yet. @throws NOT_SUPPORTED */
  async save(path?: string): Promise<void> {
    if (this.#format === 'noop') {
      await this.#state.runner.execute(this.#plan, this.#state.conf.getAll());
      return;
    }
    throw new MillraceError('NOT_SUPPORTED', {
      feature: `Writing ${this.#format}${path === undefined ? '' : ` to ${path}`}`,
      remedy: 'Collect the rows, or take df.toArrow(), and write them with node:fs.',
    });
  }
  async json(path: string): Promise<void> {
    return this.format('json').save(path);
  }
  async csv(path: string): Promise<void> {
    return this.format('csv').save(path);
  }
  async parquet(path: string): Promise<void> {
    return this.format('parquet').save(path);
  }
  async text(path: string): Promise<void> {
    return this.format('text').save(path);
  }
}
