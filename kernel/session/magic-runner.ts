/** Runs a cell with its magics: line magics first, in their order, then the cell's code or its cell magic. */
import { MillraceError } from '../core/errors.ts';
import { systemClock } from '../core/clock.ts';
import type { CellValue } from './cell-runner.ts';
import type { MimeBundle } from './contract.ts';
import { magicsMarkdown, magicsText, parseMagics, type MagicCall, type MagicName } from './magics.ts';
import type { NotebookScope } from './scope.ts';
import { parseSqlCell } from './sql-cell.ts';

export type SqlRunner = (text: string, parameters: Readonly<Record<string, unknown>>) => unknown;

export interface MagicPorts {
  readonly evaluate: (code: string, how?: { readonly label?: string }) => Promise<CellValue>;
  readonly sql: SqlRunner;
  readonly scope: NotebookScope;
  readonly show: (bundle: MimeBundle) => void;
  readonly print: (text: string) => void;
  readonly page: (bundle: MimeBundle) => void;
  readonly render: (value: unknown) => MimeBundle | Promise<MimeBundle>;
  /** The statement that an error's position counts in. */
  readonly noteStatement: (error: object, text: string) => void;
  /** Runs the action as part of the cell, so that what it starts is attributed to it. */
  readonly runAs: <T>(action: () => T) => T;
}

const NOTHING: CellValue = { value: undefined, hasValue: false };

/** The cell's value. @throws UNKNOWN_MAGIC, MAGIC_USAGE, and what the code throws */
export async function runMagics(code: string, ports: MagicPorts): Promise<CellValue> {
  const { lineMagics, cellMagic, code: rest } = parseMagics(code);
  let value = NOTHING;
  for (const call of lineMagics) value = await HANDLERS[call.name](call, ports);
  if (cellMagic !== undefined) return HANDLERS[cellMagic.name](cellMagic, ports);
  return lineMagics.length > 0 && rest.trim() === '' ? value : ports.evaluate(rest);
}

type Handler = (call: MagicCall, ports: MagicPorts) => CellValue | Promise<CellValue>;

const HANDLERS: Readonly<Record<MagicName, Handler>> = {
  '%%sql': runSqlCell,
  '%%html': showText('text/html'),
  '%%markdown': showText('text/markdown'),
  '%%latex': showText('text/latex'),
  '%%time': (call, ports) => timed(call.code, ports),
  '%time': (call, ports) => {
    needsExpression(call);
    return timed(call.code, ports);
  },
  '%page': showInPager,
  // The expression in the magic's line or below it.
  '%%page': (call, ports) => {
    const code = call.rest === '' ? call.code : call.rest;
    return showInPager({ ...call, code, rest: code.trim() }, ports);
  },
  '%env': runEnv,
  '%who': (_call, { scope, print }) => {
    const own = scope.userNames();
    print(own.length === 0 ? 'No cell has defined a name yet.\n' : `${own.join('  ')}\n`);
    return NOTHING;
  },
  '%help': (_call, { page }) => {
    page({ 'text/plain': HELP + magicsText(), 'text/markdown': HELP_MARKDOWN + magicsMarkdown() });
    return NOTHING;
  },
  '%magics': (_call, { show }) => {
    show({ 'text/plain': magicsText(), 'text/markdown': magicsMarkdown() });
    return NOTHING;
  },
};

const HELP = `Cells are TypeScript with top-level await; the last expression is the result, a trailing ; hides it.
spark, sql and the functions (col, window, from_json, …) are there without imports.
display(value), display.html/markdown/svg/image/json/vega/latex/raw show more; clearOutput() clears; await input('…') asks.
Streams: df.writeStream.start() shows a live view; spark.streams.active lists the queries; query.stop() ends one.

`;
const HELP_MARKDOWN = `**Cells** are TypeScript with top-level \`await\`; the last expression is the result, a trailing \`;\` hides it.
\`spark\`, \`sql\` and the functions (\`col\`, \`window\`, \`from_json\`, …) are there without imports.

\`display(value)\`, \`display.html/markdown/svg/image/json/vega/latex/raw\` show more; \`clearOutput()\` clears; \`await input('…')\` asks.

**Streams:** \`df.writeStream.start()\` shows a live view; \`spark.streams.active\` lists the queries; \`query.stop()\` ends one.

`;

async function runSqlCell(
  call: MagicCall,
  { evaluate, sql, scope, runAs, noteStatement }: MagicPorts,
): Promise<CellValue> {
  const [, output] = /^(?:--output|-o)\s+([A-Za-z_$][\w$]*)$/.exec(call.rest) ?? [];
  if (call.rest !== '' && output === undefined) throw usageError(call, `"${call.rest}" is not understood`);
  const { text, parameters, expressions } = parseSqlCell(call.code);
  if (text === '') throw usageError(call, 'there is no statement after the first line');
  const bound: unknown = expressions === undefined ? [] : (await evaluate(expressions)).value;
  const values = Array.isArray(bound) ? (bound as unknown[]) : [];
  const named = Object.fromEntries(parameters.map((name, index) => [name, values[index]]));
  const value = await runStatement(text, { sql: (statement) => runAs(() => sql(statement, named)), noteStatement });
  if (output === undefined) return { value, hasValue: true };
  scope.define(output, value);
  return NOTHING;
}

async function runStatement(
  text: string,
  {
    sql,
    noteStatement,
  }: { readonly sql: (text: string) => unknown; readonly noteStatement: MagicPorts['noteStatement'] },
): Promise<unknown> {
  try {
    return await sql(text);
  } catch (error) {
    if (error instanceof MillraceError) noteStatement(error, text);
    throw error;
  }
}

function showText(mime: string): Handler {
  return (call, { show }) => {
    const text = call.code.trim();
    show({ [mime]: text, 'text/plain': text });
    return NOTHING;
  };
}

async function showInPager(call: MagicCall, { evaluate, page, render }: MagicPorts): Promise<CellValue> {
  needsExpression(call);
  const { value } = await evaluate(call.code);
  page(await render(value));
  return NOTHING;
}

async function timed(code: string, { evaluate, print }: MagicPorts): Promise<CellValue> {
  const startMs = systemClock.monotonicMs();
  try {
    return await evaluate(code);
  } finally {
    print(`Wall time: ${formatMs(systemClock.monotonicMs() - startMs)}\n`);
  }
}

function formatMs(ms: number): string {
  if (ms < 1) return `${(ms * 1000).toFixed(0)} µs`;
  return ms < 1000 ? `${ms.toPrecision(3)} ms` : `${(ms / 1000).toPrecision(3)} s`;
}

function runEnv(call: MagicCall, { print }: MagicPorts): CellValue {
  const [, name = '', assigned] = /^([A-Za-z_]\w*)(?:\s*=\s*(.*))?$/.exec(call.rest) ?? [];
  if (call.rest !== '' && name === '') throw usageError(call, `"${call.rest}" is no variable`);
  if (name === '') print(`${Object.keys(process.env).sort().join('\n')}\n`);
  else if (assigned === undefined) return { value: process.env[name], hasValue: true };
  else process.env[name] = assigned;
  return NOTHING;
}

function needsExpression(call: MagicCall): void {
  if (call.rest === '') throw usageError(call, 'the expression is missing');
}

function usageError({ name, usage }: MagicCall, problem: string): MillraceError {
  return new MillraceError('MAGIC_USAGE', { magic: name, problem, usage });
}
