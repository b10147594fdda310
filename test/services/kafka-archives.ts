/** The two programs of Kafka that we run, each with an archive of its classes beside the jars, made at the first start. */
import path from 'node:path';
import { withClassArchive } from './class-archive.ts';
import { freePorts } from './free-port.ts';
import { classPathOf, formatBroker, type KafkaJava } from './kafka-broker.ts';
import { startCluster } from './kafka-cluster.ts';
import { LISTENERS, portsFrom } from './kafka-properties.ts';
import { createTopic, produce } from './produce.ts';
import { temporaryFolder } from './temporary-folder.ts';

const SASL = { username: 'trainer', password: 'trainer' };

export async function javaForKafka(libs: string): Promise<KafkaJava> {
  const plain: KafkaJava = { classPath: await classPathOf(libs), format: [], broker: [] };
  const prefix = (program: string): string => path.join(path.dirname(libs), `${program}-classes`);
  const format = await withClassArchive({
    prefix: prefix('format'),
    train: (options) => formatOnce({ ...plain, format: options }),
  });
  const broker = await withClassArchive({
    prefix: prefix('broker'),
    train: (options) => serveOnce({ ...plain, format, broker: options }),
  });
  return { ...plain, format, broker };
}

async function formatOnce(java: KafkaJava): Promise<void> {
  const folder = await temporaryFolder('kafka-format');
  try {
    const ports = [portsFrom(await freePorts(LISTENERS.length))];
    const layout = { id: 1, folder: folder.path, ports, sasl: SASL, certificate: undefined };
    await formatBroker(layout, 'AAAAAAAAAAAAAAAAAAAAAA', java);
  } finally {
    await folder.remove();
  }
}

async function serveOnce(java: KafkaJava): Promise<void> {
  const kafka = await startCluster({ sasl: SASL }, java);
  try {
    await createTopic(kafka.client(), 'training');
    await produce(kafka.client(), 'training', [{ value: 'one' }]);
    for (const node of kafka.nodes) await node.stop(); // Java writes the archive when it ends in order
  } finally {
    await kafka.stop();
  }
}
