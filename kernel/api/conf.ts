/** `spark.conf`: settings by Spark's keys. */
import { MillraceError } from '../core/errors.ts';
import { zoneOf } from '../functions/timezone.ts';
import type { Conf } from '../plan/runner-port.ts';

const DEFAULTS: Conf = {
  'spark.app.name': 'millrace',
  'spark.master': 'local[*]',
  'spark.sql.ansi.enabled': 'true',
  'spark.sql.session.timeZone': 'UTC',
  'spark.sql.shuffle.partitions': '4',
  'spark.sql.streaming.minBatchesToRetain': '100',
  'spark.sql.streaming.multipleWatermarkPolicy': 'min',
  'spark.sql.streaming.noDataMicroBatches.enabled': 'true',
};

export class RuntimeConf {
  readonly #values: Map<string, string>;

  constructor(values: Conf) {
    this.#values = new Map([...Object.entries(DEFAULTS), ...Object.entries(values)]);
  }

  /** @throws INVALID_ARGUMENT for a key that is not set, unless `instead` is given */
  get(key: string, instead?: string): string {
    const value = this.#values.get(key) ?? instead;
    if (value !== undefined) return value;
    throw new MillraceError('INVALID_ARGUMENT', {
      argument: key,
      problem: 'it is not set',
      remedy: 'Set it with spark.conf.set(key, value), or give a default: spark.conf.get(key, value).',
    });
  }

  getOption(key: string): string | undefined {
    return this.#values.get(key);
  }

  /** @throws INVALID_ARGUMENT for an unknown time zone */
  set(key: string, value: string | number | boolean): void {
    if (key === 'spark.sql.session.timeZone') checkZone(String(value));
    this.#values.set(key, String(value));
  }

  /** Back to the default. */
  unset(key: string): void {
    const initial = DEFAULTS[key];
    if (initial === undefined) this.#values.delete(key);
    else this.#values.set(key, initial);
  }

  isModifiable(key: string): boolean {
    return key !== 'spark.master' && key !== 'spark.app.name';
  }

  getAll(): Conf {
    return Object.fromEntries(this.#values);
  }

  get ansi(): boolean {
    return this.get('spark.sql.ansi.enabled').toLowerCase() !== 'false';
  }

  get timeZone(): string {
    return this.get('spark.sql.session.timeZone');
  }
}

function checkZone(zone: string): void {
  try {
    zoneOf(zone);
  } catch (cause) {
    throw new MillraceError(
      'INVALID_ARGUMENT',
      {
        argument: 'spark.sql.session.timeZone',
        problem: `'${zone}' is not a time zone`,
        remedy: 'Give an IANA name such as Europe/Berlin, or an offset such as +02:00.',
      },
      { cause },
    );
  }
}
