/** JSON lines parsed where they lie in the file's bytes, line ends and all. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { field, Types } from '../../kernel/arrow/types.ts';
import { textFormat } from '../../kernel/connectors/formats/text.ts';
import { Exprs, type Expr } from '../../kernel/expr/expr.ts';
import { createExecutor } from '../../kernel/physical/executor.ts';
import { createGroupTable } from '../../kernel/physical/group-table/group-table.ts';
import { prepare } from '../../kernel/physical/planner.ts';
import { readsTextAsJson } from '../../kernel/physical/text-as-json.ts';
import type { Executor } from '../../kernel/physical/ports.ts';
import { createEngineMemory, instantiate } from '../../kernel/workers/instance.ts';
import { compiledKernels } from '../support/engine.ts';
import { alias, asAsync, call, column, lit, OPTIONS, resultRows, schemaOfColumns, source } from './support.ts';

const value = column('value', Types.string);
const parsedType = Types.struct([field('a', Types.int), field('_corrupt_record', Types.string)]);
const fromJson = (text: Expr): Expr => ({
  kind: 'function',
  name: 'from_json',
  args: [text, Exprs.literal(null, parsedType)],
  type: parsedType,
  nullable: true,
});
const project = (...columns: readonly Expr[]) => columns.map((expression, i) => alias(expression, `c${i}`));

let executor: Executor;
const folder = mkdtempSync(join(tmpdir(), 'millrace-lines-'));
const file = join(folder, 'lines.txt');
const TEXT = '{"a":1}\r\n\n{"a":2}\n{"a":"x"}\nbroken\n  \n{"a":3} rest\n\r\n{"b":"é"}\n{"a":4}';

before(async () => {
  writeFileSync(file, TEXT);
  const memory = createEngineMemory({ maximumBytes: 256 * 1024 ** 2 });
  const instance = instantiate(await compiledKernels(), memory);
  const readers = new Map([['text', textFormat.createReader(instance.kernels)]]);
  executor = createExecutor({ instance, createGroupTable, readers, pool: undefined });
});
after(() => rmSync(folder, { recursive: true }));

async function rowsOf(...columns: readonly Expr[]): Promise<readonly object[]> {
  const plan = { kind: 'project' as const, expressions: project(...columns), child: source([value]) };
  const tasks = textFormat.tasks(file, Buffer.byteLength(TEXT), {}, schemaOfColumns([value]));
  const leases = asAsync(tasks.map((task) => ({ task, release: () => undefined })));
  const result = await executor.run(prepare(plan, OPTIONS), new Map([[0, leases]]), new Map(), OPTIONS);
  try {
    return resultRows(result);
  } finally {
    result.release();
  }
}

test('line ends change nothing of what is parsed', async () => {
  const alone = await rowsOf(fromJson(value));
  // Where something else looks at the text, lines are cut before.
  const beside = await rowsOf(fromJson(value), value);
  assert.equal(alone.length, TEXT.split('\n').length);
  assert.deepEqual(
    alone,
    beside.map((row) => ({ c0: (row as { c0: unknown }).c0 })),
  );
});

test('lines come without their ends where something looks at them', async () => {
  assert.deepEqual(
    (await rowsOf(value)).map((row) => (row as { c0: string }).c0),
    TEXT.split('\n').map((line) => line.replace(/\r$/, '')),
  );
});

test('which stages read text by from_json alone', () => {
  const stage = (...columns: readonly Expr[]): boolean =>
    readsTextAsJson({
      source: { kind: 'scan', schema: schemaOfColumns([value]), output: [value] },
      operators: [
        {
          kind: 'project',
          columns: columns.map((expression, i) => ({ expression, column: column(`c${i}`, Types.string) })),
          output: [],
        },
      ],
      sink: { kind: 'collect' },
    });
  assert.equal(stage(fromJson(value)), true);
  assert.equal(stage(lit(1)), true);
  assert.equal(stage(value), false);
  assert.equal(stage(fromJson(value), value), false);
  assert.equal(stage(fromJson(call('trim', value))), false);
  assert.equal(stage(fromJson(value), call('length', value)), false);
});
