import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLanguageService } from '../../kernel/session/language/service.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-language-'));
after(() => rmSync(folder, { recursive: true }));
const publicModule = join(folder, 'index.ts');
writeFileSync(
  publicModule,
  `export class Frame<Names extends string> {
   /** Keeps some columns. */ select(name: Names): void {} orderBy(name: Names): void {} }
   export interface Session { /** Reads files. */ read(path: string): Frame<'url' | 'user'>; }
   /** A column by name. @example col('a') */
   export function col(name: string): { as(name: string): void } { return { as() {} }; }
   export function notGlobal(): void {}
   export interface Globals { col: typeof col }`,
);

function service() {
  return createLanguageService({
    cwd: folder,
    publicModule,
    globalsType: 'Globals',
    typesFolder: fileURLToPath(new URL('../../node_modules/@types', import.meta.url)),
    globals: (exported) =>
      `import * as m from './index.ts'; declare global { const spark: m.Session; ${exported
        .filter(({ isValue }) => isValue)
        .map(({ name, documentation }) => `${documentation} const ${name}: typeof m.${name};`)
        .join(' ')} }`,
    sql: {
      keywords: ['SELECT', 'FROM', 'WHERE'],
      functions: [
        {
          name: 'upper',
          usage: 'upper(str)',
          summary: 'In upper case.',
          examples: [{ sql: "upper('a')", result: 'A' }],
        },
      ],
    },
  });
}

/** `|` marks the cursor. */
async function complete(language: ReturnType<typeof service>, marked: string) {
  const cursor = marked.indexOf('|');
  const code = marked.replace('|', '');
  const answer = await language.complete(code, cursor);
  return { ...answer, replaced: code.slice(answer.cursorStart, answer.cursorEnd) };
}

describe('TypeScript cells', () => {
  it('completes members, by prefix', async () => {
    const answer = await complete(service(), 'Math.ab|');
    assert.deepEqual(answer.matches, ['abs']);
    assert.equal(answer.replaced, 'ab');
    assert.deepEqual(
      answer.types.map(({ type }) => type),
      ['function'],
    );
  });

  it('sees what earlier cells declared, a redeclaration shadowing the first', async () => {
    const language = service();
    language.noteCell('const xs = 1;');
    language.noteCell(
      "import { readFileSync } from 'node:fs';\nexport const xs: number[] = [1];\nfunction twice(n: number) { return 2 * n; }",
    );
    language.noteCell('%%sql\nSELECT 1 AS not_typescript');
    assert.deepEqual((await complete(language, 'xs.redu|')).matches, ['reduce', 'reduceRight']);
    assert.deepEqual((await complete(language, 'twi|')).matches, ['twice']);
    assert.deepEqual((await complete(language, 'readFileS|')).matches, ['readFileSync']);
    assert.deepEqual((await complete(language, 'not_type|')).matches, []);
  });

  it('knows the globals and completes column names from the schema', async () => {
    const language = service();
    language.noteCell("const df = spark.read('x');");
    const answer = await complete(language, "df.select('u|')");
    assert.deepEqual([...answer.matches].sort(), ['url', 'user']);
    assert.equal(answer.replaced, 'u');
  });

  it('completes in the specifier of an import', async () => {
    const answer = await complete(service(), "import { readFileSy| } from 'node:fs';");
    assert.deepEqual(answer.matches, ['readFileSync']);
  });

  it('inspects a name with its documentation, and the function being called', async () => {
    const language = service();
    const named = await language.inspect('col', 2, 0);
    assert.match(String(named.data['text/plain']), /const col|function col[\s\S]*A column by name\.[\s\S]*@example/);
    const called = await language.inspect("spark.read('x').select(", 23, 0);
    assert.match(String(called.data['text/plain']), /select\(name: "url" \| "user"\): void[\s\S]*Keeps some columns/);
    assert.deepEqual(await language.inspect('   ', 1, 0), { found: false, data: {} });
  });

  it('survives hundreds of cells', async () => {
    const language = service();
    for (let i = 0; i < 400; i++) language.noteCell(`const value${i} = { field${i}: ${i} };`);
    assert.deepEqual((await complete(language, 'value399.fie|')).matches, ['field399']);
  });
});

describe('SQL cells', () => {
  const language = service();
  language.noteCatalog({
    tables: [
      {
        name: 'clicks',
        columns: [
          { name: 'url', type: 'string' },
          { name: 'user', type: 'string' },
        ],
      },
      { name: 'other', columns: [{ name: 'unseen', type: 'int' }] },
    ],
  });

  it('completes tables after FROM', async () => {
    assert.deepEqual((await complete(language, '%%sql\nSELECT * FROM |')).matches, ['clicks', 'other']);
  });

  it('completes columns of the tables named, functions and keywords', async () => {
    assert.deepEqual((await complete(language, '%%sql\nSELECT u| FROM clicks')).matches, ['url', 'user', 'upper']);
    assert.deepEqual((await complete(language, '%%sql\nSELECT url fr|')).matches, ['FROM']);
  });

  it('completes behind a qualifier, through an alias', async () => {
    assert.deepEqual((await complete(language, '%%sql\nSELECT c.us| FROM clicks AS c')).matches, ['user']);
  });

  it('inspects functions and tables', async () => {
    assert.match(
      String((await language.inspect('%%sql\nSELECT upper(url)', 15, 0)).data['text/plain']),
      /^upper\(str\)[\s\S]*In upper case\.[\s\S]*A$/,
    );
    assert.match(
      String((await language.inspect('%%sql\nTABLE clicks', 14, 0)).data['text/plain']),
      /url string\nuser string/,
    );
  });
});
