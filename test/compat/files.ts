/** Where suites and the record lie. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from '../support/requirements.ts';
import type { CompatSuite } from './contract.ts';
import type { CompatRecord } from './ratchet.ts';
import { withTable } from './table.ts';

export type SuiteName = CompatSuite['name'];

export const SUITES: readonly SuiteName[] = ['slt', 'stream', 'nexmark', 'tpch'];

export function moduleOf(suite: SuiteName): string {
  return new URL(`../${suite}/suite.ts`, import.meta.url).href;
}

const RECORD = join(ROOT, 'test', 'compat.json');
const README = join(ROOT, 'README.md');

export function readRecord(): CompatRecord {
  return existsSync(RECORD) ? (JSON.parse(readFileSync(RECORD, 'utf8')) as CompatRecord) : {};
}

/** Writes the record, and README.md's table by it. */
export async function writeRecord(record: CompatRecord): Promise<void> {
  const text = JSON.stringify(record);
  writeFileSync(RECORD, await format(text, { ...(await resolveConfig(RECORD)), filepath: RECORD }));
  writeFileSync(README, withTable(readReadme(), record));
}

export function readReadme(): string {
  return readFileSync(README, 'utf8');
}
