/**
 * A real Kafka for tests: KRaft, one broker or several, on free ports of 127.0.0.1, its data in a temporary folder. With class
 * archives (made at the first start, kept beside the jars) it is up in two seconds.
 */
import kafkajs from 'kafkajs';
import { fetchKafka } from '../../kernel/bin/fetch-kafka.mjs';
import type { ServiceEntry } from './contract.ts';
import { javaMissing } from './java.ts';
import { javaForKafka } from './kafka-archives.ts';
import { QUIET } from './kafka-broker.ts';
import { startCluster, type KafkaOptions, type KafkaService } from './kafka-cluster.ts';

export type { KafkaOptions, KafkaService } from './kafka-cluster.ts';

export async function startKafka(options: KafkaOptions = {}): Promise<KafkaService> {
  return startCluster(options, await javaForKafka(await fetchKafka()));
}

/**
 * Why there is no Kafka for this test run; undefined where there is one. In CI a missing broker is a failure.
 * Pass it as `skip` of the tests.
 */
export async function kafkaMissing(): Promise<string | undefined> {
  const why = await missing();
  if (why === undefined) return undefined;
  const reason = `no Kafka for this test: ${why}`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  process.stderr.write(`${reason}\n`);
  return reason;
}

async function missing(): Promise<string | undefined> {
  const java = await javaMissing();
  if (java !== undefined) return java;
  return fetchKafka().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

export const kafkaService: ServiceEntry = {
  name: 'Apache Kafka',
  missing,
  start: () => startKafka(),
  async version({ address }) {
    const admin = new kafkajs.Kafka({ ...QUIET, brokers: address.split(',') }).admin();
    await admin.connect();
    try {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [
          { type: kafkajs.ConfigResourceTypes.BROKER, name: '1', configNames: ['inter.broker.protocol.version'] },
        ],
      });
      return resources[0]?.configEntries[0]?.configValue ?? 'unknown';
    } finally {
      await admin.disconnect();
    }
  },
};
