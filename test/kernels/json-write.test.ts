/** to_json, and from_json of arrays and maps. The texts are those of Spark 4.3. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { createBuilder } from '../../kernel/arrow/builder.ts';
import type { BytesColumn, Column } from '../../kernel/arrow/column.ts';
import { Decimal } from '../../kernel/arrow/decimal.ts';
import { SqlDate, Timestamp } from '../../kernel/arrow/temporal.ts';
import { field, Types, type DataType } from '../../kernel/arrow/types.ts';
import { readText, readValue, type CellValue } from '../../kernel/arrow/values.ts';
import { javaDouble, javaFloat } from '../../kernel/functions/json/java-number.ts';
import { jsonOptions } from '../../kernel/functions/json/options.ts';
import { parseJsonRoot } from '../../kernel/functions/json/parse-root.ts';
import { writeJson } from '../../kernel/functions/json/write.ts';
import type { EngineInstance } from '../../kernel/physical/ports.ts';
import { createTestEngine } from '../support/engine.ts';

let engine: EngineInstance;
before(async () => {
  engine = await createTestEngine();
});

function columnOf(type: DataType, values: readonly CellValue[]): Column {
  const builder = createBuilder(type);
  for (const value of values) builder.append(value);
  return builder.finish('heap');
}

function textsOf(column: BytesColumn): (string | null)[] {
  return Array.from({ length: column.length }, (_, row) =>
    readValue(column, row) === null ? null : readText(column, row),
  );
}

const write = (type: DataType, value: CellValue, options: Record<string, string> = {}, zone = 'UTC'): string | null =>
  textsOf(writeJson(columnOf(type, [value]), jsonOptions(options, zone)))[0] ?? null;

describe('to_json', () => {
  const struct = (type: DataType): DataType => Types.struct([field('v', type)]);
  const text = (type: DataType, v: CellValue, options: Record<string, string> = {}, zone = 'UTC'): string =>
    (write(struct(type), { v }, options, zone) ?? '').slice('{"v":'.length, -1);

  it('prints doubles and floats as Java does', () => {
    const doubles: [number, string][] = [
      [1, '1.0'],
      [1e10, '1.0E10'],
      [1e-5, '1.0E-5'],
      [0.001, '0.001'],
      [1e7, '1.0E7'],
      [9999999, '9999999.0'],
      [1e21, '1.0E21'],
      [-0, '-0.0'],
      [123.456, '123.456'],
      [1.2345678901234567e19, '1.2345678901234567E19'],
      [NaN, '"NaN"'],
      [-Infinity, '"-Infinity"'],
    ];
    for (const [value, expected] of doubles) assert.equal(text(Types.double, value), expected);
    assert.equal(text(Types.float, Math.fround(1.1)), '1.1');
    assert.equal(text(Types.float, 1e10), '1.0E10');
  });

  it('prints floating-point numbers that read back as themselves', () => {
    fc.assert(fc.property(fc.double({ noNaN: true }), (x) => Object.is(Number(javaDouble(x)), x)));
    fc.assert(fc.property(fc.float({ noNaN: true }), (x) => Object.is(Math.fround(Number(javaFloat(x))), x)));
  });

  it('prints the other types', () => {
    assert.equal(text(Types.long, 123456789012345678n), '123456789012345678');
    assert.equal(text(Types.boolean, true), 'true');
    assert.equal(text(Types.decimal(10, 2), new Decimal(150n, 2)), '1.50');
    assert.equal(text(Types.binary, Uint8Array.of(0, 255)), '"AP8="');
    assert.equal(text(Types.date, new SqlDate(19723)), '"2024-01-01"');
    const at = new Timestamp(1_704_103_200_123_456n);
    assert.equal(text(Types.timestamp, at), '"2024-01-01T10:00:00.123Z"');
    assert.equal(text(Types.timestamp, at, {}, 'Europe/Berlin'), '"2024-01-01T11:00:00.123+01:00"');
    assert.equal(text(Types.timestampNtz, at), '"2024-01-01T10:00:00.123"');
    assert.equal(
      text(
        Types.timestamp,
        new Timestamp(1_719_792_000_000_000n),
        { timestampFormat: 'dd/MM/yyyy HH:mm:ss XXX' },
        'America/New_York',
      ),
      '"30/06/2024 20:00:00 -04:00"',
    );
    assert.equal(text(Types.string, 'q"\\\u001fé/\n\u2028'), '"q\\"\\\\\\u001Fé/\\n\u2028"');
  });

  it('leaves null fields out unless asked not to, and keeps other nulls', () => {
    const type = Types.struct([
      field('n', Types.int),
      field('a', Types.array(Types.int)),
      field('m', Types.map(Types.string, Types.int)),
      field('s', Types.struct([field('z', Types.int)])),
    ]);
    const value = { n: null, a: [1, null], m: new Map<CellValue, CellValue>([['k', null]]), s: { z: null } };
    assert.equal(write(type, value), '{"a":[1,null],"m":{"k":null},"s":{}}');
    assert.equal(
      write(type, value, { ignoreNullFields: 'false' }),
      '{"n":null,"a":[1,null],"m":{"k":null},"s":{"z":null}}',
    );
    assert.equal(write(type, null), null);
    assert.equal(write(Types.map(Types.int, Types.int), new Map([[1, 2]])), '{"1":2}');
    assert.equal(write(Types.array(Types.struct([field('a', Types.int)])), [{ a: 1 }, null]), '[{"a":1},null]');
  });
});

describe('from_json of arrays and maps', () => {
  it('gives the root, null where it does not fit', () => {
    const parse = (
      type: Extract<DataType, { kind: 'array' | 'map' }>,
      texts: readonly (string | null)[],
    ): CellValue[] => {
      const arena = engine.memory.createArena('test');
      const input = columnOf(Types.string, texts);
      assert(input.layout === 'bytes');
      const column = parseJsonRoot(input, type, jsonOptions({}, 'UTC'), { arena, kernels: engine.kernels });
      const values = texts.map((_, row) => readValue(column, row));
      arena.release();
      return values;
    };
    const arrays: Extract<DataType, { kind: 'array' }> = { kind: 'array', element: Types.int, containsNull: true };
    assert.deepEqual(parse(arrays, ['[1,2]', '[]', '{}', null, ' ', '[1,"x"]', '[1', 'null']), [
      [1, 2],
      [],
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
    const structs = { ...arrays, element: Types.struct([field('a', Types.int)]) };
    assert.deepEqual(parse(structs, ['[{"a":1},{}]', '{"a":2}']), [[{ a: 1 }, { a: null }], [{ a: 2 }]]);
    assert.deepEqual(
      parse({ kind: 'map', key: Types.string, value: Types.int, valueContainsNull: true }, ['{"k":1}', '[1]']),
      [new Map([['k', 1]]), null],
    );
  });
});
