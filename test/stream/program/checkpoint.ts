/** What a checkpoint's logs say, and crashes made by hand: the newest entry of a log is taken away. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { LogsLine } from './log.ts';

function entries(folder: string): readonly number[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^\d+$/.test(name));
  return names.map(Number).sort((a, b) => a - b);
}

/** The batch after the last committed one. */
export function nextBatch(checkpoint: string): number {
  return (entries(path.join(checkpoint, 'commits')).at(-1) ?? -1) + 1;
}

/** As a crash before that log's newest entry was written. */
export function forget(checkpoint: string, log: string): void {
  const folder = path.join(checkpoint, log);
  const newest = String(entries(folder).at(-1));
  for (const name of readdirSync(folder)) {
    if (name.replace(/^\./, '').split('.')[0] === newest) rmSync(path.join(folder, name));
  }
}

export function checkpointFiles(checkpoint: string): LogsLine {
  const log = (name: string, read: (lines: readonly string[]) => readonly unknown[]): LogsLine['offsets'] => {
    const folder = path.join(checkpoint, name);
    const lines = (batch: number): readonly string[] =>
      readFileSync(path.join(folder, String(batch)), 'utf8')
        .trimEnd()
        .split('\n');
    return Object.fromEntries(entries(folder).map((batch) => [batch, read(lines(batch))]));
  };
  return {
    offsets: log('offsets', ([version, metadata = '{}', ...sources]) => [
      version,
      millisIn(metadata, 'batchWatermarkMs'),
      ...sources,
    ]),
    commits: log('commits', ([version, commit = '{}']) => [version, millisIn(commit, 'nextBatchWatermarkMs')]),
  };
}

function millisIn(json: string, key: string): unknown {
  return (JSON.parse(json) as Record<string, unknown>)[key];
}
