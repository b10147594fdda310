import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { arithmeticRow } from '../../kernel/functions/arithmetic.ts';
import { compareValues } from '../../kernel/functions/compare-values.ts';
import { Types } from '../../kernel/arrow/types.ts';
import { createEvaluate, type EvaluateOptions } from '../support/evaluate.ts';

let evaluate: Awaited<ReturnType<typeof createEvaluate>>;
before(async () => {
  evaluate = await createEvaluate();
});

const legacy: EvaluateOptions = { ansi: false };

describe('three-valued logic and comparison over columns', () => {
  const booleans = {
    schema: 'a BOOLEAN, b BOOLEAN',
    rows: [true, false, null].flatMap((a) => [true, false, null].map((b) => [a, b])),
  };
  const numbers = {
    schema: 'a DOUBLE, b DOUBLE',
    rows: [
      [NaN, NaN],
      [NaN, Infinity],
      [0, -0],
      [null, 1],
      [1, 2],
    ],
  };

  it('AND, OR, NOT', () => {
    assert.deepEqual(evaluate('a AND b', {}, booleans), [
      'true',
      'false',
      'NULL',
      'false',
      'false',
      'false',
      'NULL',
      'false',
      'NULL',
    ]);
    assert.deepEqual(evaluate('a OR b', {}, booleans), [
      'true',
      'true',
      'true',
      'true',
      'false',
      'NULL',
      'true',
      'NULL',
      'NULL',
    ]);
    assert.deepEqual(evaluate('NOT a', {}, booleans).slice(0, 9), [
      'false',
      'false',
      'false',
      'true',
      'true',
      'true',
      'NULL',
      'NULL',
      'NULL',
    ]);
  });

  it('NaN equals itself and is greater than all; -0.0 equals 0.0', () => {
    assert.deepEqual(evaluate('a = b', {}, numbers), ['true', 'false', 'true', 'NULL', 'false']);
    assert.deepEqual(evaluate('a > b', {}, numbers), ['false', 'true', 'false', 'NULL', 'false']);
    assert.deepEqual(evaluate('a <=> b', {}, numbers), ['true', 'false', 'true', 'false', 'false']);
  });

  it('IN is null where the value is not listed but a null is', () => {
    assert.deepEqual(evaluate('a IN (1D, NULL)', {}, numbers), ['NULL', 'NULL', 'NULL', 'NULL', 'true']);
    assert.deepEqual(evaluate('a BETWEEN 0 AND 1', {}, numbers), ['false', 'false', 'true', 'NULL', 'true']);
  });

  it('strings compare by code points, and with numbers as numbers', () => {
    const rows = { schema: 's STRING', rows: [['é'], ['z'], ['\u{1F600}'], ['\uFF5E'], [null]] };
    assert.deepEqual(evaluate("s > 'z'", {}, rows), ['true', 'false', 'true', 'true', 'NULL']);
    assert.deepEqual(evaluate("'10' > 9"), ['true']);
    assert.ok(compareValues('\u{1F600}', '\uFF5E') > 0);
  });

  it('a branch that is not taken does not fail', () => {
    const rows = { schema: 'a INT', rows: [[0], [2]] };
    assert.deepEqual(evaluate('if(a = 0, -1, 10 div a)', {}, rows), ['-1', '5']);
    assert.deepEqual(evaluate('nullif(a, 0)', {}, rows), ['NULL', '2']);
    assert.deepEqual(evaluate('coalesce(nullif(a, 2), 10 div a)', {}, { schema: 'a INT', rows: [[2]] }), ['5']);
  });
});

