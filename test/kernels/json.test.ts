/** The JSON kernel against the oracle: random schemas and documents, in whole batches, so that templates are learned. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { createBuilder } from '../../kernel/arrow/builder.ts';
import type { BytesColumn } from '../../kernel/arrow/column.ts';
import { Decimal } from '../../kernel/arrow/decimal.ts';
import { SqlDate, Timestamp } from '../../kernel/arrow/temporal.ts';
import { field, Types, type DataType, type StructType } from '../../kernel/arrow/types.ts';
import { readValue, type CellValue, type RowObject } from '../../kernel/arrow/values.ts';
import { jsonOptions } from '../../kernel/functions/json/options.ts';
import { parseJsonColumn, type ParsedJson } from '../../kernel/functions/json/parse.ts';
import type { EngineInstance } from '../../kernel/physical/ports.ts';
import { createTestEngine } from '../support/engine.ts';
import { expectedOf, render, type Json, type Plain } from '../support/json-oracle.ts';

let engine: EngineInstance;
before(async () => {
  engine = await createTestEngine();
});

function column(documents: readonly (string | Uint8Array | null)[]): BytesColumn {
  const builder = createBuilder(Types.binary);
  for (const text of documents) builder.append(typeof text === 'string' ? new TextEncoder().encode(text) : text);
  const built = builder.finish('heap');
  assert(built.layout === 'bytes');
  return built;
}

interface Parsed {
  readonly rows: Plain[];
  readonly bad: boolean[];
  readonly badRows: number;
}

function parse(
  documents: readonly (string | Uint8Array | null)[],
  schema: StructType,
  options: Readonly<Record<string, string>> = {},
  timeZone = 'UTC',
): Parsed {
  const arena = engine.memory.createArena('test');
  try {
    const context = { arena, kernels: engine.kernels };
    const parsed: ParsedJson = parseJsonColumn(column(documents), schema, jsonOptions(options, timeZone), context);
    return {
      rows: documents.map((_, row) => plain(readValue(parsed.column, row))),
      bad: documents.map((_, row) => (((parsed.bad[row >> 3] ?? 0) >> (row & 7)) & 1) === 1),
      badRows: parsed.badRows,
    };
  } finally {
    arena.release();
  }
}

function plain(value: CellValue): Plain {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Timestamp) return value.micros;
  if (value instanceof SqlDate) return value.toString();
  if (value instanceof Decimal) return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (value instanceof Map) {
    return [...(value as ReadonlyMap<CellValue, CellValue>)].map(([key, item]) => [plain(key), plain(item)]);
  }
  if (Array.isArray(value)) return (value as readonly CellValue[]).map(plain);
  return Object.fromEntries(Object.entries(value as RowObject).map(([key, item]) => [key, plain(item)]));
}

const one = (type: DataType): StructType => Types.struct([field('v', type)]);
const valueOf = (text: string, type: DataType, zone = 'UTC'): Plain => {
  const { rows, bad } = parse([`{"v":${text}}`], one(type), {}, zone);
  const [row] = rows;
  assert(row !== null && typeof row === 'object' && 'v' in row);
  return bad[0] === true && row['v'] === null ? 'bad' : (row['v'] ?? null);
};

const KEYS = ['a', 'b', 'key-of-17-bytes--', 'äöü', 'k"q', 'sixteen-bytes-ok'];
const types: fc.Arbitrary<DataType> = fc.letrec<{ type: DataType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom<DataType>(
      Types.string,
      Types.boolean,
      Types.byte,
      Types.short,
      Types.int,
      Types.long,
      Types.float,
      Types.double,
      Types.decimal(10, 2),
      Types.decimal(38, 10),
    ),
    tie('type').map((element) => Types.array(element)),
    tie('type').map((value) => Types.map(Types.string, value)),
    fc
      .uniqueArray(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 3 })
      .chain((names) =>
        fc
          .tuple(...names.map(() => tie('type')))
          .map((fields) => Types.struct(fields.map((type, i) => field(names[i] ?? '', type)))),
      ),
  ),
})).type;

const numbers = fc.oneof(
  fc.integer({ min: -300, max: 300 }).map(String),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => (Object.is(x, -0) ? '-0.0' : String(x))),
  fc.tuple(fc.integer(), fc.nat(999), fc.integer({ min: -8, max: 8 })).map(([a, b, e]) => `${a}.${b}e${e}`),
);
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }).filter((s) => !/\p{Surrogate}/u.test(s)),
  fc.integer({ min: 14, max: 18 }).map((n) => 'x'.repeat(n)),
);
const leaf: fc.Arbitrary<Json> = fc.oneof(
  fc.constant<Json>({ kind: 'null' }),
  fc.boolean().map((value): Json => ({ kind: 'boolean', value })),
  numbers.map((text): Json => ({ kind: 'number', text: text.replace(/^(-?)\./, '$10.') })),
  texts.map((value): Json => ({ kind: 'string', value })),
);

/** A document that mostly fits the type, with strays. */
function documentOf(type: DataType): fc.Arbitrary<Json> {
  const stray = { weight: 1, arbitrary: leaf };
  switch (type.kind) {
    case 'string':
      return fc.oneof(
        stray,
        { weight: 6, arbitrary: texts.map((value): Json => ({ kind: 'string', value })) },
        { weight: 1, arbitrary: fc.array(leaf, { maxLength: 3 }).map((items): Json => ({ kind: 'array', items })) },
      );
    case 'array':
      return fc.oneof(stray, {
        weight: 8,
        arbitrary: fc
          .array(documentOf(type.element), { maxLength: 5 })
          .map((items): Json => ({ kind: 'array', items })),
      });
    case 'map':
      return fc.oneof(stray, {
        weight: 8,
        arbitrary: fc
          .array(fc.tuple(fc.string({ maxLength: 20 }), documentOf(type.value)), { maxLength: 4 })
          .map((members): Json => ({ kind: 'object', members })),
      });
    case 'struct':
      return fc.oneof(stray, { weight: 12, arbitrary: objectOf(type) });
    case 'boolean':
      return fc.oneof(stray, { weight: 6, arbitrary: fc.boolean().map((value): Json => ({ kind: 'boolean', value })) });
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'decimal':
    case 'void':
    case 'binary':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return fc.oneof(stray, {
        weight: 6,
        arbitrary: numbers.map((text): Json => ({ kind: 'number', text })),
      });
  }
}

