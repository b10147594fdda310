/** The json and text formats: ranges of files, batches, inference. Results were seen in Spark 4.3 unless said otherwise. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { ScanTask } from '../../kernel/arrow/scan.ts';
import { field, Types } from '../../kernel/arrow/types.ts';
import type { FileTask } from '../../kernel/connectors/formats/contract.ts';
import { splitFile } from '../../kernel/connectors/formats/file-bytes.ts';
import { createTestEngine } from '../support/engine.ts';
import { createFormatReader, type FormatReader, type ReadResult } from '../support/formats.ts';

let files: FormatReader;
before(async () => {
  files = createFormatReader(await createTestEngine());
});
after(() => {
  files.close();
});

const values = ({ rows }: ReadResult): unknown[] => rows.map((row) => (Object.values(row as object) as unknown[])[0]);

/** One task cut at the given places. */
function cutAt(places: readonly number[]): (tasks: readonly ScanTask[]) => readonly ScanTask[] {
  return (tasks) =>
    tasks.flatMap((task) => {
      const payload = task.payload as FileTask;
      const edges = [payload.start, ...places.filter((at) => at < payload.end).sort((a, b) => a - b), payload.end];
      return edges.slice(1).map((end, i) => ({ ...task, payload: { ...payload, start: edges[i] ?? 0, end } }));
    });
}

describe('ranges of files', () => {
  it('give every line once, wherever the file is cut and however small the batches are', () => {
    const lines = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', ' ', 'xxxxxxxxxxxxxxxx'), maxLength: 6 }), {
      minLength: 1,
    });
    const ends = fc.constantFrom('\n', '\r\n');
    const property = fc.property(
      lines,
      ends,
      fc.boolean(),
      fc.array(fc.nat(300), { maxLength: 6 }),
      fc.integer({ min: 1, max: 9 }),
      (texts, end, ended, places, batchRowsMax) => {
        const content = texts.join(end) + (ended ? end : '');
        const expected = content === '' ? [] : ended ? texts : texts.at(-1) === '' ? texts.slice(0, -1) : texts;
        const result = files.read('text', content, { cut: cutAt(places), batchRowsMax });
        assert.deepEqual(values(result), expected);
      },
    );
    fc.assert(property, { numRuns: 200 });
  });

  it('may be shorter than a line, and lines longer than what is read at once', () => {
    const long = 'x'.repeat(200_000);
    assert.deepEqual(values(files.read('text', `a\n${long}\nb\n`, { cut: cutAt([1, 2, 3, 1000, 150_000]) })), [
      'a',
      long,
      'b',
    ]);
  });

  it('are about a MiB; a compressed file is one', () => {
    const task = { reader: 'text', options: {}, schema: Types.struct([]), whole: false };
    const sizes = splitFile('f', 3.4 * 1024 ** 2, task).map(({ bytes }) => bytes);
    assert.deepEqual(
      [sizes.length, Math.round(sizes.reduce((sum, size) => sum + size, 0))],
      [3, Math.floor(3.4 * 1024 ** 2)],
    );
    assert.equal(splitFile('f.gz', 1e9, task).length, 1);
    assert.equal(splitFile('f', 0, task).length, 0);
  });

  it('of a gzip file are the whole file', () => {
    const result = files.read('json', gzipSync('{"a":1}\n{"a":2}\n'), { fileName: 'data.json.gz' });
    assert.deepEqual(result, { schema: 'struct<a:bigint>', rows: [{ a: 1 }, { a: 2 }] });
  });

  it('refuse a compression that we do not have', () => {
    assert.throws(() => files.read('text', 'x', { fileName: 'data.zst' }), { condition: 'NOT_SUPPORTED' });
  });
});

describe('text', () => {
  it('keeps empty lines and drops carriage returns', () => {
    assert.deepEqual(files.read('text', 'a\n\nb\r\nc'), {
      schema: 'struct<value:string>',
      rows: [{ value: 'a' }, { value: '' }, { value: 'b' }, { value: 'c' }],
    });
  });

  it('reads whole files', () => {
    assert.deepEqual(values(files.read('text', 'a\nb', { options: { wholetext: 'true' } })), ['a\nb']);
  });
});