describe('arithmetic over columns', () => {
  const ints = {
    schema: 'a INT, b INT',
    rows: [
      [2147483647, 1],
      [7, -2],
      [null, 0],
    ],
  };

  it('overflow and division by zero are errors under ANSI, and wrap or are null without', () => {
    assert.throws(() => evaluate('a + b', {}, ints), { condition: 'ARITHMETIC_OVERFLOW' });
    assert.deepEqual(evaluate('a + b', legacy, ints), ['-2147483648', '5', 'NULL']);
    assert.throws(() => evaluate('1 / b', {}, { schema: 'b INT', rows: [[0]] }), { condition: 'DIVIDE_BY_ZERO' });
    assert.deepEqual(evaluate('1 / b', legacy, { schema: 'b INT', rows: [[0], [2]] }), ['NULL', '0.5']);
    assert.throws(() => evaluate('1 % b', {}, { schema: 'b INT', rows: [[0]] }), { condition: 'REMAINDER_BY_ZERO' });
    assert.deepEqual(evaluate('try_divide(a, 0)', {}, ints), ['NULL', 'NULL', 'NULL']);
    assert.deepEqual(evaluate('try_add(a, b)', {}, ints), ['NULL', '5', 'NULL']);
  });

  it('without ANSI a text wins in a result, is a double in arithmetic, and yields in comparisons', () => {
    assert.deepEqual(evaluate("typeof(if(one = 1, 1, 'a'))", legacy), ['string']);
    assert.deepEqual(evaluate("typeof(if(one = 1, 1, '2'))"), ['bigint']);
    assert.deepEqual(evaluate("1 IN ('a', '1')", legacy), ['true']);
    assert.deepEqual(evaluate("typeof(1 + '2')", legacy), ['double']);
    assert.deepEqual(evaluate("10 > '9'", legacy), ['true']);
  });

  it('a cast integer counts in decimal arithmetic with the digits of its type, a literal with its own', () => {
    assert.deepEqual(evaluate('typeof(5 * 0.10)'), ['decimal(4,2)']);
    assert.deepEqual(evaluate('typeof(CAST(5 AS INT) * 0.10)'), ['decimal(13,2)']);
  });

  it('a null operand never fails', () => {
    assert.deepEqual(
      evaluate(
        'a div b',
        {},
        {
          schema: 'a INT, b INT',
          rows: [
            [null, 0],
            [7, -2],
          ],
        },
      ),
      ['NULL', '-3'],
    );
    assert.deepEqual(
      evaluate(
        'a % b',
        {},
        {
          schema: 'a INT, b INT',
          rows: [
            [null, 0],
            [-7, 3],
          ],
        },
      ),
      ['NULL', '-1'],
    );
  });

  it('64-bit integers stay exact', () => {
    const rows = { schema: 'a BIGINT', rows: [[9007199254740993n]] };
    assert.deepEqual(evaluate('a + 1', {}, rows), ['9007199254740994']);
    assert.deepEqual(evaluate('a * 1000', {}, rows), ['9007199254740993000']);
  });

  it('decimals keep the digits that Spark keeps', () => {
    assert.deepEqual(evaluate('typeof(1.10 * 2.5)'), ['decimal(6,3)']);
    assert.deepEqual(evaluate('1.10 * 2.5'), ['2.750']);
    assert.deepEqual(evaluate('typeof(1.1 + 2)'), ['decimal(3,1)']);
    assert.deepEqual(evaluate('1.0 / 3.0'), ['0.333333']);
    assert.deepEqual(evaluate('typeof(CAST(1 AS DECIMAL(38,10)) * CAST(1 AS DECIMAL(38,10)))'), ['decimal(38,6)']);
    assert.deepEqual(evaluate('5.5 % 2.0'), ['1.5']);
    assert.deepEqual(evaluate('typeof(1.5 + 1D)'), ['double']);
  });

  it('wasm agrees with the plain computation on random 32-bit integers', () => {
    const int = fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { nil: null });
    const add = arithmeticRow('*', [Types.int, Types.int], Types.int, 'wrap');
    fc.assert(
      fc.property(fc.array(fc.tuple(int, int), { minLength: 1, maxLength: 40 }), (rows) => {
        const expected = rows.map(([a, b]) => (a === null || b === null ? 'NULL' : String(add(a, b))));
        assert.deepEqual(evaluate('a * b', legacy, { schema: 'a INT, b INT', rows }), expected);
      }),
      { numRuns: 40 },
    );
  });
});

