import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { RunningService } from './contract.ts';
import { startGuarded } from './guarded-process.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { watchTraces, type Traces } from './traces.ts';

let traces: Traces;
beforeEach(async () => {
  traces = await watchTraces();
});
afterEach(() => traces.end());

interface Parts {
  readonly end: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** A server with a folder, which stops as told. */
async function serviceWith(stop: (parts: Parts) => Promise<void>) {
  const folder = await temporaryFolder('traced');
  const server = await startGuarded('/bin/sh', ['-c', 'sleep 600 & echo up; wait']);
  await server.ready(async () => assert.match(await server.log(), /up/), { timeoutMs: 10_000 });
  const parts: Parts = { end: () => server.stop(), remove: () => folder.remove() };
  const service: RunningService = { address: '', stop: () => stop(parts) };
  return { ...parts, service };
}

test('a service that takes everything with it passes', async () => {
  const { service } = await serviceWith(async ({ end, remove }) => {
    await end();
    await remove();
  });
  await traces.stopsWithoutTrace(service);
});

test('a process that stays is told with its command', async () => {
  const { service, end } = await serviceWith(({ remove }) => remove());
  await assert.rejects(traces.stopsWithoutTrace(service), /sleep 600/);
  await end();
});

test('a file that stays is told', async () => {
  const { service } = await serviceWith(async ({ end }) => {
    await end();
    writeFileSync(path.join(mkdtempSync(path.join(tmpdir(), 'left-behind-')), 'file'), '');
  });
  await assert.rejects(traces.stopsWithoutTrace(service), /left-behind-/);
});
