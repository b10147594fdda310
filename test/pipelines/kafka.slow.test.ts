/** The first notebook on a real topic: KAFKA_BOOTSTRAP_SERVERS is all that changes. */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { kafkaMissing, startKafka, type KafkaService } from '../services/kafka.ts';
import { createTopic, produce } from '../services/produce.ts';
import { needsBuild, ROOT, skipWithout } from '../support/requirements.ts';
import { createFolder } from './support.ts';

const EVENT_COUNT = 500;
const missing = await kafkaMissing();

describe(
  'the website-traffic notebook on Kafka',
  { skip: missing ?? skipWithout(needsBuild), timeout: 120_000 },
  () => {
    const folder = createFolder();
    let kafka: KafkaService;

    before(async () => {
      cpSync(join(ROOT, 'notebooks', '01-website-traffic.ipynb'), folder.file('traffic.ipynb'));
      kafka = await startKafka();
      await createTopic(kafka.client(), 'clicks', { partitions: 3 });
      const events = Array.from({ length: EVENT_COUNT }, (_, n) => ({
        key: String(n),
        value: JSON.stringify({
          timestamp: `2026-01-01T12:0${n % 2}:00Z`,
          url: n % 5 === 0 ? '/cart' : '/',
          user: 'u',
          status: 200,
          bytes: 1,
        }),
      }));
      await produce(kafka.client(), 'clicks', events);
    });

    after(async () => {
      await kafka.stop();
      folder.remove();
    });

    it('counts what the topic holds', async () => {
      const ran = await folder.run(['run', 'traffic.ipynb'], {
        env: { KAFKA_BOOTSTRAP_SERVERS: kafka.brokers, KAFKA_TOPIC: 'clicks' },
        onOutput: { text: "[ 'traffic' ]", then: (kill) => kill('SIGTERM') },
      });
      assert.equal(ran.stderr, '');
      assert.equal(ran.code, 0);
      const half = EVENT_COUNT / 2;
      assert.match(
        ran.stdout,
        new RegExp(`\\|2026-01-01 12:01:00\\| *${half}\\| *2\\|\\n\\|2026-01-01 12:00:00\\| *${half}\\| *2\\|`),
      );
    });
  },
);
