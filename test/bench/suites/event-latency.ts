/** From an event's production to the moment its window's count is seen, at a steady rate, with every peer's own streaming mode. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTopic } from '../../services/produce.ts';
import { ROOT } from '../../support/requirements.ts';
import { FASTEST, type Comparison, type Measured, type Section, type Size } from '../contract.ts';
import { EVENT_PARTITIONS } from '../streaming/events.ts';
import { openKafkaSection, type KafkaBench } from '../streaming/kafka-section.ts';
import { latencies, parseObservations } from '../streaming/latency.ts';
import type { ProgramHost } from '../streaming/peers.ts';
import { runProgram } from '../streaming/programs.ts';
import { quantile } from '../statistics.ts';

interface Load {
  /** Events per second. */
  readonly rate: number;
  /** Measured, after the warm-up. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

const LOADS: Readonly<Record<Size, readonly Load[]>> = {
  small: [{ rate: 200, seconds: 2, warmUpSeconds: 1 }],
  full: [
    { rate: 1000, seconds: 20, warmUpSeconds: 8 },
    { rate: 20_000, seconds: 20, warmUpSeconds: 8 },
  ],
};
const WIDTH_MS = 10_000;
const PRODUCER = join(ROOT, 'test', 'bench', 'streaming', 'steady-producer.ts');

export const eventLatency: Section = {
  name: 'event-to-count',
  open: ({ size }) =>
    openKafkaSection((bench) => Promise.resolve(LOADS[size].map((load) => comparisonOf(bench, load)))),
};

function comparisonOf({ kafka, contestants }: KafkaBench, load: Load): Comparison {
  let topics = 0;
  return {
    name: `${load.rate.toLocaleString('en')} events a second from Kafka`,
    description:
      'count per 10-second window and partition, updated; from the production of an event until a count that has it is seen: ' +
      'by the program (Flink: appended to the topic of results), as fast as each engine goes by itself',
    measures: [
      { name: 'p50', unit: 'ms', target: { kind: 'ratio', max: 1, peer: FASTEST } },
      { name: 'p99', unit: 'ms', target: { kind: 'ratio', max: 1, peer: FASTEST } },
    ],
    rounds: 3,
    ...contestants(async (host, folder) => {
      const topic = `latency-${load.rate}-${topics++}`;
      await createTopic(kafka.client(), topic, { partitions: EVENT_PARTITIONS });
      return measure(host, folder, { ...load, topic, bootstrap: kafka.brokers });
    }),
  };
}

interface Run extends Load {
  readonly topic: string;
  readonly bootstrap: string;
}

async function measure(host: ProgramHost, folder: string, run: Run): Promise<Measured> {
  const { rate, seconds, warmUpSeconds, topic, bootstrap } = run;
  mkdirSync(folder, { recursive: true });
  const [observations, produced] = [join(folder, 'observations'), join(folder, 'produced')];
  const total = rate * (seconds + warmUpSeconds);
  let startedMs = 0;
  const env = { BOOTSTRAP: bootstrap, TOPIC: topic, OBSERVATIONS: observations, TOTAL: String(total) };
  await runProgram(host, 'latency', folder, env, () => {
    startedMs = Date.now();
    return produce([bootstrap, topic, String(rate), String(seconds + warmUpSeconds), produced]);
  });
  const times = JSON.parse(readFileSync(produced, 'utf8')) as readonly (readonly number[])[];
  const found = latencies(times, parseObservations(readFileSync(observations, 'utf8')), {
    widthMs: WIDTH_MS,
    afterMs: startedMs + warmUpSeconds * 1000,
  });
  // `latencies` has seen that every event was counted once: the answer says how many.
  const events = times.reduce((sum, list) => sum + list.length, 0);
  return { figures: { p50: quantile(found, 0.5), p99: quantile(found, 0.99) }, answer: { events } };
}

function produce(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', PRODUCER, ...args], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the producer ended with ${String(code)}`))));
  });
}
