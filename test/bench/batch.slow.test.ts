/** The batch suite's engines on the small tables: they agree, and one that is asked something else is caught. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TPCH_TABLES } from '../tpch/data.ts';
import { needsBuild, needsPython, skipWithout } from '../support/requirements.ts';
import { duckDbBatch } from './batch/duckdb.ts';
import { questionComparison, type BatchEngine } from './batch/engine.ts';
import { millraceBatch } from './batch/millrace.ts';
import { polarsBatch } from './batch/python.ts';
import { GROUP_BY, JOINS, WINDOWS, type Question } from './batch/questions.ts';
import { sharedTables, TPCH_SCALE, tpchTables } from './batch/tables.ts';
import { tpchQuestions } from './batch/tpch.ts';
import { compare } from './runner.ts';

const SMALL = { size: 'small', note: () => undefined } as const;

describe('engines of the batch suite', { skip: skipWithout(needsPython, needsBuild) }, () => {
  it('find the same, and a different question to one of them stops the comparison', async () => {
    const polars = await polarsBatch();
    if ('missing' in polars) assert.fail(polars.missing.reason);
    const engines: readonly BatchEngine[] = [await millraceBatch(), await duckDbBatch(), polars];
    const [ours, ...peers] = engines;
    try {
      const folder = await sharedTables(SMALL);
      for (const engine of engines) await engine.load(folder, ['groupby']);
      const q2 = GROUP_BY.find(({ name }) => name === 'q2');
      if (q2 === undefined || ours === undefined) assert.fail('there is a q2, and ours');
      const result = await compare(questionComparison(q2, ours, peers, { rounds: 1 }));
      assert.equal(result.answer?.['rows'], 100);
      assert.deepEqual(result.notYet, []);
      const wrong: Question = { ...q2, duckdb: q2.duckdb.replace('sum(v1)', 'sum(v2)') };
      await assert.rejects(
        compare(questionComparison(wrong, ours, peers, { rounds: 1 })),
        /DuckDB and Millrace differ in v1/,
      );
      const refused: Question = { ...q2, sql: 'SELECT no_such_function(v1) AS v1 FROM groupby' };
      const { notYet } = await compare(questionComparison(refused, ours, peers, { rounds: 1 }));
      assert.deepEqual(
        notYet.map(({ name, reason }) => [name, reason.split(' ')[0]]),
        [['Millrace', '[UNRESOLVED_ROUTINE]']],
      );
    } finally {
      for (const engine of engines) await engine.close();
    }
  });

  it('find the same in every question', async () => {
    const polars = await polarsBatch();
    if ('missing' in polars) assert.fail(polars.missing.reason);
    const [ours, ...peers] = [await millraceBatch(), await duckDbBatch(), polars] as const;
    try {
      const [shared, tpch] = [await sharedTables(SMALL), await tpchTables(SMALL)];
      for (const engine of [ours, ...peers]) {
        await engine.load(shared, ['groupby', 'x', 'small', 'medium', 'big', 'events']);
        await engine.load(tpch, TPCH_TABLES);
      }
      for (const question of [...GROUP_BY, ...JOINS, ...WINDOWS, ...tpchQuestions(TPCH_SCALE.small)]) {
        const { notYet } = await compare(questionComparison(question, ours, peers, { rounds: 1 }));
        assert.deepEqual(
          notYet.filter(({ name }) => name !== 'Millrace'),
          [],
        );
      }
    } finally {
      for (const engine of [ours, ...peers]) await engine.close();
    }
  });

  it('that cannot answer say why', async () => {
    const polars = await polarsBatch();
    if ('missing' in polars) assert.fail(polars.missing.reason);
    try {
      await assert.rejects(polars.ask({ name: 'no-such', title: '', sql: '', duckdb: '' }), /KeyError: 'no-such'/);
    } finally {
      await polars.close();
    }
  });
});
