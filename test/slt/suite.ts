/** The SQL cases as a suite of `npm run compat`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type * as Public from '../../kernel/index.ts';
import type { CompatCase, CompatSuite } from '../compat/contract.ts';
import { parseFile, type SltCase, type SltFile } from './case-file.ts';
import { difference } from './compare.ts';
import { Answers } from './millrace-answers.ts';

const DIST = new URL('../../dist/index.js', import.meta.url);
const FOLDER = new URL('cases/', import.meta.url);
const TABLES = new URL('tables.sql', import.meta.url);

/** @returns every file of cases by its name */
export function readFiles(): ReadonlyMap<string, SltFile> {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.slt'));
  return new Map(
    names.sort().map((name) => [name, parseFile(name.slice(0, -4), readFileSync(new URL(name, FOLDER), 'utf8'))]),
  );
}

export const suite: CompatSuite = {
  name: 'slt',
  title: 'SQL, as Spark answers it',
  async open() {
    if (!existsSync(DIST)) throw new Error('dist/ is not built: npm run build');
    const { SparkSession } = (await import(DIST.href)) as typeof Public;
    const spark = SparkSession.builder.getOrCreate();
    const answers = new Answers(spark, readFileSync(TABLES, 'utf8'));
    const cases = [...readFiles()].flatMap(([name, file]) => file.cases.map((test) => compatCase(name, test, answers)));
    return { cases, close: () => spark.stop() };
  },
};

function compatCase(name: string, test: SltCase, answers: Answers): CompatCase {
  return {
    id: test.id,
    feature: test.feature,
    place: `test/slt/cases/${name}:${test.line}`,
    run: async () => difference(test, await answers.to(test)),
  };
}
