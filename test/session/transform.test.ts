import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { runInThisContext } from 'node:vm';
import fc from 'fast-check';
import { openSession } from './support.ts';

const session = openSession();
after(() => session.interpreter.shutdown());

/**
 * Random programs over four names, declared in all kinds of ways, used in closures, loops, classes and patterns. Each
 * declares its names first, so that every statement is valid, and ends in what all names are.
 */
const name = fc.constantFrom('aa', 'bb', 'cc', 'dd');
const literal = fc.oneof(
  fc.integer({ min: 0, max: 9 }).map(String),
  fc.constantFrom('"t"', '[1, 2, 3]', '{ x: 1, aa: 2 }', 'null'),
);
const expression: fc.Arbitrary<string> = fc.letrec<{ expr: string }>((tie) => ({
  expr: fc.oneof(
    { depthSize: 'small' },
    name,
    literal.map((text) => `(${text})`),
    fc.tuple(tie('expr'), tie('expr')).map(([a, b]) => `(${a} + ${b})`),
    fc.tuple(name, tie('expr')).map(([n, a]) => `((${n}) => String(${n}) + ${a})(${a})`),
    fc
      .tuple(name, tie('expr'))
      .map(([n, a]) => `(function ${n}(dd) { const cc = dd; return [typeof ${n}, String(cc)].length })(${a})`),
    fc.tuple(name, name).map(([a, b]) => `JSON.stringify({ ${a}, [${b}]: ${b}, ${b}: typeof ${a} })`),
    name.map((n) => `typeof ${n}`),
    fc.tuple(name, tie('expr')).map(([n, a]) => `(${n} === 1 ? ${a} : \`\${${n}}-\${${a}}\`)`),
  ),
})).expr;
const statement = fc.oneof(
  fc.tuple(name, expression).map(([n, e]) => `${n} = ${e};`),
  fc.tuple(name, expression).map(([n, e]) => `{ const ${n} = 1; let local = ${n} + 1; local++; }\n${n} += ${e};`),
  fc.tuple(name, name).map(([a, b]) => `[${a}, ${b}] = [${b}, ${a}];`),
  fc.tuple(name, name, expression).map(([a, b, e]) => `({ ${a}, x: ${b} = ${e} } = { ${a}: ${b} });`),
  fc.tuple(name, name).map(([a, b]) => `for (let ${a} of [1, 2]) ${b} = String(${a}) + typeof ${b};`),
  fc.tuple(name, name).map(([a, b]) => `for (let ${a} = 0; ${a} < 3; ${a}++) { ${b} = ${a}; if (${a} === 1) break; }`),
  fc
    .tuple(name, name)
    .map(([a, b]) => `try { throw ${a}; } catch (${a}) { ${a} = 1; } finally { ${b} = typeof ${a}; }`),
  fc.tuple(name, name, expression).map(([a, b, e]) => `(() => { ${a} = ${e}; var ${b} = 1; return ${b}; })();`),
  fc.tuple(name, name).map(([a, b]) => `${a} = class { static ${b} = 1; ${a} = typeof ${b}; }.name;`),
  fc
    .tuple(name, expression)
    .map(([n, e]) => `switch (typeof ${n}) { case 'number': ${n}++; break; default: ${n} = ${e}; }`),
  fc.tuple(name, name).map(([a, b]) => `for (${a} in { p: 1, q: 2 }) ${b} = ${a};`),
);
const FIRST = 'let aa = 1; let bb = "b", cc = [3]; var dd = { x: 4 };';
const LAST = 'JSON.stringify([aa, bb, cc, dd], (_k, v) => (typeof v === "function" ? "fn" : v))';

/** What the language itself makes of it. */
function expected(statements: readonly string[]): string {
  return runInThisContext(`(() => { "use strict"; ${FIRST}\n${statements.join('\n')}\nreturn ${LAST}; })()`) as string;
}

test('a cell means what the program means, in one cell or in many', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(statement, { minLength: 1, maxLength: 6 }), async (statements) => {
      const wanted = expected(statements);
      const read = async (cells: readonly string[]): Promise<unknown> => {
        for (const cell of cells) await session.value(cell);
        const { text } = await session.run(LAST);
        return JSON.parse(String((0, eval)(text)));
      };
      assert.deepEqual(await read([[FIRST, ...statements].join('\n')]), JSON.parse(wanted));
      assert.deepEqual(await read([FIRST, ...statements]), JSON.parse(wanted));
      assert.deepEqual(await read([`${[FIRST, ...statements].join('\n')}\nawait null;`]), JSON.parse(wanted));
    }),
    { numRuns: 150 },
  );
});