describe('json files', () => {
  const a = Types.struct([field('a', Types.int)]);

  it('give the same rows wherever they are cut', () => {
    const content = Array.from({ length: 50 }, (_, i) => `{"a":${i},"s":"${'é'.repeat(i % 7)}"}`).join('\n');
    const schema = Types.struct([field('a', Types.int), field('s', Types.string)]);
    const whole = files.read('json', content, { schema }).rows;
    assert.equal(whole.length, 50);
    const property = fc.property(
      fc.array(fc.nat(content.length * 2), { maxLength: 8 }),
      fc.integer({ min: 1, max: 60 }),
      (places, batchRowsMax) => {
        assert.deepEqual(files.read('json', content, { schema, cut: cutAt(places), batchRowsMax }).rows, whole);
      },
    );
    fc.assert(property, { numRuns: 60 });
  });

  it('skip blank lines, and take arrays apart', () => {
    assert.deepEqual(files.read('json', '[{"a":1},{"a":"},["} , {"a":2}]\n{"a":3}\n  \n\n[]\n', { schema: a }).rows, [
      { a: 1 },
      { a: null },
      { a: 2 },
      { a: 3 },
    ]);
    assert.deepEqual(files.read('json', '[{"a":1},\n{"a":2}]', { options: { multiLine: 'true' } }).rows, [
      { a: 1 },
      { a: 2 },
    ]);
    assert.deepEqual(files.read('json', '{"a":\n1}', { options: { multiLine: 'true' } }).rows, [{ a: 1 }]);
  });

  it('keep, drop or refuse damaged records', () => {
    const content = '{"a":1}\nbad\n{"a":"x"}\n';
    const rows = (mode: string): unknown[] => files.read('json', content, { schema: a, options: { mode } }).rows;
    assert.deepEqual(rows('PERMISSIVE'), [{ a: 1 }, { a: null }, { a: null }]);
    assert.deepEqual(rows('DROPMALFORMED'), [{ a: 1 }]);
    assert.throws(() => rows('FAILFAST'), { condition: 'MALFORMED_RECORD_IN_PARSING' });
    assert.throws(() => rows('LENIENT'), { condition: 'DATA_SOURCE_OPTION' });
    assert.deepEqual(files.read('json', content, { options: {} }), {
      schema: 'struct<_corrupt_record:string,a:string>',
      rows: [
        { _corrupt_record: null, a: '1' },
        { _corrupt_record: 'bad', a: null },
        { _corrupt_record: null, a: 'x' },
      ],
    });
  });

  it('give the columns asked for, also none', () => {
    const content = '{"a":1,"b":2}\n\n{"b":3}\n';
    assert.deepEqual(files.read('json', content, { wanted: Types.struct([field('b', Types.long)]) }).rows, [
      { b: 2 },
      { b: 3 },
    ]);
    assert.deepEqual(files.read('json', content, { wanted: Types.struct([]) }).rows, [{}, {}]);
  });

  it('keep the text of what a string column finds', () => {
    const rows = files.read('json', '{"s":{"a" : 1.50,"b":"\\u00e9"}}\n{"s":1.10}\n', {
      schema: Types.struct([field('s', Types.string)]),
    }).rows;
    assert.deepEqual(rows, [{ s: '{"a" : 1.50,"b":"\\u00e9"}' }, { s: '1.10' }]);
  });

  it('infer the schema that Spark infers', () => {
    const schema = (content: string, options: Record<string, string> = {}): string =>
      files.read('json', content, { options }).schema;
    assert.equal(
      schema(
        '{"a":1,"b":"x"}\n{"a":1.5,"c":[1,null,"y"]}\n\n{"a":9999999999,"d":{"e":true}}\n{"n":null,"z":12345678901234567890,"t":"2024-01-01T00:00:00Z"}\n',
      ),
      'struct<a:double,b:string,c:array<string>,d:struct<e:boolean>,n:string,t:string,z:decimal(20,0)>',
    );
    assert.equal(
      schema('{"a":[]}\n{"b":{}}\n{"c":[{"x":1},{"y":"z"}]}\n{"c":[]}\n'),
      'struct<a:array<string>,c:array<struct<x:bigint,y:string>>>',
    );
    assert.equal(schema('{"a":1}\n{"a":"x"}\n{"b":[1,2.5]}\n{"b":1}\n'), 'struct<a:string,b:string>');
    assert.equal(schema('{"a":null,"b":[null],"c":[[]]}\n'), 'struct<a:string,b:array<string>,c:array<array<string>>>');
    assert.equal(schema('{"a":1,"b":true}\n', { primitivesAsString: 'true' }), 'struct<a:string,b:string>');
    assert.equal(schema('{"a":null,"b":[],"c":{},"d":[null]}\n', { dropFieldIfAllNull: 'true' }), 'struct<>');
    assert.throws(() => schema(''), { condition: 'UNABLE_TO_INFER_SCHEMA' });
  });
});
