/** The readers of scan tasks that sources make, by name; `columns`, of rows in engine memory, is the physical layer's own. Compute workers load this alone: it reaches no network and no client library. */
import type { TaskReader } from '../arrow/scan.ts';
import type { JsonKernels } from '../../wasm/abi/json-kernels.ts';
import type { TaskReaders } from './contract.ts';
import { createFormatReaders } from './formats/formats.ts';
import { kafkaReader } from './kafka/reader.ts';
import { rateReader } from './sources/rate.ts';
import { websiteTrafficReader } from './sources/website-traffic.ts';

/** The readers for one engine thread; those of files work in its wasm instance. */
export function createTaskReaders(kernels: JsonKernels): TaskReaders {
  return new Map<string, TaskReader>([
    ...createFormatReaders(kernels),
    ['kafka', kafkaReader],
    ['rate', rateReader],
    ['website-traffic', websiteTrafficReader],
  ]);
}
