/** Every case of cases/*.slt gives what real Spark gave for it. `npm run goldens` writes the expected parts. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import type * as Public from '../../kernel/index.ts';
import { parseCases } from './case-file.ts';
import { answer, difference } from './compare.ts';

const dist = new URL('../../dist/index.js', import.meta.url);
const folder = new URL('cases/', import.meta.url);

describe('SQL as in Spark', { skip: existsSync(dist) ? false : 'dist/ is not built: npm run build' }, async () => {
  if (!existsSync(dist)) return;
  const { SparkSession } = (await import(dist.href)) as typeof Public;
  const spark = SparkSession.builder.getOrCreate();
  after(() => spark.stop());
  for (const statement of readFileSync(new URL('tables.sql', import.meta.url), 'utf8').split(';\n'))
    spark.sql(statement);
  for (const file of readdirSync(folder).sort()) {
    it(file, async (context) => {
      const failures: string[] = [];
      let skipped = 0;
      const cases = parseCases(readFileSync(new URL(file, folder), 'utf8'));
      for (const test of cases) {
        const found = difference(test, await answer(spark, test));
        if (test.skip !== undefined) skipped++;
        if (test.skip === undefined && found !== undefined) failures.push(`${file}:${test.line} ${found}`);
        if (test.skip !== undefined && found === undefined)
          failures.push(`${file}:${test.line} agrees: take "skip" away`);
      }
      context.diagnostic(`${cases.length} cases, ${skipped} of them known to differ`);
      assert.ok(failures.length === 0, `${failures.length} of ${cases.length} differ:\n${failures.join('\n')}`);
    });
  }
});