/** Keys in order for the most part; some missing, unknown, shuffled or twice. */
function objectOf(type: StructType): fc.Arbitrary<Json> {
  const inOrder = fc
    .tuple(...type.fields.map((f) => documentOf(f.type)))
    .map((values) => type.fields.map((f, i): [string, Json] => [f.name, values[i] ?? { kind: 'null' }]));
  const unknown = fc.array(fc.tuple(fc.constantFrom('other', 'a2', ''), leaf), { maxLength: 2 });
  const disorderly = fc
    .tuple(inOrder, inOrder, unknown, fc.infiniteStream(fc.nat()))
    .map(([first, second, extra, order]) => {
      const again = /^(?:string|boolean|byte|short|int|long|double)$/.test(type.fields[0]?.type.kind ?? '');
      const members = [...first, ...second.slice(0, again ? 1 : 0), ...extra].map((member) => ({
        member,
        at: order.next().value as number,
      }));
      return members
        .sort((a, b) => a.at - b.at)
        .slice(0, -1)
        .map(({ member }) => member);
    });
  return fc
    .oneof({ weight: 3, arbitrary: inOrder }, { weight: 1, arbitrary: disorderly })
    .map((members): Json => ({ kind: 'object', members }));
}

const schemas = fc
  .uniqueArray(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 5 })
  .chain((names) =>
    fc
      .tuple(...names.map(() => types))
      .map((fields) => Types.struct(fields.map((type, i) => field(names[i] ?? '', type)))),
  );
const spaces = fc.constantFrom('', '', ' ', '\n\t ', ' '.repeat(17));

