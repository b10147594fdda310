import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { batchFromRows } from '../../kernel/arrow/from-rows.ts';
import { fromIpc, toIpc } from '../../kernel/arrow/ipc.ts';
import { rowsOf } from '../../kernel/arrow/values.ts';
import { col, from_json, lit, registryFunction, when, window } from '../../kernel/api/functions.ts';
import { avg, coalesce, sum, upper } from '../../kernel/api/functions.generated.ts';
import { generatedFunctions } from '../../kernel/api/generate-functions.ts';
import { ArrayType, DecimalType, StringType, StructType } from '../../kernel/api/data-types.ts';
import { MemoryStream } from '../../kernel/api/memory-stream.ts';
import type { SparkSession } from '../../kernel/api/session.ts';
import type { LogicalPlan } from '../../kernel/plan/logical-plan.ts';
import { schemaOf } from '../../kernel/plan/output.ts';
import type { QueryResult } from '../../kernel/plan/runner-port.ts';
import { readFileSync } from 'node:fs';
import { format as prettier } from 'prettier';
import { sqlParser } from '../../kernel/sql/parser.ts';
import { fakeRunner, fakeSession } from '../support/fake-runner.ts';

/** A result of the rows given, whatever is asked. */
function answering(schemaText: string, rows: readonly unknown[]): (plan: LogicalPlan) => QueryResult {
  const schema = sqlParser.parseSchema(schemaText);
  return () => ({ schema, rowCount: rows.length, ipc: toIpc([batchFromRows(rows, schema)], schema) });
}

describe('the classic streaming programs', () => {
  it('from_json with a StructType, then windows', () => {
    const spark = fakeSession();
    const schema = new StructType().add('timestamp', 'timestamp').add('url', StringType);
    const df = spark.readStream.format('kafka').option('subscribe', 'events').load();
    const events = df
      .selectExpr('CAST(value AS STRING)')
      .select(from_json(col('value'), schema).as('data'))
      .select('data.*');
    assert.deepEqual(events.dtypes, [
      ['timestamp', 'timestamp'],
      ['url', 'string'],
    ]);
    const counts = events.groupBy(window(col('timestamp'), '1 minute')).count();
    assert.deepEqual(counts.columns, ['window', 'count']);
    assert.ok(counts.isStreaming);
  });

  it('SQL with double-quoted durations', () => {
    const spark = fakeSession();
    spark.readStream.format('rate').load().createOrReplaceTempView('events');
    const counts = spark.sql(
      'SELECT window(timestamp, "10 minutes"), count(*) FROM events GROUP BY window(timestamp, "10 minutes")',
    );
    assert.deepEqual(counts.columns, ['window', 'count(1)']);
  });
});

describe('rows', () => {
  it('read by name and by position, and print as in Spark', async () => {
    const spark = fakeSession(
      fakeRunner(
        answering('a BIGINT, s STRING, xs ARRAY<INT>', [
          [9007199254740993n, 'x', [1, 2]],
          [null, 'y', null],
        ]),
      ),
    );
    const [first, second] = await spark.createDataFrame([], 'a BIGINT, s STRING, xs ARRAY<INT>').collect();
    assert.ok(first !== undefined);
    assert.equal(first.a, 9007199254740993n);
    assert.equal(first[1], 'x');
    assert.equal(String(first), '[9007199254740993,x,ArraySeq(1, 2)]');
    assert.equal(String(second), '[null,y,null]');
    assert.deepEqual(Object.keys(first), ['a', 's', 'xs']);
    assert.deepEqual(first.asDict(), { a: 9007199254740993n, s: 'x', xs: [1, 2] });
  });

  it('show draws Spark’s table', async () => {
    const runner = fakeRunner(
      answering('name STRING, n INT', [
        ['Ann', 1],
        ['a name that is longer than twenty', null],
        ['本', 3],
      ]),
    );
    const spark = fakeSession(runner);
    const frame = spark.createDataFrame([], 'name STRING, n INT');
    await frame.show(2);
    assert.equal(
      runner.printed[0],
      [
        '+--------------------+----+',
        '|                name|   n|',
        '+--------------------+----+',
        '|                 Ann|   1|',
        '|a name that is lo...|NULL|',
        '+--------------------+----+',
        'only showing top 2 rows',
        '',
        '',
      ].join('\n'),
    );
    await frame.show(20, false);
    assert.match(runner.printed[1] ?? '', /\|a name that is longer than twenty\|NULL\|/);
    await frame.show(1, 20, true);
    assert.match(runner.printed[2] ?? '', /^-RECORD 0-+\n name \| Ann/);
  });

  it('as JSON are texts', async () => {
    const runner = fakeRunner(answering('value STRING', [['{"a":1}']]));
    const json = fakeSession(runner).createDataFrame([], 'a INT').toJSON();
    assert.deepEqual(await json.collect(), ['{"a":1}']);
    assert.deepEqual(json.toDF().dtypes, [['value', 'string']]);
  });

  it('a count is asked as an aggregate', async () => {
    const runner = fakeRunner(answering('count BIGINT', [[42n]]));
    assert.equal(await fakeSession(runner).createDataFrame([], 'a INT').count(), 42);
    assert.equal(runner.executed[0]?.kind, 'aggregate');
  });

  it('of the program go in by their schema', () => {
    const spark = fakeSession();
    const frame = spark.createDataFrame([
      { a: 1, b: 'x' },
      { a: 2, b: null },
    ]);
    assert.deepEqual(
      frame.dtypes.map(([name]) => name),
      ['a', 'b'],
    );
    const { plan } = frame;
    assert.ok(plan.kind === 'localRelation');
    assert.deepEqual(
      fromIpc(plan.rows.ipc)
        .batches.flatMap((batch) => rowsOf(batch))
        .map((row) => row['b']),
      ['x', null],
    );
    assert.throws(() => spark.createDataFrame([['no number']], 'a INT'), { condition: 'INVALID_ROW' });
  });
});

