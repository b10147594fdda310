/** Real Spark, the pyspark of .venv: programs of batch and streaming queries, which print one line of JSON as their answer. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PYTHON, ROOT } from '../support/requirements.ts';
import { startGuarded } from './guarded-process.ts';
import { javaMissing } from './java.ts';
import { temporaryFolder } from './temporary-folder.ts';

const TIMEOUT_MS = 300_000;

/** Spark's SPARK_HOME: pyspark's folder, where it is installed. */
export function sparkHome(): string | undefined {
  const lib = path.join(ROOT, '.venv', 'lib');
  if (!existsSync(lib)) return undefined;
  const homes = readdirSync(lib).map((python) => path.join(lib, python, 'site-packages', 'pyspark'));
  return homes.find((home) => existsSync(path.join(home, 'jars')));
}

/** Why there is no Spark here; undefined where there is one. */
export async function sparkMissing(): Promise<string | undefined> {
  if (sparkHome() === undefined) return 'no pyspark in .venv: run npm run services, which installs it';
  return javaMissing();
}

/** Whatever the machine is, everything stays on it, and nothing is written beside the program. */
export function sparkSettings(folder: string): Readonly<Record<string, string>> {
  return {
    'spark.driver.memory': '1g',
    'spark.driver.host': '127.0.0.1',
    'spark.driver.bindAddress': '127.0.0.1',
    'spark.ui.enabled': 'false',
    'spark.sql.session.timeZone': 'UTC',
    'spark.sql.shuffle.partitions': '2',
    'spark.sql.warehouse.dir': path.join(folder, 'warehouse'),
    'spark.local.dir': folder,
  };
}

export const confArguments = (settings: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(settings).flatMap(([name, value]) => ['--conf', `${name}=${value}`]);

export interface SparkOptions {
  /** Cores; 2 unless told. */
  readonly cores?: number;
  readonly settings?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/**
 * Runs a Python script, whose `SparkSession.builder.getOrCreate()` has the settings already, to its end.
 * @returns the last line of its standard output, parsed
 * @throws ServiceError with the end of its log
 */
export async function runSpark(
  script: string,
  args: readonly string[] = [],
  options: SparkOptions = {},
): Promise<unknown> {
  const { cores = 2, settings = {}, env = {}, timeoutMs = TIMEOUT_MS } = options;
  const folder = await temporaryFolder('spark');
  try {
    const outputFile = path.join(folder.path, 'answer');
    const conf = confArguments({ ...sparkSettings(folder.path), ...settings });
    const program = await startGuarded(PYTHON, [path.resolve(ROOT, script), ...args], {
      cwd: folder.path,
      outputFile,
      env: {
        ...env,
        SPARK_HOME: sparkHome(),
        SPARK_LOCAL_IP: '127.0.0.1',
        PYSPARK_PYTHON: PYTHON,
        PYSPARK_SUBMIT_ARGS: `--master local[${cores}] ${conf.join(' ')} pyspark-shell`,
      },
    });
    await program.finished({ timeoutMs });
    const answer: unknown = JSON.parse(lastLine(await readFile(outputFile, 'utf8')));
    return answer;
  } finally {
    await folder.remove();
  }
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';
