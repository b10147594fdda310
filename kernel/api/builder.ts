/** `SparkSession.builder…getOrCreate()`. */
import { MillraceError } from '../core/errors.ts';
import type { Conf } from '../plan/runner-port.ts';
import { SparkSession } from './session.ts';
import type { Runtime } from './session-state.ts';

/** A session over a parser and an engine. For embedding and tests; programs use `SparkSession.builder`. */
export function createSparkSession(runtime: Runtime): SparkSession {
  return new SparkSession(runtime);
}

export class SessionBuilder {
  readonly #getOrCreate: (conf: Conf) => SparkSession;
  readonly #conf: Conf;

  constructor(getOrCreate: (conf: Conf) => SparkSession, conf: Conf = {}) {
    this.#getOrCreate = getOrCreate;
    this.#conf = conf;
  }

  /** A name for the application. */
  appName(name: string): SessionBuilder {
    return this.config('spark.app.name', name);
  }
  /** Only `local` is known, with any number of threads. @throws NOT_SUPPORTED for a cluster's address */
  master(url: string): SessionBuilder {
    if (url.startsWith('local')) return this.config('spark.master', url);
    throw new MillraceError('NOT_SUPPORTED', {
      feature: `The master ${url}`,
      remedy: "Use master('local[*]'): Millrace runs in this process.",
    });
  }
  /** Sets one setting, or several. */
  config(key: string, value: string | number | boolean): SessionBuilder;
  config(values: Readonly<Record<string, string | number | boolean>>): SessionBuilder;
  config(
    key: string | Readonly<Record<string, string | number | boolean>>,
    value?: string | number | boolean,
  ): SessionBuilder {
    const added = typeof key === 'string' ? { [key]: String(value) } : mapValues(key);
    return new SessionBuilder(this.#getOrCreate, { ...this.#conf, ...added });
  }
  /** Has no effect: there is no Hive here. */
  enableHiveSupport(): this {
    return this;
  }
  /** Not supported yet. @throws NOT_SUPPORTED */
  remote(url: string): SessionBuilder {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: `Spark Connect (${url})`,
      remedy: "Run locally: SparkSession.builder.master('local[*]').getOrCreate().",
    });
  }
  /** The session of this process, with the settings given. */
  getOrCreate(): SparkSession {
    return this.#getOrCreate(this.#conf);
  }
}

function mapValues(values: Readonly<Record<string, string | number | boolean>>): Conf {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}

/** What programs know as `SparkSession`. */
export interface SessionEntry {
  readonly builder: SessionBuilder;
  /** The session of this process. */
  active(): SparkSession;
}

export function createSessionEntry(getOrCreate: (conf: Conf) => SparkSession): SessionEntry {
  return {
    get builder() {
      return new SessionBuilder(getOrCreate);
    },
    active: () => getOrCreate({}),
  };
}
