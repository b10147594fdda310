/** What the objects of one session share. */
import type { CellOptions } from './show.ts';
import type { ColumnId } from '../expr/expr.ts';
import { analyze } from '../plan/analyze.ts';
import { Catalog } from '../plan/catalog.ts';
import type { AnalysisContext } from '../plan/context.ts';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import type { SqlParser } from '../plan/parser-port.ts';
import type { Conf, QueryRunner } from '../plan/runner-port.ts';
import { RuntimeConf } from './conf.ts';
import type { StreamingQuery } from './streaming-query.ts';

/** What a session is given by the composition root. */
export interface Runtime {
  readonly parser: SqlParser;
  readonly runner: QueryRunner;
  /** Where `show`, `printSchema` and `explain` print. */
  readonly print: (text: string) => void;
  /** Settings beyond the defaults. */
  readonly conf?: Conf;
}

export class SessionState {
  readonly parser: SqlParser;
  readonly runner: QueryRunner;
  readonly print: (text: string) => void;
  readonly catalog = new Catalog();
  readonly conf: RuntimeConf;
  /** In order of their start; ended ones leave when they are looked at. */
  readonly queries = new Set<StreamingQuery>();
  readonly #analysed = new WeakSet<LogicalPlan>();
  #lastColumnId = 0;
  #lastSourceId = 0;
  #lastStreamId = 0;

  constructor(runtime: Runtime) {
    this.parser = runtime.parser;
    this.runner = runtime.runner;
    this.print = runtime.print;
    this.conf = new RuntimeConf(runtime.conf ?? {});
  }

  nextColumnId(): ColumnId {
    return ++this.#lastColumnId;
  }

  /** Tells reads of streaming sources apart. */
  nextSourceId(): number {
    return this.#lastSourceId++;
  }

  nextStreamId(): number {
    return ++this.#lastStreamId;
  }

  get analysis(): AnalysisContext {
    return {
      catalog: this.catalog,
      functions: { ansi: this.conf.ansi, timeZone: this.conf.timeZone, parser: this.parser },
      nextColumnId: () => this.nextColumnId(),
      analysed: this.#analysed,
    };
  }

  get cellOptions(): CellOptions {
    return { timeZone: this.conf.timeZone };
  }

  analyze(plan: LogicalPlan): LogicalPlan {
    return analyze(plan, this.analysis);
  }
}
