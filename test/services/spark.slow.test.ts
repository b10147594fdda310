import assert from 'node:assert/strict';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { ServiceError } from './guarded-process.ts';
import { skipWithoutServices } from './skip.ts';
import { sparkConnectService, startSparkConnect, type SparkConnectService } from './spark-connect.ts';
import { runSpark } from './spark.ts';
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';

const skip = await skipWithoutServices(sparkConnectService);
const withSpark = skip === false ? { timeout: 400_000 } : { skip };

let folder: TemporaryFolder;
before(async () => {
  folder = await temporaryFolder('spark-test');
});
after(() => folder.remove());

test('a batch query is answered by Spark, with its settings', withSpark, async () => {
  const answer = await runSpark('test/services/spark_batch.py', ['b', 'ä', 'b'], { cores: 1 });
  assert.deepEqual(answer, {
    version: '4.3.0',
    master: 'local[1]',
    counts: [
      ['b', 2],
      ['ä', 1],
    ],
  });
});

test('a streaming query runs to the end of its files', withSpark, async () => {
  const input = path.join(folder.path, 'input');
  await mkdir(input);
  for (const [index, words] of [['b', 'a', 'b'], ['b']].entries()) {
    const file = path.join(input, `${index}.json`);
    await writeFile(file, words.map((word) => `${JSON.stringify({ word })}\n`).join(''));
    await utimes(file, 1000 + index, 1000 + index); // Spark takes the oldest first
  }
  assert.deepEqual(await runSpark('test/services/spark_stream.py', [input, path.join(folder.path, 'checkpoint')]), [
    [
      ['a', 1],
      ['b', 2],
    ],
    [['b', 3]],
  ]);
});

test('a program that fails names its error', withSpark, async () => {
  const script = path.join(folder.path, 'fails.py');
  await writeFile(script, 'raise SystemExit("no such table")\n');
  await assert.rejects(runSpark(script), (error) => {
    assert.ok(error instanceof ServiceError);
    assert.match(error.message, /failed \(exit status 1\)[^]*no such table/);
    return true;
  });
});

test('a Spark Connect server answers the client of Python', withSpark, async () => {
  const server: SparkConnectService = await startSparkConnect({ cores: 1 });
  try {
    const answer = await server.ask(
      "SELECT id, id * 2 AS twice, DATE'2024-02-29' + CAST(id AS INT) AS day FROM range(2) ORDER BY id",
    );
    assert.deepEqual(answer, {
      version: '4.3.0',
      columns: ['id', 'twice', 'day'],
      rows: [
        [0, 0, '2024-02-29'],
        [1, 2, '2024-03-01'],
      ],
    });
    await assert.rejects(server.ask('SELECT nothing'), /UNRESOLVED_COLUMN/);
    assert.equal(await sparkConnectService.version(server), '4.3.0');
  } finally {
    await server.stop();
  }
});
