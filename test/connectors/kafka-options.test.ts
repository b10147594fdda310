import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { kafkaOptions } from '../../kernel/connectors/kafka/options.ts';
import { limitOffsets } from '../../kernel/connectors/kafka/rate-limit.ts';
import { kafkaSource } from '../../kernel/connectors/kafka/source.ts';
import { formatOffsets, parseOffsets, topicOffsets } from '../../kernel/connectors/kafka/topic-offsets.ts';

const base = { 'kafka.bootstrap.servers': 'a:9092, b:9093', subscribe: 'x' };
const wrong = (options: Record<string, string>, message: RegExp, use: 'batch' | 'streaming' = 'streaming') =>
  assert.throws(() => kafkaOptions({ ...base, ...options }, use), { condition: 'DATA_SOURCE_OPTION', message });

test("defaults are Spark's, but for the isolation level", () => {
  const streaming = kafkaOptions(base, 'streaming');
  assert.deepEqual(
    [streaming.starting.kind, streaming.failOnDataLoss, streaming.includeHeaders],
    ['latest', true, false],
  );
  assert.deepEqual(streaming.client.brokers, ['a:9092', 'b:9093']);
  assert.equal(streaming.client.isolation, 'read_committed');
  const batch = kafkaOptions(base, 'batch');
  assert.deepEqual([batch.starting.kind, batch.ending.kind], ['earliest', 'latest']);
});

test('option names have no case; the topics may be given in one way only', () => {
  const options = kafkaOptions(
    { 'KAFKA.bootstrap.SERVERS': 'a:1', SUBSCRIBE: 'x, y,x', MaxOffsetsPerTrigger: '5' },
    'streaming',
  );
  assert.deepEqual(options.subscription, { kind: 'topics', topics: ['x', 'y'] });
  assert.equal(options.offsetsPerTriggerMax, 5);
  wrong({ assign: '{"x":[0]}' }, /assign and subscribe are given together/);
  assert.throws(() => kafkaOptions({ 'kafka.bootstrap.servers': 'a:1' }, 'batch'), { message: /no topics are given/ });
  const assigned = kafkaOptions({ 'kafka.bootstrap.servers': 'a:1', assign: '{"x":[1,0]}' }, 'batch');
  assert.deepEqual(assigned.subscription, {
    kind: 'assign',
    partitions: [
      { topic: 'x', partition: 1 },
      { topic: 'x', partition: 0 },
    ],
  });
});

test('wrong options say what is wrong', () => {
  wrong({ 'kafka.bootstrap.servers': 'nohost' }, /'nohost' is not host:port/);
  wrong({ startingOffsets: 'newest' }, /'newest' gives no offsets/);
  wrong({ startingOffsets: '{"x":{"0":-3}}' }, /gives no offsets/);
  wrong({ startingOffsets: 'latest' }, /would be empty/, 'batch');
  wrong({ endingOffsets: 'earliest' }, /would be empty/, 'batch');
  wrong({ endingOffsets: 'latest' }, /a stream has no end/);
  wrong({ maxOffsetsPerTrigger: '0' }, /maxOffsetsPerTrigger/);
  wrong({ 'kafka.isolation.level': 'none' }, /read_committed or read_uncommitted/);
  assert.throws(() => kafkaOptions({ ...base, minOffsetsPerTrigger: '1' }, 'streaming'), {
    condition: 'NOT_SUPPORTED',
  });
  assert.throws(() => kafkaOptions({ 'kafka.bootstrap.servers': 'a:1', subscribePattern: '(' }, 'batch'), {
    message: /not a regular expression/,
  });
  const request = { options: base, paths: [], schema: undefined, streaming: true };
  assert.equal(kafkaSource.schema(request).fields.length, 7);
  assert.equal(kafkaSource.schema({ ...request, options: { ...base, includeHeaders: 'true' } }).fields.length, 8);
});

test('security options become those of the connection; secrets stay out of messages', () => {
  const jaas = 'org.apache.kafka.common.security.scram.ScramLoginModule required username="u" password="p\\"w=;";';
  const { client } = kafkaOptions(
    {
      ...base,
      'kafka.security.protocol': 'SASL_SSL',
      'kafka.sasl.mechanism': 'SCRAM-SHA-512',
      'kafka.sasl.jaas.config': jaas,
      'kafka.ssl.truststore.type': 'PEM',
      'kafka.ssl.truststore.certificates': 'PEM TEXT',
      'kafka.ssl.endpoint.identification.algorithm': '',
    },
    'streaming',
  );
  assert.deepEqual(client.sasl, { mechanism: 'scram-sha-512', username: 'u', password: 'p"w=;' });
  assert.equal(client.ssl?.['ca'], 'PEM TEXT');
  assert.equal(typeof client.ssl['checkServerIdentity'], 'function');
  const sasl = { 'kafka.security.protocol': 'SASL_PLAINTEXT', 'kafka.sasl.mechanism': 'PLAIN' };
  assert.throws(
    () => kafkaOptions({ ...base, ...sasl, 'kafka.sasl.jaas.config': 'required password="hush";' }, 'batch'),
    (error: Error) => /has no username/.test(error.message) && !error.message.includes('hush'),
  );
  wrong({ ...sasl, 'kafka.sasl.mechanism': 'GSSAPI' }, /GSSAPI/);
  wrong({ 'kafka.security.protocol': 'SSL', 'kafka.ssl.truststore.location': '/x.jks' }, /JKS/);
});

test('offsets are sorted JSON, and read back', () => {
  const offsets = topicOffsets([
    { topic: 'b', partition: 10, offset: 5 },
    { topic: 'b', partition: 2, offset: 2 ** 50 },
    { topic: 'a"', partition: 0, offset: 0 },
  ]);
  assert.equal(formatOffsets(offsets), `{"a\\"":{"0":0},"b":{"2":${2 ** 50},"10":5}}`);
  assert.equal(formatOffsets(parseOffsets(formatOffsets(offsets))), formatOffsets(offsets));
});

test('a limited batch takes from all partitions, no more than it may, and always gets on', () => {
  const sizes = fc.array(fc.record({ from: fc.nat(1000), size: fc.nat(100_000) }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 5000 }), (partitions, offsetsMax) => {
      const at = (offset: (entry: { from: number; size: number }) => number) =>
        topicOffsets(partitions.map((entry, partition) => ({ topic: 't', partition, offset: offset(entry) })));
      const ends = limitOffsets(
        at(({ from }) => from),
        at(({ from, size }) => from + size),
        offsetsMax,
      );
      let taken = 0;
      for (const [index, { from, size }] of partitions.entries()) {
        const own = (ends.get(`t-${index}`)?.offset ?? -1) - from;
        assert.ok(own >= (size > 0 ? 1 : 0) && own <= size, `partition ${index} takes ${own} of ${size}`);
        taken += own;
      }
      assert.ok(taken <= offsetsMax + partitions.length);
    }),
  );
});