describe('columns and types', () => {
  it('print as expressions', () => {
    assert.equal(String(col('a').plus(1).gt(lit('x'))), '((a + 1) > x)');
    assert.equal(String(when(col('a').isNull(), 0).otherwise(col('a'))), 'CASE WHEN (a IS NULL) THEN 0 ELSE a END');
    assert.equal(String(upper('a')), 'upper(a)');
    assert.equal(String(registryFunction('concat_ws')('-', 'a', col('b'))), 'concat_ws(-, a, b)');
    assert.equal(String(coalesce('a', 'b')), 'coalesce(a, b)');
  });

  it('drop, rename and replace columns without regard to case', () => {
    const frame = fakeSession().createDataFrame([], 'a INT, b STRING');
    assert.deepEqual(frame.drop('b').columns, ['a']);
    assert.deepEqual(frame.withColumnRenamed('a', 'x').columns, ['x', 'b']);
    assert.deepEqual(frame.withColumn('B', lit(1)).dtypes, [
      ['a', 'int'],
      ['B', 'int'],
    ]);
    assert.deepEqual(frame.toDF('x', 'y').columns, ['x', 'y']);
    assert.deepEqual(frame.groupBy('a').agg({ b: 'max', '*': 'count' }).columns, ['a', 'max(b)', 'count(1)']);
    assert.deepEqual(frame.groupBy().agg(sum('a').as('s'), avg('a')).columns, ['s', 'avg(a)']);
  });

  it('schemas print as trees and as DDL', () => {
    const schema = new StructType()
      .add('a', 'decimal(10,2)', false)
      .add('xs', ArrayType(new StructType().add('s', StringType)));
    assert.equal(
      schema.treeString(),
      'root\n |-- a: decimal(10,2) (nullable = false)\n |-- xs: array (nullable = true)\n |    |-- element: struct (containsNull = true)\n |    |    |-- s: string (nullable = true)\n',
    );
    assert.equal(
      schema.toDDL(),
      'a DECIMAL(10,2) NOT NULL,xs ARRAY<STRUCT<S:STRING>>'.replace('S:STRING', 's:STRING'.toUpperCase()),
    );
    assert.deepEqual(DecimalType(5, 1), { kind: 'decimal', precision: 5, scale: 1 });
  });
});

describe('statements', () => {
  it('bind parameters as literals', () => {
    const spark = fakeSession();
    spark.createDataFrame([], 'name STRING').createOrReplaceTempView('t');
    const { plan } = spark.sql('SELECT * FROM t WHERE name = :name', { name: "x' OR 1 = 1 --" });
    assert.match(
      JSON.stringify(plan, (_k, v: unknown) => (typeof v === 'bigint' || v instanceof Uint8Array ? String(v) : v)),
      /x' OR 1 = 1 --/,
    );
    assert.throws(() => spark.sql('SELECT * FROM t WHERE name = :name'), { condition: 'UNBOUND_SQL_PARAMETER' });
  });

  it('make, list and drop views', () => {
    const runner = fakeRunner();
    const spark = fakeSession(runner);
    spark.sql("CREATE OR REPLACE TEMPORARY VIEW v (a INT, s STRING) USING json OPTIONS (path '/tmp/x.json')");
    assert.deepEqual(runner.sources[0]?.paths, ['/tmp/x.json']);
    assert.deepEqual(spark.table('V').columns, ['a', 's']);
    spark.sql('CREATE TEMPORARY VIEW w AS SELECT a + 1 AS b FROM v');
    assert.deepEqual(
      spark.catalog.listTables().map((t) => t.name),
      ['v', 'w'],
    );
    assert.throws(() => spark.sql('CREATE TEMPORARY VIEW w AS SELECT 1'), {
      condition: 'TABLE_OR_VIEW_ALREADY_EXISTS',
    });
    spark.sql('DROP VIEW w');
    assert.throws(() => spark.sql('DROP VIEW w'), { condition: 'TABLE_OR_VIEW_NOT_FOUND' });
    spark.sql('DROP VIEW IF EXISTS w');
    assert.deepEqual(spark.sql('SHOW TABLES').columns, ['namespace', 'tableName', 'isTemporary']);
  });

  it('set options', () => {
    const spark = fakeSession();
    spark.sql('SET spark.sql.ansi.enabled=false');
    assert.equal(spark.conf.get('spark.sql.ansi.enabled'), 'false');
    assert.throws(
      () => {
        spark.conf.set('spark.sql.session.timeZone', 'Mars/Base');
      },
      { condition: 'INVALID_ARGUMENT' },
    );
    assert.throws(() => spark.conf.get('no.such.key'), { condition: 'INVALID_ARGUMENT' });
  });
});

