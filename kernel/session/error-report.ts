/** What user code threw → the lines that a front end prints: message, places in cells, an excerpt with a caret, causes. */
import { MillraceError } from '../core/errors.ts';
import { redactSource } from '../output/redact.ts';
import type { CellSources } from './cell-sources.ts';
import { cleanMessage } from './clean-message.ts';
import type { CellError } from './contract.ts';
import type { CellSyntaxError } from './strip-types.ts';

const RED = '\u001b[31m';
const DIM = '\u001b[2m';
const BOLD = '\u001b[1m';
const RESET = '\u001b[0m';
const FRAMES_MAX = 12;
const CAUSES_MAX = 5;
const EXCERPT_LINES = 2;
const TEXT_MAX = 20_000;

export interface ReportSources {
  readonly sources: CellSources;
  readonly inspect: (value: unknown) => string;
  /** Folders whose frames are ours. */
  readonly internalRoots: readonly string[];
  /** The SQL text that an error's position counts in, where it is known. */
  readonly statementOf: (error: object) => string | undefined;
}

/** Whatever was thrown: an error whose own properties throw is named as such. */
export function reportError(error: unknown, report: ReportSources): CellError {
  try {
    return reportReadable(error, report);
  } catch (problem) {
    const evalue = `The error that was thrown cannot be shown: reading it failed (${problem instanceof Error ? problem.name : typeof problem}).`;
    return { ename: 'Uncaught', evalue, traceback: [`${BOLD}${RED}Uncaught${RESET} ${evalue}`] };
  }
}

function reportReadable(error: unknown, report: ReportSources): CellError {
  const { ename, evalue } = nameAndValue(error, report);
  return { ename, evalue, traceback: describe(error, report, 0).map((line) => line.slice(0, TEXT_MAX)) };
}

/** A mistake in a cell's text, found before it ran. `label` as frames carry it. */
export function reportSyntaxError(
  error: CellSyntaxError,
  cell: { readonly label: string; readonly code: string },
): CellError {
  const { line, column } = lineAndColumn(cell.code, error.offset);
  const traceback = [
    `${BOLD}${RED}SyntaxError${RESET}: ${error.message}`,
    `    at ${cell.label}:${line}:${column}`,
    '',
    ...excerpt(cell.code, line, column, Math.max(1, error.end - error.offset)),
  ];
  return { ename: 'SyntaxError', evalue: `${error.message} (${cell.label}:${line}:${column})`, traceback };
}

/** From 1. */
export function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - (before.lastIndexOf('\n') + 1) + 1 };
}

/** The lines around a place, the place marked. */
export function excerpt(code: string, line: number, column: number, length = 1): string[] {
  const lines = redactSource(code).split('\n');
  const text = lines[line - 1];
  if (text === undefined) return [];
  const [first, last] = [Math.max(1, line - EXCERPT_LINES), Math.min(lines.length, line + EXCERPT_LINES)];
  const width = String(last).length;
  const marked: string[] = [];
  for (let number = first; number <= last; number++) {
    const mark = number === line ? `${RED}>${RESET}` : ' ';
    marked.push(`${mark} ${DIM}${String(number).padStart(width)} |${RESET} ${lines[number - 1] ?? ''}`);
    if (number !== line) continue;
    const indent = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
    const carets = '^'.repeat(Math.max(1, Math.min(length, text.length - column + 1)));
    marked.push(`  ${DIM}${' '.repeat(width)} |${RESET} ${indent}${RED}${carets}${RESET}`);
  }
  return marked;
}

function nameAndValue(error: unknown, { inspect }: ReportSources): { readonly ename: string; readonly evalue: string } {
  if (!isErrorLike(error)) return { ename: 'Uncaught', evalue: inspect(error) };
  return { ename: String(error.name), evalue: cleanMessage(String(error.message)) };
}

function describe(error: unknown, report: ReportSources, depth: number): string[] {
  const { ename, evalue } = nameAndValue(error, report);
  if (!isErrorLike(error)) return [`${BOLD}${RED}${ename}${RESET} ${evalue}`];
  const stack = typeof error.stack === 'string' ? cleanMessage(error.stack) : '';
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line) && isUserFrame(line, report.internalRoots));
  const lines = [title(error, ename, evalue), ...frames.slice(0, FRAMES_MAX).map((frame) => `${DIM}${frame}${RESET}`)];
  lines.push(...excerptOfStatement(error, report), ...excerptOfFrames(frames, report.sources));
  if (depth >= CAUSES_MAX) return lines;
  if (error instanceof AggregateError) {
    for (const inner of error.errors.slice(0, CAUSES_MAX))
      lines.push('', `${BOLD}One of the errors:${RESET}`, ...describe(inner, report, depth + 1));
  }
  if (error.cause !== undefined)
    lines.push('', `${BOLD}Caused by:${RESET}`, ...describe(error.cause, report, depth + 1));
  return lines;
}

function title(error: object, ename: string, evalue: string): string {
  if (error instanceof MillraceError)
    return evalue.replace(/^\[\w+\]/, (condition) => `${BOLD}${RED}${condition}${RESET}`);
  return `${BOLD}${RED}${ename}${RESET}${evalue === '' ? '' : `: ${evalue}`}`;
}

/** Frames of cells and of files that are the user's; Node's own say nothing to the user. */
function isUserFrame(line: string, internalRoots: readonly string[]): boolean {
  if (/[( ]node:|millrace-runner|\(<anonymous>\)$/.test(line)) return false;
  return !internalRoots.some((root) => line.includes(root)) || line.includes('/node_modules/');
}

function excerptOfStatement(error: object, { statementOf }: ReportSources): string[] {
  const statement = statementOf(error);
  if (statement === undefined || !(error instanceof MillraceError) || error.position === undefined) return [];
  return ['', ...excerpt(statement, error.position.line, error.position.column)];
}

function excerptOfFrames(frames: readonly string[], sources: CellSources): string[] {
  for (const frame of frames) {
    const match = /(Cell \[[^\]]*\]):(\d+):(\d+)\)?$/.exec(frame);
    if (match === null) continue;
    const [, label = '', line = '1', column = '1'] = match;
    const code = sources.codeOf(label);
    if (code !== undefined) return ['', ...excerpt(code, Number(line), Number(column))];
  }
  return [];
}

interface ErrorLike {
  readonly name: unknown;
  readonly message: unknown;
  readonly stack?: unknown;
  readonly cause?: unknown;
}

/** Errors of other realms and libraries too, which `instanceof` does not know. */
function isErrorLike(value: unknown): value is ErrorLike {
  return (
    value instanceof Error ||
    (typeof value === 'object' && value !== null && 'name' in value && 'message' in value && 'stack' in value)
  );
}
