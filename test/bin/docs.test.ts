/** The pages of docs/ that are made from the code are as the code is now. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { functionsPage } from '../../kernel/bin/functions-page.ts';
import { FUNCTIONS } from '../../kernel/functions/registry.ts';
import { ROOT } from '../support/requirements.ts';

describe('docs/functions.md', () => {
  const stored = readFileSync(join(ROOT, 'docs', 'functions.md'), 'utf8');

  it('is what npm run docs writes', () => {
    assert.ok(stored === functionsPage(), 'docs/functions.md is out of date: run npm run docs');
  });

  it('has every function', () => {
    for (const { name } of FUNCTIONS) assert.ok(stored.includes(`### \`${name}\``), name);
  });
});
