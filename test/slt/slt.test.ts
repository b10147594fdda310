/** The files of cases are sound: what they say is run by `npm run compat` and its ratchet. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { normalised, type SltCase } from './case-file.ts';
import { readFiles } from './suite.ts';

const CASES_MIN = 800;
const ANSWER = /^(?:\[.*\]|error [\w.]+ \S{5})$/s;

const files = readFiles();
const cases = [...files.values()].flatMap((file) => file.cases);

describe('files of SQL cases', () => {
  it(`hold at least ${CASES_MIN} cases`, () => {
    assert.ok(cases.length >= CASES_MIN, `${cases.length} cases`);
  });

  it('name every case once', () => {
    assert.deepEqual(
      repeated(cases, (test) => test.id),
      [],
    );
  });

  it('ask nothing twice', () => {
    assert.deepEqual(repeated(cases, normalised), []);
  });

  it('show an answer to every case', () => {
    const without = cases.filter((test) => !ANSWER.test(test.expected[0] ?? ''));
    assert.deepEqual(
      without.map((test) => `${test.id} line ${test.line}`),
      [],
    );
  });

  it('were answered by the Spark that set-up installs', () => {
    const setup = readFileSync(new URL('../../kernel/bin/setup.mjs', import.meta.url), 'utf8');
    const pinned = /'pyspark==([\d.]+)'/.exec(setup)?.[1] ?? assert.fail('set-up pins no pyspark');
    const others = [...files].filter(
      ([, file]) => !new RegExp(`^Spark ${pinned}, Java \\d+$`).test(file.answeredBy ?? ''),
    );
    assert.deepEqual(
      others.map(([name, file]) => `${name}: ${file.answeredBy}`),
      [],
    );
  });

  it('say which feature each case is of', () => {
    const without = cases.filter((test) => test.feature === '');
    assert.deepEqual(
      without.map((test) => test.id),
      [],
    );
  });
});

describe('tables.sql', () => {
  it('is what make_tables.py makes of its seed', () => {
    const script = fileURLToPath(new URL('make_tables.py', import.meta.url));
    const made = spawnSync('python3', [script, '--print'], { encoding: 'utf8' });
    assert.equal(made.stderr, '');
    assert.equal(made.stdout, readFileSync(new URL('tables.sql', import.meta.url), 'utf8'));
  });

  it('has other rows for another seed', () => {
    const script = fileURLToPath(new URL('make_tables.py', import.meta.url));
    const made = spawnSync('python3', [script, '--print', '--seed', '7'], { encoding: 'utf8' });
    assert.match(made.stdout, /AS facts\(/);
    assert.notEqual(made.stdout, readFileSync(new URL('tables.sql', import.meta.url), 'utf8'));
  });
});

function repeated(all: readonly SltCase[], key: (test: SltCase) => string): readonly string[] {
  const places = new Map<string, string[]>();
  for (const test of all) places.set(key(test), [...(places.get(key(test)) ?? []), place(test)]);
  return [...places].filter(([, found]) => found.length > 1).map(([name, found]) => `${name}: ${found.join(', ')}`);
}

function place(test: SltCase): string {
  return `${test.id.split('/')[0] ?? ''}.slt:${test.line}`;
}
