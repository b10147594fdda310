/** What the tests of faults share. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, type Fault } from './fault.ts';
import { nameOf, type Program } from './program.ts';
import { Stage } from './stage.ts';
import { runOnce, type Outcome } from './torture.ts';
import type { Delivered } from './verdict.ts';

export interface TestStage {
  readonly stage: Stage;
  readonly close: () => Promise<void>;
}

export function testStage({ boundMs = 60_000 }: { readonly boundMs?: number } = {}): TestStage {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-faults-'));
  const stage = new Stage({ folder, seed: 1, boundMs });
  return {
    stage,
    async close() {
      await stage.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @throws where anything was lost, doubled or wrong, or the program failed or hung */
export async function survives(stage: Stage, program: Program, fault: Fault): Promise<Outcome> {
  const outcome = await runOnce(stage, program, fault);
  const { lost, doubled, wrong, problem, error } = outcome;
  const told = { lost, doubled, wrong, problem, error };
  assert.deepEqual(
    told,
    { lost: 0, doubled: 0, wrong: 0, problem: undefined, error: undefined },
    `${nameOf(program)} ${describe(fault)}`,
  );
  return outcome;
}

export function batchesIn(rows: readonly Delivered[]): number {
  return new Set(rows.map(({ batch }) => batch)).size;
}