describe('streaming queries', () => {
  const stream = (spark: SparkSession) => spark.readStream.format('rate').load();

  it('start with what was asked', () => {
    const runner = fakeRunner();
    const spark = fakeSession(runner);
    const query = stream(spark)
      .writeStream.outputMode('append')
      .format('console')
      .option('checkpointLocation', '/tmp/c')
      .option('numRows', 5)
      .queryName('q')
      .trigger({ processingTime: '2 seconds' })
      .start();
    const [request] = runner.started;
    assert.ok(request !== undefined);
    assert.equal(request.checkpointLocation, '/tmp/c');
    assert.deepEqual(request.sink, { format: 'console', options: { numRows: '5' }, paths: [] });
    assert.deepEqual(request.trigger, { kind: 'processingTime', intervalMs: 2000 });
    assert.equal(query.name, 'q');
    assert.deepEqual(spark.streams.active, [query]);
    assert.equal(spark.streams.get('q'), query);
  });

  it('leave the list of active ones when they stop', async () => {
    const spark = fakeSession();
    const query = stream(spark).writeStream.format('noop').start();
    await query.stop();
    assert.deepEqual(spark.streams.active, []);
    assert.throws(() => spark.streams.get(query.id), { condition: 'INVALID_ARGUMENT' });
  });

  it('into memory are tables', () => {
    const spark = fakeSession();
    stream(spark).writeStream.format('memory').queryName('counts').start();
    assert.deepEqual(spark.sql('SELECT value FROM counts').columns, ['value']);
    assert.throws(() => stream(spark).writeStream.format('memory').start(), { condition: 'INVALID_ARGUMENT' });
  });

  it('hand batches to functions', async () => {
    const runner = fakeRunner(answering('n INT', [[1]]));
    const spark = fakeSession(runner);
    const seen: unknown[] = [];
    stream(spark)
      .writeStream.foreachBatch((batch, id) => void seen.push([id, batch.isStreaming, batch.columns]))
      .start();
    stream(spark)
      .writeStream.foreach((row) => void seen.push(String(row)))
      .start();
    const result = answering('n INT', [[7], [8]])(spark.range(1).plan);
    for (const request of runner.started) await request.onBatch?.(3n, result);
    assert.deepEqual(seen, [[3n, false, ['n']], '[7]', '[8]']);
    assert.deepEqual(
      runner.started.map((request) => request.sink.format),
      ['foreachBatch', 'foreach'],
    );
  });

  it('are refused where the output mode does not fit', () => {
    const spark = fakeSession();
    const writer = stream(spark).groupBy('value').count().writeStream;
    assert.throws(() => writer.start(), { condition: 'STREAMING_OUTPUT_MODE' });
    assert.throws(() => spark.range(3).writeStream, { condition: 'INVALID_ARGUMENT' });
  });

  it('read memory streams', () => {
    const runner = fakeRunner();
    const spark = fakeSession(runner);
    const input = new MemoryStream(spark, 'ts TIMESTAMP, url STRING');
    const frame = input.toDF();
    input.addData([{ ts: new Date(0), url: 'a' }]);
    input.addData([[new Date(1), 'b']]);
    assert.ok(frame.isStreaming);
    assert.equal(runner.memoryData.length, 2);
    const { plan } = frame;
    assert.ok(plan.kind === 'dataSource' && plan.options['streamId'] === String(runner.memoryData[0]?.streamId));
    assert.deepEqual(
      fromIpc(runner.memoryData[1]?.ipc ?? new Uint8Array()).schema.fields.map((f) => f.name),
      schemaOf(plan).fields.map((f) => f.name),
    );
  });
});

describe('generated functions', () => {
  it('are those of the registry', async () => {
    const path = new URL('../../kernel/api/functions.generated.ts', import.meta.url);
    const expected = await prettier(generatedFunctions(), {
      parser: 'typescript',
      singleQuote: true,
      printWidth: 120,
      trailingComma: 'all',
    });
    assert.equal(readFileSync(path, 'utf8'), expected);
  });
});
