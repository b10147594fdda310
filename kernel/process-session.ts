/**
 * The one Spark session of this process and its engine: made at first use by a script (`SparkSession.builder.getOrCreate()`), or
 * by the notebook kernel before any cell runs.
 */
import { SparkSession } from './api/session.ts';
import { createLocalEngine, type EngineHooks } from './local-engine.ts';
import type { Conf } from './plan/runner-port.ts';
import type { EngineClient } from './session/engine/client.ts';
import { sqlParser } from './sql/parser.ts';

export type ParameterValue = string | number | boolean | null;

export interface ProcessSession {
  readonly spark: SparkSession;
  readonly engine: EngineClient;
}

export interface SessionHooks extends EngineHooks {
  /** Where `show`, `printSchema` and `explain` print. */
  readonly print: (text: string) => void;
}

/** A script prints to standard output and has no live views. */
const SCRIPT_HOOKS: SessionHooks = {
  liveTarget: () => undefined,
  onStarted: () => undefined,
  printer: () => (text, to) => process[to].write(text),
  asCell: () => (action) => action(),
  execution: () => undefined,
  print: (text) => process.stdout.write(text),
};

class Sessions {
  /** What `-p name=value` gave to the program: the same object from the beginning, since modules export it. */
  readonly parameters: Readonly<Record<string, ParameterValue>> = {};
  #session: ProcessSession | undefined;

  get current(): ProcessSession | undefined {
    return this.#session;
  }

  setParameters(values: ReadonlyMap<string, ParameterValue>): void {
    Object.assign(this.parameters, Object.fromEntries(values));
  }

  getOrCreate(hooks: SessionHooks = SCRIPT_HOOKS, conf: Conf = {}): ProcessSession {
    if (this.#session !== undefined) {
      for (const [key, value] of Object.entries(conf)) this.#session.spark.conf.set(key, value);
      return this.#session;
    }
    const engine = createLocalEngine(hooks);
    const spark = new SparkSession({ parser: sqlParser, runner: engine, print: hooks.print, conf });
    this.#session = { spark, engine };
    return this.#session;
  }
}

export const processSessions = new Sessions();
