/** Runs cases in Millrace; each one finds the session as the first one did. */
import type * as Public from '../../kernel/index.ts';
import type { SltCase } from './case-file.ts';

type Session = Public.SparkSession;

/** A single one of these changes no view. */
const READS_ONLY = /^\s*(?:\/\*.*?\*\/\s*)?(?:SELECT|WITH|VALUES|FROM|TABLE|\()/is;
const ZONE_DEFAULT = 'America/Los_Angeles';

export class Answers {
  readonly #spark: Session;
  readonly #tables: readonly string[];
  readonly #views: ReadonlySet<string>;
  readonly #settings: ReadonlyMap<string, string>;

  /** @param tables the statements that make the views which cases read */
  constructor(spark: Session, tables: string) {
    this.#spark = spark;
    this.#tables = tables.split(';\n');
    this.#makeTables();
    this.#views = new Set(this.#viewNames());
    this.#settings = new Map(Object.entries(spark.conf.getAll()));
  }

  /** @returns the answer in the form of a case's expected part */
  async to(test: SltCase): Promise<readonly string[]> {
    try {
      return await this.#run(test);
    } finally {
      this.#restoreSettings();
      if (test.setup.length > 0 || !READS_ONLY.test(test.sql)) this.#restoreViews();
    }
  }

  async #run(test: SltCase): Promise<readonly string[]> {
    try {
      for (const [key, value] of settingsOf(test)) this.#spark.conf.set(key, value);
      for (const statement of test.setup) await this.#spark.sql(statement).collect();
    } catch (error) {
      return [`before the last statement: ${errorLine(error)}`];
    }
    try {
      const frame = this.#spark.sql(test.sql, argsOf(test));
      const { dtypes } = frame;
      const texts = frame
        .toDF(...dtypes.map((_, i) => `c${i}`))
        .selectExpr(...dtypes.map(([, type], i) => (type === 'binary' ? `hex(c${i})` : `CAST(c${i} AS STRING)`)));
      const rows = await texts.collect();
      return [JSON.stringify(dtypes), ...rows.map((row) => JSON.stringify(dtypes.map((_, i) => row[i])))];
    } catch (error) {
      return [errorLine(error)];
    }
  }

  #restoreSettings(): void {
    const { conf } = this.#spark;
    for (const key of Object.keys(conf.getAll())) if (!this.#settings.has(key)) conf.unset(key);
    for (const [key, value] of this.#settings) if (conf.getOption(key) !== value) conf.set(key, value);
  }

  #restoreViews(): void {
    const { catalog } = this.#spark;
    for (const name of this.#viewNames()) if (!this.#views.has(name)) catalog.dropTempView(name);
    this.#makeTables();
  }

  #makeTables(): void {
    for (const statement of this.#tables) this.#spark.sql(statement);
  }

  #viewNames(): readonly string[] {
    return this.#spark.catalog.listTables().map(({ name }) => name);
  }
}

function settingsOf({ options }: SltCase): ReadonlyMap<string, string> {
  const own = [...options]
    .filter(([key]) => key.startsWith('conf.'))
    .map(([key, value]) => [key.slice(5), value] as const);
  return new Map([
    ['spark.sql.session.timeZone', options.get('zone') ?? ZONE_DEFAULT],
    ['spark.sql.ansi.enabled', options.get('ansi') ?? 'true'],
    ...own,
  ]);
}

/** Arguments by position are given as an array, as in PySpark. */
function argsOf({ options }: SltCase): Record<string, unknown> {
  return JSON.parse(options.get('params') ?? options.get('args') ?? '{}') as Record<string, unknown>;
}

function errorLine(error: unknown): string {
  if (!(error instanceof Error)) return `error ${String(error)}`;
  const condition = 'condition' in error ? String(error.condition) : error.name;
  const sqlState = 'sqlState' in error ? String(error.sqlState) : '-----';
  return `error ${condition} ${sqlState} ${error.message.split('\n')[0] ?? ''}`;
}
