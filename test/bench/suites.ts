/** The suites of `npm run bench`, in the order in which they run and stand on the page. */
import type { Suite } from './contract.ts';
import { microBatch } from './suites/micro-batch.ts';
import { kafkaWindow } from './suites/traffic.ts';

export const SUITES: readonly Suite[] = [
  { name: 'traffic', sections: [kafkaWindow] },
  { name: 'latency', sections: [microBatch] },
];