describe('times', () => {
  it('fields are those of the session time zone', () => {
    const rows = { schema: 't TIMESTAMP', rows: [[new Date('2020-01-01T23:30:00Z')]] };
    assert.deepEqual(
      evaluate("concat_ws(' ', day(t), hour(t), date_trunc('DAY', t))", { timeZone: 'Asia/Tokyo' }, rows),
      ['2 8 2020-01-02 00:00:00'],
    );
    assert.deepEqual(evaluate("date_format(t, 'yyyy-MM-dd HH:mm')", { timeZone: 'America/New_York' }, rows), [
      '2020-01-01 18:30',
    ]);
  });

  it('the current time is the batch time', () => {
    const now = 1_600_000_000_123_456n;
    assert.deepEqual(evaluate('current_timestamp()', { now }), ['2020-09-13 12:26:40.123456']);
    assert.deepEqual(evaluate('current_date()', { now, timeZone: 'Asia/Tokyo' }), ['2020-09-13']);
    assert.deepEqual(evaluate('unix_timestamp()', { now }), ['1600000000']);
  });

  it('intervals move times', () => {
    assert.deepEqual(evaluate("TIMESTAMP '2020-01-31 10:00:00' + INTERVAL '1 month 2 hours'"), ['2020-02-29 12:00:00']);
    assert.deepEqual(evaluate("DATE '2020-03-01' - INTERVAL '1 day'"), ['2020-02-29']);
    assert.deepEqual(evaluate("DATE '2020-03-01' + 1"), ['2020-03-02']);
  });

  it('a time moved within a repeated hour keeps its offset', () => {
    const timeZone = 'America/Los_Angeles';
    const second = "TIMESTAMP '2024-11-03 09:30:00Z'";
    assert.deepEqual(evaluate(`unix_seconds(${second} + INTERVAL 1 MINUTE) - unix_seconds(${second})`, { timeZone }), [
      '60',
    ]);
    assert.deepEqual(
      evaluate(`unix_seconds(date_trunc('MINUTE', ${second})) - unix_seconds(${second})`, { timeZone }),
      ['0'],
    );
  });

  it('a time beyond the range of timestamps is refused', () => {
    const last = "TIMESTAMP '294247-01-10 04:00:54.775807Z'";
    assert.throws(() => evaluate(`${last} + INTERVAL 1 SECOND`), { condition: 'DATETIME_OVERFLOW' });
    assert.throws(() => evaluate('timestamp_micros(9223372036854775807) + INTERVAL 1 DAY'), {
      condition: 'DATETIME_OVERFLOW',
    });
  });

  it('zones are spelled as they are, and offsets end at 18 hours', () => {
    for (const zone of ['europe/berlin', 'utc', '+18:01', 'UTC+19', '+01:60']) {
      assert.throws(() => evaluate(`from_utc_timestamp('2024-01-01', '${zone}')`), { condition: 'INVALID_TIMEZONE' });
    }
    assert.deepEqual(evaluate("from_utc_timestamp('2024-01-01', '-18:00')"), ['2023-12-31 06:00:00']);
  });
});

