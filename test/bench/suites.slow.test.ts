/** Sections of the benchmarks run whole at their small size: every peer is measured or named, and all find the same. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { kafkaMissing } from '../services/kafka.ts';
import { needsBuild, needsPython, ROOT, skipWithout } from '../support/requirements.ts';
import type { Results } from './results.ts';

const run = promisify(execFile);
const MAIN = join(ROOT, 'test', 'bench', 'main.ts');

const SECTIONS = [
  { only: 'kernel/start', peers: ['ipykernel', 'Deno', 'tslab'] },
  { only: 'traffic/kafka-window', peers: ['Spark', 'Flink', 'Bytewax'] },
  { only: 'latency/event-to-count', peers: ['Spark', 'Flink', 'Bytewax'] },
  { only: 'nexmark/streaming', peers: ['Spark'] },
] as const;

describe('npm run bench', { skip: skipWithout(needsPython, needsBuild) }, async () => {
  const noKafka = await kafkaMissing();
  for (const { only, peers } of SECTIONS) {
    it(
      `${only}, small`,
      { skip: only.startsWith('nexmark') || only.startsWith('kernel') ? false : noKafka },
      async () => {
        const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
        const file = join(folder, 'results.json');
        const args = ['--import', 'tsx', MAIN, '--only', only, '--size', 'small', '--rounds', '1', '--json', file];
        try {
          await run(process.execPath, args, { cwd: ROOT, maxBuffer: 1 << 26 });
          const results = JSON.parse(readFileSync(file, 'utf8')) as Results;
          const [section] = Object.values(results.suites).flatMap((sections) => Object.values(sections));
          assert.ok(section !== undefined && section.comparisons.length > 0);
          for (const { name, failure } of section.comparisons) assert.equal(failure, undefined, name);
          const first = section.comparisons[0]?.measures[0];
          assert.ok(first?.ours.spread !== undefined, 'ours is measured');
          const seen = [
            ...first.peers.filter(({ spread }) => spread !== undefined).map(({ engine }) => engine),
            ...section.missing.map(({ name }) => name),
          ];
          assert.deepEqual(seen.toSorted(), peers.toSorted(), 'every peer is measured, or named as missing');
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      },
    );
  }
});
