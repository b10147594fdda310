/** A seed tells the runs, their programs, faults and places. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawRun, fullNameOf, isWanted } from './draw.ts';
import { describe, FAULT_POINTS, rowOf } from './fault.ts';
import { isSound } from './program.ts';

const drawn = (seed: number, runs: number) => Array.from({ length: runs }, (_, index) => drawRun(seed, index + 1));

test('the same seed gives the same programs, faults and places; another seed gives others', () => {
  assert.deepEqual(drawn(7, 200), drawn(7, 200));
  assert.notDeepEqual(
    drawn(7, 20).map(({ fault }) => describe(fault)),
    drawn(8, 20).map(({ fault }) => describe(fault)),
  );
});

test('a run is told by its number alone, whatever was drawn before', () => {
  const all = drawn(3, 150);
  for (const number of [1, 77, 150]) assert.deepEqual(drawRun(3, number), all[number - 1]);
});

test('every kind of fault has its turn, with each source and sink', () => {
  const draws = drawn(1, 300);
  const rows = new Set(draws.map(({ fault }) => rowOf(fault)));
  for (const point of FAULT_POINTS) assert.ok(rows.has(`kill@${point}`), point);
  const others = [
    'kill random',
    'disk full',
    'read-only checkpoint',
    'read-only input',
    'broker killed',
    'database killed',
  ];
  const files = ['truncate metadata', 'flip checksum', 'remove state', 'duplicate source', 'swap offsets'];
  for (const row of [...others, ...files.map((file) => `checkpoint ${file}`)]) assert.ok(rows.has(row), row);
  assert.equal(new Set(draws.map(({ program }) => program.source)).size, 3);
  assert.equal(new Set(draws.map(({ program }) => program.sink)).size, 4);
});

test('programs that promise nothing, and faults that do not touch the program, are not drawn', () => {
  for (const { program, fault } of drawn(5, 500)) {
    assert.ok(isSound(program));
    if (fault.kind === 'outage') assert.ok(program.source === fault.server || program.sink === fault.server);
    if (fault.kind === 'read-only' && fault.folder === 'input') assert.equal(program.source, 'files');
  }
});

test('a filter names parts of a run in their order', () => {
  const draw = drawn(1, 300).find((each) => fullNameOf(each).startsWith('files/append/postgres/kill@'));
  assert.ok(draw !== undefined);
  for (const wanted of ['', 'files', 'files/kill', 'append/postgres', 'post', 'kill@'])
    assert.ok(isWanted(draw, wanted), wanted);
  for (const other of ['kafka', 'kill/files', 'files/checkpoint', 'ppend'])
    assert.equal(isWanted(draw, other), false, other);
});
