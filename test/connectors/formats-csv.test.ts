/** The csv format. Results were seen in Spark 4.3. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { field, Types } from '../../kernel/arrow/types.ts';
import { createTestEngine } from '../support/engine.ts';
import { createFormatReader, type FormatReader } from '../support/formats.ts';

let files: FormatReader;
before(async () => {
  files = createFormatReader(await createTestEngine());
});
after(() => {
  files.close();
});

const abc = Types.struct(['a', 'b', 'c'].map((name) => field(name, Types.string)));
const rowsOf = (content: string, options: Record<string, string> = {}, schema = abc): unknown[][] =>
  files.read('csv', content, { options, schema }).rows.map((row) => Object.values(row as object) as unknown[]);

describe('csv', () => {
  it('reads quotes, escapes, missing and surplus fields', () => {
    const content =
      '"a""b",x\n"a\\"b",y\n"a\\\\b",z\n"a\\nb",w\n"",\n ,x \n"q"t,u\na"b,c\n"unclosed,d\nz\n\n   \n1,2,3,4\n';
    assert.deepEqual(rowsOf(content), [
      ['"a""b"', 'x', null],
      ['a"b', 'y', null],
      ['a\\b', 'z', null],
      ['a\\nb', 'w', null],
      [null, null, null],
      [' ', 'x ', null],
      ['"q"t', 'u', null],
      ['a"b', 'c', null],
      ['unclosed,d', null, null],
      ['z', null, null],
      ['1', '2', '3'],
    ]);
    assert.deepEqual(rowsOf('"a""b",x\n"",y\n"a\\"b",z\n', { escape: '"' }), [
      ['a"b', 'x', null],
      [null, 'y', null],
      ['"a\\"b"', 'z', null],
    ]);
  });

  it('reads every type', () => {
    const schema = Types.struct([
      field('i', Types.int),
      field('l', Types.long),
      field('d', Types.double),
      field('f', Types.float),
      field('b', Types.boolean),
      field('n', Types.decimal(10, 2)),
      field('day', Types.date),
      field('t', Types.timestamp),
      field('s', Types.string),
    ]);
    const [row] = files.read('csv', '+1,9007199254740991,1e5,Inf,tRue,1.005,2024-02-29,2024-01-01 10:00:00.5,ä\n', {
      schema,
    }).rows;
    assert.deepEqual(row, {
      i: 1,
      l: 9007199254740991,
      d: 1e5,
      f: Infinity,
      b: true,
      n: '1.01',
      day: '2024-02-29',
      t: '2024-01-01 10:00:00.5',
      s: 'ä',
    });
  });

  it('makes what does not fit null, and keeps, drops or refuses the record', () => {
    const schema = Types.struct([
      field('id', Types.int),
      field('name', Types.string),
      field('_corrupt_record', Types.string),
    ]);
    const content = 'id,name\n1,x\n,\n"2",""\n+3,w\n 4,v\n5.0,u\n99999999999,t\n';
    assert.deepEqual(rowsOf(content, { header: 'true' }, schema), [
      [1, 'x', null],
      [null, null, null],
      [2, null, null],
      [3, 'w', null],
      [null, 'v', ' 4,v'],
      [null, 'u', '5.0,u'],
      [null, 't', '99999999999,t'],
    ]);
    const ab = Types.struct([field('a', Types.int), field('b', Types.int)]);
    assert.deepEqual(rowsOf('1,2\n3\nx,5\n6,7\n', { mode: 'DROPMALFORMED' }, ab), [
      [1, 2],
      [6, 7],
    ]);
    assert.throws(() => rowsOf('1,2\nx,5\n', { mode: 'FAILFAST' }, ab), { condition: 'MALFORMED_RECORD_IN_PARSING' });
  });

  it("has separators, comments, nulls and patterns of one's own", () => {
    assert.deepEqual(rowsOf('#c\n1;-;3\n', { sep: ';', comment: '#', nullValue: '-' }), [['1', null, '3']]);
    const schema = Types.struct([field('d', Types.date), field('t', Types.timestamp)]);
    const options = { dateFormat: 'dd/MM/yyyy', timestampFormat: 'dd.MM.yyyy HH:mm' };
    assert.deepEqual(rowsOf('01/02/2024,03.04.2024 10:11\n', options, schema), [['2024-02-01', '2024-04-03 10:11:00']]);
    assert.throws(() => rowsOf('x', { sep: '||' }), { condition: 'NOT_SUPPORTED' });
  });

  it('reads records over several lines where asked to', () => {
    assert.deepEqual(files.read('csv', 'a\n"x\ny"\nz\n', { options: { header: 'true', multiLine: 'true' } }).rows, [
      { a: 'x\ny' },
      { a: 'z' },
    ]);
  });

  it('gives the columns asked for, in batches', () => {
    const content = Array.from({ length: 100 }, (_, i) => `${i},b${i},c`).join('\r\n');
    const wanted = Types.struct([field('b', Types.string)]);
    const { rows } = files.read('csv', content, { schema: abc, wanted, batchRowsMax: 7 });
    assert.deepEqual(
      rows,
      Array.from({ length: 100 }, (_, i) => ({ b: `b${i}` })),
    );
  });

  it('infers names and types', () => {
    const schema = (content: string, options: Record<string, string>): string =>
      files.read('csv', content, { options }).schema;
    const both = { header: 'true', inferSchema: 'true' };
    assert.equal(
      schema(
        'a,b,c,d,e,f,g\n1,1.5,2024-01-01,2024-01-01 10:00:00,true,99999999999,x\n2,2,2024-02-01,2024-01-01T10:00:00Z,false,1,\n',
        both,
      ),
      'struct<a:int,b:double,c:date,d:timestamp,e:boolean,f:bigint,g:string>',
    );
    assert.equal(schema('1,2\n3,4\n', {}), 'struct<_c0:string,_c1:string>');
    assert.equal(schema('a,a,,b\n1,2,3,4\n', { header: 'true' }), 'struct<a0:string,a1:string,_c2:string,b:string>');
    assert.equal(schema('a,b\n-,x\n1,-\n', { ...both, nullValue: '-' }), 'struct<a:int,b:string>');
    assert.equal(schema('v\n12345678901234567890\n1\n', both), 'struct<v:decimal(20,0)>');
    assert.equal(schema('v\n2024-01-01\n2024-01-01 00:00:00\n', both), 'struct<v:timestamp>');
    assert.throws(() => schema('', {}), { condition: 'UNABLE_TO_INFER_SCHEMA' });
  });
});
