/** The examples of the README run. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createFolder } from '../pipelines/support.ts';
import { needsBuild, ROOT, skipWithout } from '../support/requirements.ts';

describe('the README', { skip: skipWithout(needsBuild), timeout: 60_000 }, () => {
  const text = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const folder = createFolder({ 'example.ts': exampleOf('ts'), 'visits.sql': exampleOf('sql') });
  cpSync(join(ROOT, 'notebooks', 'data'), folder.file('data'), { recursive: true });
  after(() => folder.remove());

  function exampleOf(language: string): string {
    const found = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(text)?.[1];
    assert.ok(found !== undefined, `the README has an example in ${language}`);
    return found;
  }

  it('has a program that counts', async () => {
    const ran = await folder.run(['run', 'example.ts']);
    assert.deepEqual([ran.code, ran.stderr], [0, '']);
    assert.match(ran.stdout, /\|\/ +\|\d+ *\|\n/);
  });

  it('has an SQL pipeline, run as its first line says', async () => {
    const [, args = ''] = /^-- visits\.sql: node dist\/millrace\.js (.*)$/m.exec(exampleOf('sql')) ?? [];
    const ran = await folder.run(args.split(' '));
    assert.deepEqual([ran.code, ran.stderr], [0, '']);
    assert.match(ran.stdout, /^\{"page":"\/","n":\d+\}\n/);
  });

  it('links to files that are there', () => {
    for (const [, target = ''] of text.matchAll(/\]\(([^)#:]+)\)/g))
      assert.ok(readFileSync(join(ROOT, target)).length > 0, target);
  });
});
