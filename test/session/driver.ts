/** Runs cells given on the command line in a folder, prints their results as JSON. Bundled by modules.test.ts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterpreter } from '../../kernel/session/interpreter.ts';
import { plainText } from './support.ts';
import type { CellOutput } from '../../kernel/session/contract.ts';

const [folder = '', cells = '[]'] = process.argv.slice(2);
const output: CellOutput = {
  cellId: 'driver',
  stream: () => undefined,
  display: () => undefined,
  error: () => undefined,
  clear: () => undefined,
  input: () => Promise.resolve(''),
};
const interpreter = createInterpreter({
  globals: {},
  modules: { millrace: { answer: 42 } },
  sqlRunner: () => undefined,
  cwd: folder,
  interrupt: { flag: new Int32Array(new SharedArrayBuffer(8)) },
  moduleHooksUrl: new URL('./module-hooks.mjs', import.meta.url).href,
  internalRoots: [],
  onShutdown: () => Promise.resolve(),
});
const results: string[] = [];
let executionCount = 0;
for (const { code, files = {} } of JSON.parse(cells) as { code: string; files?: Record<string, string> }[]) {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  const outcome = await interpreter.execute(
    {
      code,
      silent: false,
      storeHistory: true,
      allowStdin: false,
      executionCount: ++executionCount,
      userExpressions: {},
    },
    output,
  );
  if (outcome.status === 'error') results.push(`${outcome.error.ename}: ${outcome.error.evalue}`);
  else results.push(outcome.status === 'ok' ? plainText(outcome) : outcome.status);
}
await interpreter.shutdown();
process.stdout.write(JSON.stringify(results));
