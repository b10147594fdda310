/** The built product reads a topic of a real broker and is killed by SIGKILL: its sink must hold what an undisturbed run gives. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { kafkaMissing, startKafka, type KafkaService } from '../services/kafka.ts';
import { createTopic, produce } from '../services/produce.ts';
import { needsBuild, skipWithout } from '../support/requirements.ts';
import { FAULT_POINTS, inPairs, killAt, killAtRandom, rowsOf, runToTheEnd, sinkOf, type Program } from './support.ts';

const missing = await kafkaMissing();
const withKafka = { skip: missing ?? skipWithout(needsBuild) };
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-recovery-kafka-'));
const PARTITIONS = 4;
const RECORDS = 2400;
let kafka: KafkaService | undefined;

before(async () => {
  if (withKafka.skip !== false) return;
  kafka = await startKafka();
  const client = kafka.client();
  await createTopic(client, 'events', { partitions: PARTITIONS, config: { 'compression.type': 'lz4' } });
  const records = Array.from({ length: RECORDS }, (_, row) => {
    const ms = 1.7e12 + row * 100 + ((row * 7919) % 12_000) - 6000;
    const value = JSON.stringify({ timestamp: new Date(ms).toISOString(), url: `/p${(row * 31) % 7}` });
    return { partition: row % PARTITIONS, value };
  });
  const chunks = Array.from({ length: RECORDS / 120 }, (_, chunk) => records.slice(chunk * 120, chunk * 120 + 120));
  await produce(client, 'events', ...chunks);
});

after(async () => {
  await kafka?.stop();
  fs.rmSync(root, { recursive: true, force: true });
});

function program(mode: Program['mode'], step: number): Program {
  return { source: 'kafka', mode, sink: 'files', input: kafka?.brokers ?? '', step };
}

test('killed at every step of a batch, a topic’s records are counted once', withKafka, async () => {
  const append = program('append', 200);
  const undisturbed = path.join(root, 'undisturbed');
  await runToTheEnd(append, undisturbed);
  const expected = sinkOf(undisturbed);
  assert.ok(rowsOf(expected).length > 20 && expected.size > 10, 'windows went out in many batches');
  await inPairs(FAULT_POINTS, (point) => killAt(append, path.join(root, point), `${point}:5`, expected));
});

test('killed at random, a topic’s records are counted once', withKafka, async () => {
  const complete = program('complete', 50);
  const undisturbed = path.join(root, 'load-undisturbed');
  const disturbed = path.join(root, 'load');
  await runToTheEnd(complete, undisturbed);
  const kills = await killAtRandom(complete, disturbed, { kills: 4, withinMs: 200 });
  assert.ok(kills > 1, 'the load was over before the second kill');
  assert.deepEqual(sinkOf(disturbed), sinkOf(undisturbed));
  const counted = [...sinkOf(disturbed)].sort(([a], [b]) => parseInt(a, 10) - parseInt(b, 10)).at(-1)?.[1] ?? [];
  const total = counted.reduce((sum, row) => sum + (JSON.parse(row) as { count: number }).count, 0);
  assert.equal(total, RECORDS, 'complete mode drops no late rows');
});
