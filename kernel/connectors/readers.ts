/** Every reader of scan tasks, by name. Compute workers load this alone: it reaches no network and no client library. */
import type { TaskReader } from '../arrow/scan.ts';
import { columnsReader } from './columns-reader.ts';
import type { TaskReaders } from './contract.ts';
import { kafkaReader } from './kafka/reader.ts';
import { rateReader } from './sources/rate.ts';
import { websiteTrafficReader } from './sources/website-traffic.ts';

export const TASK_READERS: TaskReaders = new Map<string, TaskReader>([
  ['columns', columnsReader],
  ['kafka', kafkaReader],
  ['rate', rateReader],
  ['website-traffic', websiteTrafficReader],
]);
