/** Streaming queries of the built kernel: they outlive their cell, an interrupt and, by their checkpoint, the kernel. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { needsBuild, skipWithout } from '../support/requirements.ts';
import { KernelClient, type Executed, type Message } from './support/client.ts';

const MAIN = new URL('../../dist/main.js', import.meta.url);
/** So many that a query has far from ended when it is killed, stopped or interrupted. */
const ROWS = 600_000;
const SOURCE = `.format('website-traffic').option('rows', ${ROWS}).option('rowsPerSecond', 0).option('startTimestamp', '2026-01-01T00:00:00Z')`;

describe('streaming queries of the built kernel', { skip: skipWithout(needsBuild), timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-streams-'));
  const kernels: KernelClient[] = [];
  afterEach(async () => Promise.all(kernels.splice(0).map((kernel) => kernel.close())));
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function start(): Promise<KernelClient> {
    const kernel = await KernelClient.start({ main: MAIN, execArgv: [] });
    kernels.push(kernel);
    return kernel;
  }

  function startCounting(checkpoint: string, { rowsPerBatch = 500 } = {}): string {
    return `const query = spark.readStream${SOURCE}.option('maxRowsPerTrigger', ${rowsPerBatch}).load()
      .groupBy('partition').count()
      .writeStream.queryName('counts').outputMode('complete').format('memory')
      .option('checkpointLocation', '${join(folder, checkpoint)}').start();`;
  }

  it('go on after the kernel was killed, with nothing lost and nothing counted twice', async () => {
    for (const batch of [3, 20, 45]) {
      const killed = await start();
      await run(killed, startCounting('killed'));
      await killed.until(() => lastBatch(killed) >= batch);
      killed.process.kill('SIGKILL');
      await killed.exit;
    }
    const kernel = await start();
    await run(kernel, startCounting('killed', { rowsPerBatch: 20_000 }));
    await run(kernel, 'await query.processAllAvailable()');
    const counted = await result(
      kernel,
      "JSON.stringify((await spark.table('counts').orderBy('partition').collect()).map(String))",
    );
    const expected = await result(
      kernel,
      `JSON.stringify((await spark.read${SOURCE}.load().groupBy('partition').count().orderBy('partition').collect()).map(String))`,
    );
    assert.equal(counted, expected);
    assert.equal(
      await result(kernel, "(await spark.table('counts').selectExpr('sum(count) AS total').first()).total"),
      `${ROWS}n`,
    );
  });

  it('are stopped at a shutdown between two batches: every batch that was planned is committed', async () => {
    const kernel = await start();
    await run(kernel, startCounting('stopped'));
    await kernel.until(() => lastBatch(kernel) >= 3);
    assert.equal(await kernel.shutdown(), 0);
    const numbers = (log: string): string[] =>
      readdirSync(join(folder, 'stopped', log))
        .filter((name) => /^\d+$/.test(name))
        .sort();
    assert.ok(numbers('commits').length > 3);
    assert.deepEqual(numbers('offsets'), numbers('commits'));
  });

  it('live on when a cell is interrupted', async () => {
    const kernel = await start();
    await run(kernel, startCounting('interrupted'));
    const busy = await kernel.executeLater('while (true) {}');
    await kernel.busy(busy);
    const before = lastBatch(kernel);
    await kernel.request('control', 'interrupt_request', {});
    assert.equal((await kernel.reply('shell', busy)).content['status'], 'error');
    await kernel.until(() => lastBatch(kernel) > before);
    assert.equal(await result(kernel, 'query.isActive'), 'true');
  });

  const UNNAMED = "spark.readStream.format('rate').load().writeStream.format('noop').start()";
  const ACTIVE = 'spark.streams.active.length';

  it('are replaced when their cell runs again, named or not, edited or not', async () => {
    const kernel = await start();
    await run(kernel, UNNAMED, 'one');
    await run(kernel, UNNAMED, 'one');
    assert.equal(await result(kernel, ACTIVE), '1');
    await run(kernel, `// edited\n${UNNAMED}`, 'one');
    assert.equal(await result(kernel, ACTIVE), '1');
    await run(kernel, UNNAMED, 'two');
    assert.equal(await result(kernel, ACTIVE), '2', 'another cell, another query');
  });

  it('are replaced by the same code where the front end names no cells; two of one cell live side by side', async () => {
    const kernel = await start();
    for (let round = 0; round < 2; round++) await run(kernel, `${UNNAMED}; ${UNNAMED}`);
    assert.equal(await result(kernel, ACTIVE), '2');
  });

  it('show once in the cell that starts them, and their latest rows as a result of another', async () => {
    const kernel = await start();
    const rows =
      "spark.range(1); const stream = new MemoryStream(spark, 'word STRING'); stream.addData([{ word: '<b>bold</b>' }]);";
    await run(kernel, rows);
    const started = await run(kernel, "stream.toDF().writeStream.format('memory').queryName('words').start()");
    const shown = started.published.filter(({ type }) => type.startsWith('display') || type === 'execute_result');
    assert.deepEqual(
      shown.map(({ type }) => type),
      ['display_data'],
    );
    await run(kernel, 'await spark.streams.active[0].processAllAvailable()');
    const again = await run(kernel, 'spark.streams.active[0]');
    const data = bundle(again.published.find(({ type }) => type === 'execute_result'));
    assert.match(data['text/plain'] ?? '', /words: running[\s\S]*<b>bold<\/b>[\s\S]*Stop:/);
    assert.match(data['text/html'] ?? '', /&lt;b&gt;bold/);
    assert.equal(await result(kernel, 'spark.streams.active'), '[ StreamingQuery(words, active) ]');
  });
});

async function run(kernel: KernelClient, code: string, cellId?: string): Promise<Executed> {
  const executed = await kernel.execute(code, {}, cellId === undefined ? {} : { cellId });
  assert.equal(executed.reply.content['status'], 'ok', JSON.stringify(executed.reply.content));
  return executed;
}

async function result(kernel: KernelClient, code: string): Promise<string> {
  const { published } = await run(kernel, code);
  return bundle(published.find(({ type }) => type === 'execute_result'))['text/plain'] ?? '';
}

function bundle(message: Message | undefined): Readonly<Record<string, string>> {
  return (message?.content['data'] ?? {}) as Record<string, string>;
}

/** The batch of the newest live frame; -1 before the first. */
function lastBatch(kernel: KernelClient): number {
  const frame = kernel.published.findLast(({ type }) => type === 'update_display_data');
  return Number(/batch ([\d,]+)/.exec(bundle(frame)['text/plain'] ?? '')?.[1]?.replaceAll(',', '') ?? -1);
}
