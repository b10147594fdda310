/** The suites of `npm run bench`, in the order in which they run and stand on the page. */
import type { Suite } from './contract.ts';
import { eventLatency } from './suites/event-latency.ts';
import { batch } from './suites/batch.ts';
import { kernel } from './suites/kernel.ts';
import { microBatch } from './suites/micro-batch.ts';
import { nexmark } from './suites/nexmark.ts';
import { kafkaWindow } from './suites/traffic.ts';

export const SUITES: readonly Suite[] = [
  kernel,
  batch,
  { name: 'traffic', sections: [kafkaWindow] },
  { name: 'latency', sections: [eventLatency, microBatch] },
  nexmark,
];
