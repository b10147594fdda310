/** Completion and inspection of the built kernel, as a front end asks for them: with its own declarations, docs and catalog. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { KernelClient } from '../jupyter/support/client.ts';
import { needsBuild, skipWithout } from '../support/requirements.ts';

const MAIN = new URL('../../dist/main.js', import.meta.url);

describe('completion of the built kernel', { skip: skipWithout(needsBuild) }, () => {
  let kernel: KernelClient;

  before(async () => {
    kernel = await KernelClient.start({ main: MAIN, execArgv: [] });
    await kernel.execute(
      "const df = spark.createDataFrame([{ url: '/a', bytes: 1n }]); df.createOrReplaceTempView('visits');",
    );
    await kernel.execute(
      `const typed = spark.read.schema('host STRING, at TIMESTAMP').json('${kernel.folder}/connection.json');`,
    );
  });
  after(async () => kernel.close());

  /** `|` marks the cursor. */
  async function complete(marked: string): Promise<readonly string[]> {
    const { content } = await kernel.request('shell', 'complete_request', {
      code: marked.replace('|', ''),
      cursor_pos: marked.indexOf('|'),
    });
    assert.equal(content['status'], 'ok');
    return content['matches'] as string[];
  }

  async function inspect(code: string): Promise<string> {
    const { content } = await kernel.request('shell', 'inspect_request', {
      code,
      cursor_pos: code.length,
      detail_level: 0,
    });
    assert.equal(content['found'], true, code);
    return (content['data'] as Record<string, string>)['text/plain'] ?? '';
  }

  it('of the session, groups, functions, outputs and Node', async () => {
    for (const name of ['read', 'readStream', 'sql', 'createDataFrame', 'streams', 'table'])
      assert.ok((await complete('spark.|')).includes(name), name);
    for (const name of ['agg', 'avg', 'count', 'max', 'min', 'sum'])
      assert.ok((await complete("df.groupBy('url').|")).includes(name), name);
    assert.deepEqual(await complete('from_j|'), ['from_json']);
    for (const name of ['html', 'markdown', 'svg', 'image', 'json', 'vega'])
      assert.ok((await complete('display.|')).includes(name), name);
    assert.ok((await complete('console.|')).includes('table'));
    assert.deepEqual(await complete('jupyter.|'), ['clearOutput', 'comms', 'display', 'input']);
    assert.ok((await complete('requ|')).includes('require'));
    assert.deepEqual(await complete('createGl|'), [], 'what cells do not have is not offered');
    assert.ok((await complete('process.pl|')).includes('platform'));
  });

  it('of column names, where the schema is known: of rows, of DDL text', async () => {
    assert.deepEqual(await complete("df.select('|')"), ['*', 'bytes', 'url']);
    assert.deepEqual(await complete("df.groupBy('u|')"), ['url']);
    assert.deepEqual(await complete("typed.select('|')"), ['*', 'at', 'host']);
    assert.deepEqual(await complete("df.withColumn('more', lit(1)).select('m|')"), ['more']);
  });

  it('of the types in annotations', async () => {
    assert.deepEqual(await complete('const f = (column: Colu|'), ['Column']);
    await kernel.execute('const twice = (column: Column): Column => column.plus(column);');
    assert.ok((await complete("twice(col('a')).|")).includes('alias'));
  });

  it('of magics, at the top of a cell only', async () => {
    assert.deepEqual(await complete('%%sq|'), ['%%sql']);
    assert.ok((await complete('%|')).includes('%page'));
    assert.ok(!(await complete('const five = 17\n%|')).includes('%page'));
  });

  it('of SQL: keywords, tables, columns, functions', async () => {
    assert.deepEqual(await complete('%%sql\nSELECT * FROM v|'), ['visits']);
    assert.deepEqual((await complete('%%sql\nSELECT | FROM visits')).slice(0, 2), ['url', 'bytes']);
    assert.deepEqual(await complete('%%sql\nSELECT date_tr|'), ['date_trunc']);
    assert.deepEqual(await complete('%%sql\nSEL|'), ['SELECT']);
  });

  it('inspection shows the documentation of the session, DataFrames, functions and magics', async () => {
    assert.match(await inspect('spark'), /SparkSession[\s\S]*The session/);
    assert.match(await inspect('spark.read'), /DataFrameReader[\s\S]*spark\.read\.json/);
    assert.match(await inspect('df.groupBy'), /GroupedData[\s\S]*Groups rows/);
    assert.match(await inspect('from_json'), /schema: [\s\S]*The struct that a JSON text holds/);
    const generated = await inspect('upper');
    assert.match(generated, /=> Column[\s\S]*All letters large/);
    assert.doesNotMatch(generated, /import\(/);
    assert.match(await inspect('%%sql'), /bound as a parameter/);
    assert.match(await inspect('%%sql\nSELECT date_trunc'), /date_trunc\(unit, time\)/);
  });

  it('answers within 50 ms while a cell computes, once it is warm', async () => {
    await complete('spark.re|');
    const busy = await kernel.executeLater('while (true) {}');
    await kernel.busy(busy);
    const times: number[] = [];
    for (let round = 0; round < 40; round++) {
      const startedMs = performance.now();
      assert.deepEqual(await complete('spark.re|'), ['read', 'readStream']);
      times.push(performance.now() - startedMs);
    }
    await kernel.request('control', 'interrupt_request', {});
    await kernel.idle(busy);
    const median = times.sort((a, b) => a - b)[times.length / 2] ?? Infinity;
    assert.ok(median <= 50, `the median is ${median.toFixed(1)} ms`);
  });
});
