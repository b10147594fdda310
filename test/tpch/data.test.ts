/** The data of TPC-H: made once, complete, the same in both forms; the queries' texts at a scale. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { skipWithout } from '../support/requirements.ts';
import { needsTpchGenerator, TPCH_TABLES, tpchData } from './data.ts';
import { tpchQueries, tpchViews } from './queries.ts';

/** No other test uses this scale factor. */
const SCALE = 0.002;

describe('the data of TPC-H', { skip: skipWithout(needsTpchGenerator) }, () => {
  it('appears complete for two that ask at once, and nothing is left beside it', async () => {
    const [first, second] = await Promise.all([
      tpchData({ scale: SCALE, format: 'csv' }),
      tpchData({ scale: SCALE, format: 'csv' }),
    ]);
    assert.equal(first, second);
    assert.deepEqual(readdirSync(first).sort(), TPCH_TABLES.map((table) => `${table}.csv`).sort());
    assert.deepEqual(readdirSync(dirname(first)), ['csv']);
    const lines = readFileSync(join(first, 'orders.csv'), 'utf8').trimEnd().split('\n');
    assert.equal(lines.length, 1 + 1_500_000 * SCALE);
    assert.match(lines[0] ?? '', /^o_orderkey,o_custkey,o_orderstatus/);
    rmSync(dirname(first), { recursive: true });
  });

  it('is refused where the generator refuses, without a folder', async () => {
    await assert.rejects(tpchData({ scale: -1, format: 'csv' }), /tpchgen-cli failed/);
    const folder = new URL('../../.cache/tpch/sf-1/', import.meta.url);
    assert.equal(existsSync(new URL('csv', folder)), false);
    rmSync(folder, { recursive: true });
  });
});

describe('the queries of TPC-H', () => {
  const fractionAt = (scale: number) =>
    /\* ([\d.]+)\n/.exec(tpchQueries(scale).find(({ id }) => id === 'q11')?.sql ?? '')?.[1];

  it('have the fraction of query 11 that belongs to the scale factor', () => {
    assert.deepEqual([0.01, 0.1, 1, 30].map(fractionAt), ['0.01', '0.001', '0.0001', '0.000003333333']);
  });

  it('have views for all tables', () => {
    const views = tpchViews('/data');
    assert.equal(views.length, TPCH_TABLES.length);
    for (const [i, table] of TPCH_TABLES.entries()) assert.ok(views[i]?.includes(`/data/${table}.csv`), table);
  });
});
