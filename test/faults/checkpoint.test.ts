/** The damages do what their names say, and an error's text is held against the files. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { damage, digestsOf, filesOf, names, namesAny } from './courses/checkpoint.ts';
import type { CheckpointDamage, Damage, FileKind } from './fault.ts';

const root = fs.mkdtempSync(path.join(tmpdir(), 'millrace-damage-'));
const FILES: Readonly<Record<string, string>> = {
  metadata: '{}',
  'millrace.lock': 'x',
  'offsets/9': 'nine',
  'offsets/.9.crc': 'crc9',
  'offsets/10': 'ten',
  'offsets/.10.crc': 'crc10',
  'commits/9': 'c',
  'state/0/9.delta': 'd',
  'state/0/10.snapshot': 's',
  'state/program': 'p',
  'sources/0/9.compact': 'f',
};
after(() => fs.rmSync(root, { recursive: true }));
beforeEach(() => {
  fs.rmSync(root, { recursive: true });
  for (const [file, text] of Object.entries(FILES)) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
  }
});

const read = (file: string): string => fs.readFileSync(path.join(root, file), 'utf8');

function damaged(how: Damage, file: FileKind, age = 0): readonly string[] {
  const killedAt = { point: 'sink-done', occurrence: 1 } as const;
  const fault: CheckpointDamage = { kind: 'checkpoint', damage: how, file, age, place: 0.5, killedAt };
  return damage(root, fault);
}

test('files are found by kind, the newest last', () => {
  assert.deepEqual(filesOf(root, 'offsets'), ['offsets/9', 'offsets/10']);
  assert.deepEqual(filesOf(root, 'checksum'), ['offsets/.9.crc', 'offsets/.10.crc']);
  assert.deepEqual(filesOf(root, 'state'), ['state/0/9.delta', 'state/0/10.snapshot']);
  assert.deepEqual(filesOf(root, 'source'), ['sources/0/9.compact']);
  assert.equal(filesOf(root).includes('millrace.lock'), false);
});

test('a file is cut, changed by one bit, or removed', () => {
  assert.deepEqual(damaged('truncate', 'offsets', 1), ['offsets/9']);
  assert.equal(read('offsets/9'), 'ni');
  assert.deepEqual(damaged('flip', 'offsets'), ['offsets/10']);
  assert.equal(read('offsets/10'), 'tUn'.replace('U', String.fromCharCode('e'.charCodeAt(0) ^ 16)));
  assert.deepEqual(damaged('remove', 'metadata'), ['metadata']);
  assert.equal(digestsOf(root)['metadata'], undefined);
});

test('a file is copied to the next number, or changes places, with its checksum', () => {
  assert.deepEqual(damaged('duplicate', 'offsets'), ['offsets/11', 'offsets/10']);
  assert.deepEqual([read('offsets/11'), read('offsets/.11.crc')], ['ten', 'crc10']);
  fs.rmSync(path.join(root, 'offsets/11'));
  assert.deepEqual(damaged('swap', 'offsets'), ['offsets/10', 'offsets/9']);
  assert.deepEqual([read('offsets/9'), read('offsets/.9.crc'), read('offsets/10')], ['ten', 'crc10', 'nine']);
});

test('nothing is done where there is no such file', () => {
  fs.rmSync(path.join(root, 'sources'), { recursive: true });
  const before = digestsOf(root);
  assert.deepEqual(damaged('flip', 'source'), []);
  assert.deepEqual(digestsOf(root), before);
});

test('an error names a file, the file of a checksum, or the other log', () => {
  assert.ok(names('the file /a/state/0/9.delta is damaged', ['state/0/9.delta']));
  assert.ok(names('the file /a/sources/0/9 is damaged', ['sources/0/.9.crc']));
  assert.ok(names('commits/9: offsets/9 is missing', ['offsets/10']));
  assert.ok(names('metadata is damaged', ['metadata']));
  assert.equal(names('the file /a/state/0/8.delta is damaged', ['state/0/9.delta']), false);
  assert.equal(names('the checkpoint is damaged', ['metadata']), false);
  assert.equal(names('it has no state of ours', ['state/program']), false);
  assert.ok(namesAny('state/0/9.delta is another version'));
  assert.equal(namesAny('something is wrong with the checkpoint'), false);
});
