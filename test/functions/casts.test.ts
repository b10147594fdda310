import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { createEvaluate, type EvaluateOptions } from '../support/evaluate.ts';

let evaluate: Awaited<ReturnType<typeof createEvaluate>>;
before(async () => {
  evaluate = await createEvaluate();
});

const one = (sql: string, options?: EvaluateOptions): string => evaluate(sql, options)[0] ?? '';
const legacy: EvaluateOptions = { ansi: false };

describe('casts give what Spark 4 gives', () => {
  const cases: readonly (readonly [sql: string, result: string])[] = [
    ["CAST(' 12 ' AS INT)", '12'],
    ["CAST('-9223372036854775808' AS BIGINT)", '-9223372036854775808'],
    ['CAST(3.99D AS INT)', '3'],
    ['CAST(-3.99D AS INT)', '-3'],
    ['CAST(1e10 AS STRING)', '1.0E10'],
    ['CAST(1e-5D AS STRING)', '1.0E-5'],
    ['CAST(123456.789D AS STRING)', '123456.789'],
    ['CAST(1e7D AS STRING)', '1.0E7'],
    ['CAST(9999999D AS STRING)', '9999999.0'],
    ['CAST(0.1F AS STRING)', '0.1'],
    ['CAST(0.1F AS DOUBLE)', '0.10000000149011612'],
    ["CAST('NaN' AS DOUBLE)", 'NaN'],
    ["CAST('-inf' AS DOUBLE)", '-Infinity'],
    ["CAST('1.005' AS DECIMAL(3,2))", '1.01'],
    ['CAST(2.5 AS DECIMAL(10,0))', '3'],
    ['CAST(-2.5 AS DECIMAL(10,0))', '-3'],
    ['CAST(1.23 AS STRING)', '1.23'],
    ["CAST('2020-1-2' AS DATE)", '2020-01-02'],
    ["CAST('2020' AS DATE)", '2020-01-01'],
    ["CAST('2020-01-02T03:04:05.123456Z' AS TIMESTAMP)", '2020-01-02 03:04:05.123456'],
    ["CAST('2020-01-02 03:04:05+02:00' AS TIMESTAMP)", '2020-01-02 01:04:05'],
    ["CAST('2020-01-02' AS TIMESTAMP)", '2020-01-02 00:00:00'],
    ["CAST(TIMESTAMP '2020-01-02 03:04:05' AS BIGINT)", '1577934245'],
    ["CAST(TIMESTAMP '1969-12-31 23:59:59.5' AS BIGINT)", '-1'],
    ["CAST(TIMESTAMP '2020-01-02 03:04:05' AS DATE)", '2020-01-02'],
    ['CAST(1.5D AS TIMESTAMP)', '1970-01-01 00:00:01.5'],
    ["CAST('yes' AS BOOLEAN)", 'true'],
    ['CAST(0 AS BOOLEAN)', 'false'],
    ['CAST(true AS INT)', '1'],
    ['CAST(array(1, NULL) AS STRING)', '[1, null]'],
    ["CAST(named_struct('a', 1, 'b', 'x') AS STRING)", '{1, x}'],
    ["CAST(map('k', 1) AS STRING)", '{k -> 1}'],
    ["CAST(array('1', '2') AS ARRAY<INT>)", '[1, 2]'],
    ["TRY_CAST('x' AS INT)", 'NULL'],
    ['TRY_CAST(300 AS TINYINT)', 'NULL'],
    ["TRY_CAST('2020-02-30' AS DATE)", 'NULL'],
  ];
  for (const [sql, result] of cases) {
    it(sql, () => {
      assert.equal(one(sql), result);
    });
  }

  it('uses the time zone of the session', () => {
    const berlin: EvaluateOptions = { timeZone: 'Europe/Berlin' };
    assert.equal(one("CAST(CAST('2020-07-01 12:00:00' AS TIMESTAMP) AS BIGINT)", berlin), '1593597600');
    assert.equal(one('CAST(CAST(1593597600 AS TIMESTAMP) AS STRING)', berlin), '2020-07-01 12:00:00');
    assert.equal(one("CAST(CAST('2020-03-29 02:30:00' AS TIMESTAMP) AS STRING)", berlin), '2020-03-29 03:30:00');
    assert.equal(one("CAST(CAST('2020-10-25 02:30:00' AS TIMESTAMP) AS BIGINT)", berlin), '1603585800');
  });
});

describe('casts that fail', () => {
  const failing: readonly (readonly [sql: string, condition: string, withoutAnsi: string])[] = [
    ["CAST('x' AS INT)", 'CAST_INVALID_INPUT', 'NULL'],
    ["CAST('1.5' AS INT)", 'CAST_INVALID_INPUT', '1'],
    ['CAST(300 AS TINYINT)', 'CAST_OVERFLOW', '44'],
    ['CAST(3e9D AS INT)', 'CAST_OVERFLOW', '2147483647'],
    ["CAST('2020-02-30' AS DATE)", 'CAST_INVALID_INPUT', 'NULL'],
    ['CAST(123.45 AS DECIMAL(4,2))', 'NUMERIC_VALUE_OUT_OF_RANGE', 'NULL'],
    ["CAST('maybe' AS BOOLEAN)", 'CAST_INVALID_INPUT', 'NULL'],
  ];
  for (const [sql, condition, withoutAnsi] of failing) {
    it(`${sql} is ${condition} under ANSI, else ${withoutAnsi}`, () => {
      assert.throws(() => one(sql), { condition });
      assert.equal(one(sql, legacy), withoutAnsi);
    });
  }

  it('refuses casts that do not exist when the query is built', () => {
    assert.throws(() => one("CAST(DATE '2020-01-01' AS INT)"), { condition: 'DATATYPE_MISMATCH' });
    assert.throws(() => one('CAST(array(1) AS INT)'), { condition: 'DATATYPE_MISMATCH' });
  });
});
