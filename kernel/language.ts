/** The language worker's program: TypeScript's language service over the notebook's cells, started at the first completion. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { present } from './core/assert.ts';
import { FUNCTIONS } from './functions/registry.ts';
import { createLanguageService } from './session/language/service.ts';
import type { ExportedName } from './session/language/typescript-host.ts';
import { serveLanguage } from './session/language-protocol.ts';
import { COMPLETION_KEYWORDS } from './sql/keywords.ts';

/** The package's root: the bundle lies in dist/, this source in kernel/. */
const root = new URL('../', import.meta.url);

serveLanguage(
  present(parentPort, 'the port of a worker'),
  createLanguageService({
    cwd: process.cwd(),
    publicModule: fileURLToPath(new URL('dist/types/kernel/index.d.ts', root)),
    globalsType: 'Globals',
    typesFolder: fileURLToPath(typesFolder()),
    globals,
    sql: {
      keywords: COMPLETION_KEYWORDS,
      // Operators are in the registry too.
      functions: FUNCTIONS.filter(({ name }) => /^\w+$/.test(name))
        .map(({ name, usage, summary, examples }) => ({ name, usage, summary, examples }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    },
  }),
);

/** In a clone the declarations lie in our own node_modules, in an installed package beside us. */
function typesFolder(): URL {
  const own = new URL('node_modules/@types/', root);
  return existsSync(own) ? own : new URL('../@types/', root);
}

function globals(exported: readonly ExportedName[]): string {
  return `import * as millrace from './index.ts';
import type { Display } from './session/display-api.ts';
import type { CommChannel } from './session/contract.ts';
declare global {
  /** The session: reads data, runs SQL, starts streams. */
  const spark: millrace.SparkSession;
  /** Runs SQL: \`sql("SELECT 1")\`. */
  const sql: millrace.SparkSession['sql'];
  /** Shows a value; \`display(x, { displayId })\` gives a handle with \`update\`. */
  const display: Display;
  /** Removes the cell's outputs; with \`wait\`, when the next one comes. */
  const clearOutput: (options?: { readonly wait?: boolean }) => void;
  /** Asks for a line of text. */
  const input: (prompt?: string, options?: { readonly password?: boolean }) => Promise<string>;
  /** Asks for a line of text, as \`input\`. */
  const prompt: typeof input;
  /** What is the notebook's own: outputs, input, comms. */
  const jupyter: {
    readonly display: Display;
    readonly clearOutput: typeof clearOutput;
    readonly input: typeof input;
    readonly comms: {
      registerTarget(
        target: string,
        onOpen: (comm: CommChannel, data: unknown, buffers: readonly Uint8Array[]) => void,
      ): void;
      unregisterTarget(target: string): void;
    };
  };
${exported.map(declarationOf).join('\n')}
}`;
}

/** The value under its own documentation, and the type, so that annotations in cells mean what they say. */
function declarationOf({ name, isValue, typeParameterCount, documentation }: ExportedName): string {
  const parameters = Array.from({ length: typeParameterCount ?? 0 }, (_, index) => `T${index}`);
  const declared = parameters.length === 0 ? '' : `<${parameters.map((parameter) => `${parameter} = any`).join(', ')}>`;
  const given = parameters.length === 0 ? '' : `<${parameters.join(', ')}>`;
  const value = isValue ? `${documentation}\n  const ${name}: typeof millrace.${name};` : '';
  return typeParameterCount === undefined ? value : `${value}\n  type ${name}${declared} = millrace.${name}${given};`;
}
