/** JSON events in a real Kafka broker → 1-minute window count, from the start of a fresh process to the end of the topic. */
import { FASTEST, took, TIME, type Answer, type Section, type Size } from '../contract.ts';
import { EVENT_PARTITIONS, produceHour } from '../streaming/events.ts';
import { openKafkaSection } from '../streaming/kafka-section.ts';
import { runProgram } from '../streaming/programs.ts';

const EVENTS: Readonly<Record<Size, number>> = { small: 20_000, full: 2_000_000 };
const TOPIC = 'traffic';

export const kafkaWindow: Section = {
  name: 'kafka-window',
  open: ({ size }) =>
    openKafkaSection(async ({ kafka, contestants }) => {
      const events = EVENTS[size];
      await produceHour(kafka, TOPIC, events);
      return [
        {
          name: `${events.toLocaleString('en')} JSON events in ${EVENT_PARTITIONS} partitions, 1-minute window count`,
          description: 'from the start of a fresh process to the end of the topic and of the process',
          measures: [{ ...TIME, target: { kind: 'ratio', max: 0.333, peer: FASTEST } }],
          rounds: 3,
          ...contestants(async (host, folder) => {
            const env = { BOOTSTRAP: kafka.brokers, TOPIC };
            const { ms, answer } = await runProgram(host, 'traffic', folder, env);
            return took(ms, answer as Answer);
          }),
        },
      ];
    }),
};
