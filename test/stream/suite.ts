/** The streaming cases against the built package: batch by batch what Spark did. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CompatCase, CompatSuite } from '../compat/contract.ts';
import type { StreamCase } from './program/case.ts';
import { caseFiles, readCases } from './program/case-file.ts';
import { difference, differenceBut } from './program/compare.ts';
import { readExpected } from './program/expected.ts';
import type { Answer } from './program/log.ts';
import { millrace, type Session } from './program/product.ts';
import { runCase } from './program/run.ts';

const LIMIT_MS = 20_000;

export const suite: CompatSuite = {
  name: 'stream',
  title: 'Streaming programs, batch by batch as in Spark 4.3',
  open: async () => {
    const spark = millrace.SparkSession.builder.appName('stream cases').getOrCreate();
    const root = mkdtempSync(path.join(tmpdir(), 'millrace-stream-cases-'));
    const cases = caseFiles().flatMap((file) => casesOf(file, spark, root));
    return Promise.resolve({
      cases,
      close: async () => {
        await spark.stop();
        rmSync(root, { recursive: true, force: true });
      },
    });
  },
};

function casesOf(file: string, spark: Session, root: string): readonly CompatCase[] {
  const expected = readExpected(file);
  return readCases(file).map((test) => ({
    id: `${file}/${test.name}`,
    feature: test.feature,
    place: `test/stream/cases/${file}.json`,
    run: () => differenceOf(test, expected.get(test.name), spark, root),
  }));
}

async function differenceOf(
  test: StreamCase,
  expected: Answer | undefined,
  spark: Session,
  root: string,
): Promise<string | undefined> {
  if (expected === undefined) return `Spark's answer is missing: npm run goldens -- stream ${test.file}`;
  const actual = await runCase(spark, test, root, LIMIT_MS);
  const { instead } = test;
  const found = instead === undefined ? difference(expected, actual) : differenceBut(instead.error, expected, actual);
  return found === undefined ? undefined : `${test.about}\n${found}`;
}