describe('text', () => {
  it('counts characters, not UTF-16 units', () => {
    const rows = { schema: 's STRING', rows: [['a\u{1F600}é'], [''], [null]] };
    assert.deepEqual(evaluate('length(s)', {}, rows), ['3', '0', 'NULL']);
    assert.deepEqual(evaluate('reverse(s)', {}, rows), ['é\u{1F600}a', '', 'NULL']);
    assert.deepEqual(evaluate('substring(s, -2, 1)', {}, rows), ['\u{1F600}', '', 'NULL']);
    assert.deepEqual(evaluate('upper(s)', {}, rows), ['A\u{1F600}É', '', 'NULL']);
  });

  it('LIKE and regular expressions take nulls and escapes', () => {
    const rows = { schema: 's STRING', rows: [['10%'], ['10x'], [null]] };
    assert.deepEqual(evaluate("s LIKE '10\\\\%'", {}, rows), ['true', 'false', 'NULL']);
    assert.deepEqual(evaluate("s LIKE '10_'", {}, rows), ['true', 'true', 'NULL']);
    assert.deepEqual(evaluate("regexp_replace(s, '(\\\\d)(\\\\d)', '$2$1')", {}, rows), ['01%', '01x', 'NULL']);
    assert.throws(() => evaluate("s RLIKE '('", {}, rows), { condition: 'INVALID_PARAMETER_VALUE' });
  });
});

describe('nested values', () => {
  it('fields of a map entry, however deep', () => {
    const rows = {
      schema: 'm MAP<STRING, STRUCT<f: STRUCT<g: INT>>>',
      rows: [[new Map([['k', { f: { g: 7 } }]])]],
    };
    assert.deepEqual(evaluate('m.k.f.g', {}, rows), ['7']);
  });

  it('what reads single values refuses nested ones', () => {
    for (const sql of [
      'hash(array(1))',
      "format_string('%s', array(1))",
      'array_contains(array(struct(1)), struct(1))',
    ]) {
      assert.throws(() => evaluate(sql), { condition: 'NOT_SUPPORTED' });
    }
  });

  it('an interval is refused wherever a value is wanted', () => {
    for (const sql of ['INTERVAL 1 DAY + INTERVAL 1 HOUR', 'CAST(INTERVAL 5 DAY AS INT)', 'if(INTERVAL 1 DAY, 1, 2)']) {
      assert.throws(() => evaluate(sql), { condition: 'NOT_SUPPORTED' });
    }
  });

  it('JSON goes in and out', () => {
    const rows = { schema: 'j STRING', rows: [['{"a":1,"b":{"c":"x"}}'], ['{"a":'], [null]] };
    assert.deepEqual(evaluate("from_json(j, 'a INT, b STRUCT<c: STRING>')", {}, rows), [
      '{1, {x}}',
      '{NULL, NULL}'.replaceAll('NULL', 'null'),
      'NULL',
    ]);
    assert.deepEqual(evaluate("from_json(j, 'a INT, b STRUCT<c: STRING>').b.c", {}, rows), ['x', 'NULL', 'NULL']);
    assert.throws(() => evaluate("from_json(j, 'a INT', map('mode', 'FAILFAST'))", {}, rows), {
      condition: 'MALFORMED_RECORD_IN_PARSING',
    });
    assert.deepEqual(evaluate('to_json(struct(j AS k, 1 AS one))', {}, { schema: 'j STRING', rows: [['"'], [null]] }), [
      '{"k":"\\"","one":1}',
      '{"one":1}',
    ]);
  });

  it('arrays and maps', () => {
    const rows = {
      schema: 'xs ARRAY<INT>, i INT',
      rows: [
        [[1, 2, 3], 2],
        [[], 0],
        [null, 0],
      ],
    };
    assert.deepEqual(evaluate('size(xs)', {}, rows), ['3', '0', 'NULL']);
    assert.deepEqual(evaluate('get(xs, i)', {}, rows), ['3', 'NULL', 'NULL']);
    assert.throws(() => evaluate('xs[i]', {}, rows), { condition: 'INVALID_ARRAY_INDEX' });
    assert.deepEqual(evaluate('xs[i]', legacy, rows), ['3', 'NULL', 'NULL']);
    assert.deepEqual(evaluate("map('a', 1, 'b', 2)['b']"), ['2']);
    assert.deepEqual(evaluate("map('a', 1)['z']"), ['NULL']);
  });
});
