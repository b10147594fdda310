/** The peers of the batch suite: those that can be had, and why the others cannot. */
import type { Missing } from '../contract.ts';
import { duckDbBatch } from './duckdb.ts';
import type { BatchEngine } from './engine.ts';
import { polarsBatch, sparkBatch } from './python.ts';

export async function batchPeers(): Promise<{
  readonly peers: readonly BatchEngine[];
  readonly missing: readonly Missing[];
}> {
  const peers: BatchEngine[] = [await duckDbBatch()];
  const missing: Missing[] = [];
  for (const start of [polarsBatch, sparkBatch]) {
    const started = await start();
    if ('missing' in started) missing.push(started.missing);
    else peers.push(started);
  }
  return { peers, missing };
}
