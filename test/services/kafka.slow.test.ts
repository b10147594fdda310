import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Kafka, Partitioners, type KafkaConfig, type SASLOptions } from 'kafkajs';
import { present } from '../../kernel/core/assert.ts';
import { needsPython, PYTHON, ROOT, skipWithout } from '../support/requirements.ts';
import { QUIET } from './kafka-broker.ts';
import { kafkaService, startKafka, type KafkaService } from './kafka.ts';
import { createTopic, produce } from './produce.ts';
import { skipWithoutServices } from './skip.ts';

const run = promisify(execFile);
const skip = skipWithout(needsPython) || (await skipWithoutServices(kafkaService));
const withKafka = skip === false ? { timeout: 180_000 } : { skip };
const SASL = { username: 'reader', password: 'a "quoted" \\ word' };

let kafka: KafkaService;
before(async () => {
  if (skip !== false) return;
  kafka = await startKafka({ sasl: SASL, tls: true });
  await createTopic(kafka.client(), 'foreign');
  await produce(kafka.client(), 'foreign', [
    { key: 'k', value: 'ä' },
    { key: null, value: null },
  ]);
});
after(async () => {
  if (skip === false) await kafka.stop();
});

/** What kafka-python reads. */
async function foreign(topic: string, count: number, settings: Readonly<Record<string, unknown>>): Promise<unknown> {
  const { stdout } = await run(PYTHON, ['test/services/kafka_client.py', JSON.stringify({ topic, count, settings })], {
    cwd: ROOT,
    timeout: 60_000,
  });
  return JSON.parse(stdout);
}

/** By a client without patience. */
async function connect(settings: KafkaConfig): Promise<void> {
  const admin = new Kafka({ ...QUIET, retry: { retries: 0 }, ...settings }).admin();
  try {
    await admin.connect();
  } finally {
    await admin.disconnect();
  }
}

/** kafkajs tells its mechanisms apart by type. */
function saslOf(mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512', user: typeof SASL): SASLOptions {
  switch (mechanism) {
    case 'plain':
      return { mechanism, ...user };
    case 'scram-sha-256':
      return { mechanism, ...user };
    case 'scram-sha-512':
      return { mechanism, ...user };
  }
}

const SENT = [
  [0, 0, 'k', 'ä'],
  [0, 1, null, null],
];

test('what kafkajs produced is consumed by kafka-python', withKafka, async () => {
  assert.deepEqual(await foreign('foreign', 2, { bootstrap_servers: kafka.brokers }), SENT);
});

test('over TLS too, by whoever trusts its certificate', withKafka, async () => {
  const { brokers, certificate } = present(kafka.tls, 'TLS listener');
  const settings = { bootstrap_servers: brokers, security_protocol: 'SSL' };
  assert.deepEqual(await foreign('foreign', 2, { ...settings, ssl_cafile: certificate }), SENT);
  await assert.rejects(connect({ brokers: [brokers], ssl: true }), /self.signed certificate/);
});

for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
  test(`over SASL by ${mechanism.toUpperCase()} too, with the right password`, withKafka, async () => {
    const settings = {
      bootstrap_servers: kafka.saslBrokers,
      security_protocol: 'SASL_PLAINTEXT',
      sasl_mechanism: mechanism.toUpperCase(),
      sasl_plain_username: SASL.username,
    };
    assert.deepEqual(await foreign('foreign', 2, { ...settings, sasl_plain_password: SASL.password }), SENT);
    const brokers = [present(kafka.saslBrokers, 'SASL listener')];
    const wrong = { ...SASL, password: 'wrong' };
    await assert.rejects(connect({ brokers, sasl: saslOf(mechanism, wrong) }), /authentication failed/i);
  });
}

test('over SASL and TLS together', withKafka, async () => {
  const { brokers, certificate } = present(kafka.saslTls, 'listener of both');
  const settings = {
    bootstrap_servers: brokers,
    security_protocol: 'SASL_SSL',
    ssl_cafile: certificate,
    sasl_mechanism: 'SCRAM-SHA-512',
    sasl_plain_username: SASL.username,
    sasl_plain_password: SASL.password,
  };
  assert.deepEqual(await foreign('foreign', 2, settings), SENT);
});

test('a paused broker comes back with its records', withKafka, async () => {
  await kafka.pause();
  await assert.rejects(connect({ brokers: [kafka.brokers] }), /ECONNREFUSED/);
  await kafka.resume();
  assert.deepEqual(await foreign('foreign', 2, { bootstrap_servers: kafka.brokers }), SENT);
});

test('of three brokers a killed leader is replaced, and what was acknowledged survives', withKafka, async () => {
  const cluster = await startKafka({ brokers: 3 });
  const client = cluster.client();
  const admin = client.admin();
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  try {
    await createTopic(client, 'kept');
    await admin.connect();
    await producer.connect();
    const leader = async (): Promise<number> => {
      const { topics } = await admin.fetchTopicMetadata({ topics: ['kept'] });
      return present(topics[0]?.partitions[0], 'partition').leader;
    };
    const acks = -1; // by all that are in sync, two at least
    await producer.send({ topic: 'kept', acks, messages: [{ value: 'before' }, { value: 'also before' }] });
    let first = -1;
    await until('one leads', async () => (first = await leader()) >= 0);
    const killed = present(
      cluster.nodes.find(({ id }) => id === first),
      'the leader',
    );
    await killed.kill();
    assert.equal(killed.isRunning(), false);
    await until('another leads', async () => ![first, -1].includes(await leader()));
    await producer.send({ topic: 'kept', acks, messages: [{ value: 'after' }] });
    const others = cluster.nodes.filter(({ id }) => id !== first).map(({ address }) => address);
    const expected = [
      [0, 0, null, 'before'],
      [0, 1, null, 'also before'],
      [0, 2, null, 'after'],
    ];
    assert.deepEqual(await foreign('kept', 3, { bootstrap_servers: others }), expected);

    await killed.resume();
    await until('the killed one is in sync again', async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: ['kept'] });
      return topics[0]?.partitions[0]?.isr.includes(first) === true;
    });
  } finally {
    await Promise.all([producer.disconnect(), admin.disconnect()]);
    await cluster.stop();
  }
});

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 60_000;
  while (performance.now() < endMs) {
    if (await condition().catch(() => false)) return;
    await delay(100); // a poll with its bound above
  }
  assert.fail(`${what}: not within 60 s`);
}