describe('json_parse', () => {
  it('agrees with the oracle on random schemas and documents', () => {
    const property = fc.property(
      schemas.chain((schema) => fc.tuple(fc.constant(schema), fc.array(objectOf(schema), { maxLength: 12 }), spaces)),
      ([schema, documents, space]) => {
        const { rows, bad } = parse(
          documents.map((document) => render(document, space)),
          schema,
        );
        documents.forEach((document, i) => {
          const expected = expectedOf(schema, document, space);
          assert(expected !== 'fails');
          assert.deepEqual(rows[i], expected.value);
          assert.equal(bad[i], expected.partial);
        });
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  it('makes a truncated document a row of nulls and leaves its neighbours alone', () => {
    const property = fc.property(
      schemas.chain((schema) =>
        fc.tuple(fc.constant(schema), objectOf(schema), spaces, fc.double({ min: 0, max: 0.999, noNaN: true })),
      ),
      ([schema, document, space, part]) => {
        const text = render(document, space);
        const bytes = new TextEncoder().encode(text);
        const cut = bytes.subarray(0, Math.max(1, Math.floor(bytes.length * part)));
        const { rows, bad } = parse([text, cut, text], schema);
        const nulls = Object.fromEntries(schema.fields.map((f) => [f.name, null]));
        assert.deepEqual(rows[1], nulls);
        assert.equal(bad[1], true);
        assert.deepEqual(rows[2], rows[0]);
      },
    );
    fc.assert(property, { numRuns: 150 });
  });

  it('gives a damaged document the same outcome in a batch as alone', () => {
    const property = fc.property(
      schemas.chain((schema) => fc.tuple(fc.constant(schema), objectOf(schema), fc.nat(), fc.nat(255))),
      ([schema, document, place, byte]) => {
        const text = render(document, '');
        const bytes = new TextEncoder().encode(text);
        bytes[place % bytes.length] = byte;
        const together = parse([text, bytes, text], schema);
        const alone = parse([bytes], schema);
        assert.deepEqual(together.rows[1], alone.rows[0]);
        assert.equal(together.bad[1], alone.bad[0]);
        assert.deepEqual(together.rows[2], together.rows[0]);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  it('never reads on into the next row, though it would go on as expected', () => {
    const schema = Types.struct([field('a', Types.int), field('b', Types.string)]);
    const { rows, bad } = parse(['{"a":1,"b":"x"}', '{"a":1', ',"b":"x"}', '{"a":1,"b":"y', 'z"}'], schema);
    const nulls = { a: null, b: null };
    assert.deepEqual(rows, [{ a: 1, b: 'x' }, nulls, nulls, nulls, nulls]);
    assert.deepEqual(bad, [false, true, true, true, true]);
  });

  it('refuses malformed UTF-8 in a string', () => {
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf5, 0x80, 0x80, 0x80], [0x80]]) {
      const text = Buffer.concat([Buffer.from('{"v":"0123456789abc'), Buffer.from(bytes), Buffer.from('"}')]);
      assert.equal(parse([text], one(Types.string)).badRows, 1, `bytes ${bytes.join(' ')}`);
    }
    assert.equal(valueOf('"é€😀"', Types.string), 'é€😀');
  });

  it('decodes escapes, turns lone surrogates into question marks, refuses unknown escapes', () => {
    assert.equal(valueOf('"\\u00e9\\ud83d\\ude00\\n\\/\\\\\\""', Types.string), 'é😀\n/\\"');
    assert.equal(valueOf('"\\ud800x\\udc00"', Types.string), '?x?');
    assert.equal(valueOf('"a\\qb"', Types.string), 'bad');
    assert.equal(valueOf('"a\tb"', Types.string), 'bad');
  });

  it('finds keys with escapes, and strings of all lengths about 16 bytes', () => {
    for (let length = 0; length < 40; length++) {
      const key = 'k'.repeat(length);
      const text = `{"${key}":"${'v'.repeat(length)}"}`;
      const { rows } = parse([text, text], Types.struct([field(key, Types.string)]));
      assert.deepEqual(rows[1], { [key]: 'v'.repeat(length) });
    }
    assert.deepEqual(parse(['{"\\u0076":1}'], one(Types.int)).rows, [{ v: 1 }]);
  });

  it('bounds the depth of documents, wanted or skipped', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    assert.equal(parse([`{"x":${nested(500)}}`], one(Types.int)).badRows, 0);
    assert.equal(parse([`{"x":${nested(513)}}`], one(Types.int)).badRows, 1);
    assert.equal(parse([`{"v":${nested(100_000)}}`], one(Types.string)).badRows, 1);
  });

  it('treats nulls, blanks and roots that are no objects as Spark does', () => {
    const { rows, bad } = parse([null, '', ' \n', 'null', '[]', '"x"', '{}', '{"v":1}x'], one(Types.int));
    assert.deepEqual(rows, [null, null, null, { v: null }, { v: null }, { v: null }, { v: null }, { v: 1 }]);
    assert.deepEqual(bad, [false, false, false, true, true, true, false, false]);
  });

  it('keeps an earlier value of a key where the later one does not fit', () => {
    const { rows, bad } = parse(
      ['{"v":1,"v":"x"}', '{"v":"x","v":2}', '{"v":1,"v":null}', '{"v":null,"v":3}'],
      one(Types.int),
    );
    assert.deepEqual(rows, [{ v: 1 }, { v: 2 }, { v: null }, { v: 3 }]);
    assert.deepEqual(bad, [true, true, false, false]);
  });

  it('reads floating-point words, quoted and not', () => {
    assert.deepEqual(
      ['NaN', '"NaN"', '-INF', '+Infinity', '"-Infinity"', '"+INF"'].map((text) => valueOf(text, Types.double)),
      [NaN, NaN, -Infinity, Infinity, -Infinity, Infinity],
    );
    assert.deepEqual(
      ['INF', '"INF"', '"1.5"', '""', '01', '1.', '.5', '+1'].map((text) => valueOf(text, Types.double)),
      Array(8).fill('bad'),
    );
    assert.equal(valueOf('1e400', Types.double), Infinity);
    assert.equal(valueOf('0.1', Types.float), Math.fround(0.1));
  });

  it('reads binaries from base64', () => {
    assert.deepEqual(
      ['"aGVsbG8="', '""', '"aGVs bG8="', '"a\\/+A"', '"aGVsbG8"', '"!"', '5'].map((text) =>
        valueOf(text, Types.binary),
      ),
      ['hello', '', 'hello', '\x6b\xff\x80', 'bad', 'bad', 'bad'],
    );
  });

  it('counts and keeps damaged records, and fails on them where asked to', () => {
    const schema = Types.struct([field('v', Types.int), field('_corrupt_record', Types.string)]);
    const { rows, badRows } = parse(['{"v":1}', '{"v":"x"}\n', '{"v'], schema);
    assert.equal(badRows, 2);
    assert.deepEqual(rows, [
      { v: 1, _corrupt_record: null },
      { v: null, _corrupt_record: '{"v":"x"}' },
      { v: null, _corrupt_record: '{"v' },
    ]);
    assert.throws(() => parse(['{"v":1}', '{"v'], one(Types.int), { mode: 'failfast' }), {
      condition: 'MALFORMED_RECORD_IN_PARSING',
    });
  });

  it('enlarges its buffers: long lists, many fix-ups, more text than guessed', () => {
    const list = Array.from({ length: 5000 }, (_, i) => i);
    assert.deepEqual(parse([`{"v":${JSON.stringify(list)}}`], one(Types.array(Types.int))).rows, [{ v: list }]);
    const doubles = list.map((i) => i + 0.123456789012345);
    assert.deepEqual(parse([`{"v":${JSON.stringify(doubles)}}`], one(Types.array(Types.double))).rows, [
      { v: doubles },
    ]);
    const six = ['a', 'b', 'c', 'd', 'e', 'f'];
    const long = 'z'.repeat(10_000);
    const wide = Types.struct(six.map((name) => field(name, Types.string)));
    const documents = six.map((name) => `{"${name}":"${long}"}`);
    parse(documents, wide).rows.forEach((row, i) => {
      assert.deepEqual(row, Object.fromEntries(six.map((name, k) => [name, k === i ? long : null])));
    });
  });
});

describe('times in JSON', () => {
  const micros = (text: string): bigint => BigInt(Date.parse(text)) * 1000n;

  it('agrees with Date.parse on ISO 8601, fraction and zone included', () => {
    const property = fc.property(
      fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }),
      fc.nat(999_999),
      fc.integer({ min: -14 * 60, max: 14 * 60 }),
      fc.constantFrom('T', ' '),
      (second, fraction, zoneMinutes, separator) => {
        const utc = micros(new Date(second * 1000).toISOString()) + BigInt(fraction);
        const wall = new Date(second * 1000).toISOString().slice(0, 19).replace('T', separator);
        const digits = String(fraction).padStart(6, '0');
        const hours = String(Math.floor(Math.abs(zoneMinutes) / 60)).padStart(2, '0');
        const minutes = String(Math.abs(zoneMinutes) % 60).padStart(2, '0');
        const zone = `${zoneMinutes < 0 ? '-' : '+'}${hours}:${minutes}`;
        assert.equal(valueOf(`"${wall}.${digits}Z"`, Types.timestamp), utc);
        assert.equal(valueOf(`"${wall}.${digits}"`, Types.timestampNtz), utc);
        assert.equal(valueOf(`"${wall}.${digits}${zone}"`, Types.timestamp), utc - BigInt(zoneMinutes) * 60_000_000n);
        assert.equal(valueOf(`"${wall}.${digits}"`, Types.timestamp, '-03:30'), utc + 12_600_000_000n);
        assert.equal(valueOf(`"${wall.slice(0, 10)}"`, Types.date), wall.slice(0, 10));
      },
    );
    fc.assert(property, { numRuns: 200 });
  });

  it('reads what Spark reads, and nothing else', () => {
    const t = (text: string): Plain => valueOf(text, Types.timestamp);
    assert.equal(t('"2024-01-01"'), micros('2024-01-01'));
    assert.equal(t('"2024"'), micros('2024-01-01'));
    assert.equal(t('"2024-01-01T10:00:00+0100"'), micros('2024-01-01T09:00:00Z'));
    assert.equal(t('"2024-01-01T10:00:00 Europe/Berlin"'), micros('2024-01-01T09:00:00Z'));
    assert.equal(t('1700000000'), 1_700_000_000_000_000n);
    assert.equal(t('"2024-01-01T10:00:00.123456789Z"'), micros('2024-01-01T10:00:00.123Z') + 456n);
    for (const text of [
      '"2024-02-30T00:00:00Z"',
      '"2024-01-01T24:00:00Z"',
      '"2024-01-01T00:60:00Z"',
      '"x"',
      '""',
      '1.5',
      'true',
    ]) {
      assert.equal(t(text), 'bad', text);
    }
    assert.equal(valueOf('"2024-01-01T10:00:00Z"', Types.timestampNtz), 'bad');
    assert.equal(valueOf('"2024-01-01T10:00:00"', Types.timestamp, 'Europe/Berlin'), micros('2024-01-01T09:00:00Z'));
    assert.equal(valueOf('"2024-07-01T10:00:00"', Types.timestamp, 'Europe/Berlin'), micros('2024-07-01T08:00:00Z'));
    assert.deepEqual(
      ['"2024-1-1"', '"2024-01-01T10"', '"100"', '"2024-02-30"', '19000'].map((text) => valueOf(text, Types.date)),
      ['2024-01-01', '2024-01-01', '1970-04-11', 'bad', 'bad'],
    );
  });

  it('reads other patterns where they are given', () => {
    const schema = Types.struct([field('t', Types.timestamp), field('d', Types.date)]);
    const options = { timestampFormat: 'dd.MM.yyyy HH:mm[:ss]', dateFormat: 'MM/dd/yyyy' };
    const { rows, bad } = parse(
      ['{"t":"03.04.2024 10:11","d":"12/31/2024"}', '{"t":"2024-01-01T00:00:00Z"}'],
      schema,
      options,
    );
    assert.deepEqual(rows, [
      { t: micros('2024-04-03T10:11:00Z'), d: '2024-12-31' },
      { t: null, d: null },
    ]);
    assert.deepEqual(bad, [false, true]);
  });
});
