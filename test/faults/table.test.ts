import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from './fault.ts';
import { markdownTable, saidIn, textTable, type Finished } from './table.ts';
import type { Outcome } from './torture.ts';

const fine: Outcome = { lost: 0, doubled: 0, wrong: 0, kills: 1, good: true, ms: 1 };
const kill: Fault = { kind: 'kill', points: [{ point: 'sink-done', occurrence: 3 }] };

function finished(outcome: Partial<Outcome>, fault: Fault = kill): Finished {
  const program = { source: 'files', query: 'append', sink: 'postgres', batches: 14 } as const;
  return { draw: { program, fault }, outcome: { ...fine, ...outcome } };
}

test('runs of one source, sink and fault are one line, which adds them up', () => {
  const table = textTable([
    finished({ lost: 2, error: '[A] batch is 4' }),
    finished({ lost: 1, doubled: 5, error: '[A] batch is 9' }),
    finished({ skipped: 'no disk' }, { kind: 'disk full', batch: 1, freeBytes: 0 }),
  ]);
  assert.deepEqual(
    table.split('\n').map((line) => line.split(/ {2,}/)),
    [
      ['source', 'sink', 'fault', 'runs', 'lost', 'doubled', 'wrong', 'what was said'],
      ['files', 'postgres', 'disk full', '0', '0', '0', '0', 'not run: no disk'],
      ['files', 'postgres', 'kill@sink-done', '2', '3', '5', '0', '[A] batch is N'],
    ],
  );
});

test('in Markdown a bar in a text does not end the cell', () => {
  const [, , line] = markdownTable([finished({ error: 'Error: a | b' })]).split('\n');
  assert.equal(line, '| files | postgres | kill@sink-done | 1 | 0 | 0 | 0 | Error: a \\| b |');
});

test('what is said is the cause, and a problem stands out', () => {
  const error =
    '[STREAM_FAILED] Query (unnamed) [id = 1, runId = 2] terminated with exception: [X] The file offsets/12 is damaged. Nothing was overwritten. Restore it.';
  assert.equal(saidIn({ error }), '[X] The file offsets/N is damaged.');
  assert.equal(saidIn({ error: 'it did not end by itself', problem: 'hangs' }), 'HANGS: it did not end by itself');
  assert.equal(saidIn({}), '');
});
