/** Reads the case files, and says where one is not as `cases/README.md` describes it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../support/requirements.ts';
import {
  MODES,
  TRIGGERS,
  type CaseProgram,
  type CaseRow,
  type Call,
  type Feed,
  type Instead,
  type NamedFile,
  type Restart,
  type Step,
  type StreamCase,
  type Table,
  type View,
} from './case.ts';
import { PROGRESS_PARTS, type ProgressPart } from './log.ts';
import { array, flag, number, optional, record, text, type Read } from './parse.ts';

export const CASES = path.join(ROOT, 'test', 'stream', 'cases');
const SUFFIX = '.expected.json';

/** The names of the case files, without folder and ending. */
export function caseFiles(): readonly string[] {
  const files = readdirSync(CASES).filter((file) => file.endsWith('.json') && !file.endsWith(SUFFIX));
  return files.map((file) => file.slice(0, -'.json'.length)).sort();
}

/** @throws where a file is not as `cases/README.md` says */
export function readCases(file: string): readonly StreamCase[] {
  return parseCases(file, JSON.parse(readFileSync(path.join(CASES, `${file}.json`), 'utf8')));
}

export function parseCases(file: string, json: unknown): readonly StreamCase[] {
  const document = record(json, file, ['feature', 'views', 'programs', 'cases']);
  const shared = {
    file,
    feature: text(document['feature'], `${file}: feature`),
    views: document['views'] ?? {},
    programs: mapValues(document['programs'] ?? {}, `${file}: programs`, calls),
  };
  return array(document['cases'], `${file}: cases`).map((raw, i) => caseOf(raw, `${file}: case ${i + 1}`, shared));
}

interface Shared {
  readonly file: string;
  readonly feature: string;
  readonly views: unknown;
  readonly programs: Readonly<Record<string, readonly Call[]>>;
}

const CASE_KEYS = [
  ...['name', 'about', 'rules', 'feature', 'views', 'tables', 'program', 'sql', 'mode', 'trigger', 'conf', 'ordered'],
  ...['masked', 'progress', 'logs', 'failIn', 'instead', 'steps'],
];

function caseOf(json: unknown, place: string, shared: Shared): StreamCase {
  const raw = record(json, place, CASE_KEYS);
  const name = text(raw['name'], `${place}: name`);
  const at = `${shared.file}: ${name}`;
  const program = programOf(raw, at, shared.programs);
  if (program === undefined) throw new TypeError(`${at} has no program`);
  return {
    file: shared.file,
    name,
    feature: optional(raw['feature'], at, text) ?? shared.feature,
    about: text(raw['about'], `${at}: about`),
    rules: array(raw['rules'], `${at}: rules`).map((rule) => number(rule, `${at}: rules`)),
    views: mapValues(raw['views'] ?? shared.views, `${at}: views`, viewOf),
    tables: mapValues(raw['tables'] ?? {}, `${at}: tables`, tableOf),
    programs: shared.programs,
    program,
    mode: oneOf(MODES, raw['mode'], at) ?? 'append',
    trigger: oneOf(TRIGGERS, raw['trigger'], at) ?? 'processingTime',
    conf: mapValues(raw['conf'] ?? {}, `${at}: conf`, text),
    ordered: optional(raw['ordered'], at, flag) ?? false,
    masked: array(raw['masked'] ?? [], at).map((column) => text(column, at)),
    progress: array(raw['progress'] ?? [], at).map((part) => partOf(part, at)),
    logs: optional(raw['logs'], at, flag) ?? false,
    failIn: array(raw['failIn'] ?? [], at).map((batch) => number(batch, at)),
    instead: optional(raw['instead'], `${at}: instead`, insteadOf),
    steps: array(raw['steps'], `${at}: steps`).map((step, i) => stepOf(step, `${at}: step ${i + 1}`, shared.programs)),
  };
}

function programOf(
  raw: Readonly<Record<string, unknown>>,
  at: string,
  programs: Shared['programs'],
): CaseProgram | undefined {
  const { sql, program } = raw;
  if (sql !== undefined) return { kind: 'sql', sql: text(sql, `${at}: sql`) };
  if (program === undefined) return undefined;
  return { kind: 'calls', calls: namedCalls(program, at, programs) };
}

/** A list of calls, or the name of one of the file's programs. */
export function namedCalls(program: unknown, at: string, programs: Shared['programs']): readonly Call[] {
  if (typeof program !== 'string') return calls(program, `${at}: program`);
  const named = programs[program];
  if (named === undefined) throw new TypeError(`${at}: there is no program '${program}' in the file`);
  return named;
}

function calls(json: unknown, place: string): readonly Call[] {
  return array(json, place).map((call) => {
    const [method, ...args] = array(call, place);
    return [text(method, place), ...args];
  });
}

function viewOf(json: unknown, place: string): View {
  if (typeof json === 'string') return { schema: json, format: 'json', options: {}, watermark: undefined };
  const raw = record(json, place, ['schema', 'format', 'options', 'watermark']);
  const [column, delay] = array(raw['watermark'] ?? [], place).map((part) => text(part, place));
  return {
    schema: text(raw['schema'], place),
    format: optional(raw['format'], place, text) ?? 'json',
    options: mapValues(raw['options'] ?? {}, place, text),
    watermark: column === undefined || delay === undefined ? undefined : [column, delay],
  };
}

function tableOf(json: unknown, place: string): Table {
  const raw = record(json, place, ['schema', 'rows', 'stored']);
  const stored = optional(raw['stored'], place, flag) ?? false;
  return { schema: text(raw['schema'], place), rows: rows(raw['rows'], place), stored };
}

function stepOf(json: unknown, place: string, programs: Shared['programs']): Step {
  const raw = record(json, place, ['add', 'files', 'table', 'hold', 'waitMs', 'restart']);
  if (raw['restart'] !== undefined) return { kind: 'restart', restart: restartOf(raw['restart'], place, programs) };
  const feed: Feed = {
    add: mapValues(raw['add'] ?? {}, place, rows),
    files: array(raw['files'] ?? [], place).map((file) => fileOf(file, place)),
    table: mapValues(raw['table'] ?? {}, place, rows),
    hold: optional(raw['hold'], place, flag) ?? false,
    waitMs: optional(raw['waitMs'], place, number) ?? 0,
  };
  return { kind: 'feed', feed };
}

function partOf(json: unknown, place: string): ProgressPart {
  const part = oneOf(PROGRESS_PARTS, json, place);
  if (part === undefined) throw new TypeError(`${place}: a part of the progress was expected`);
  return part;
}

function insteadOf(json: unknown, place: string): Instead {
  const raw = record(json, place, ['error', 'why']);
  return { error: text(raw['error'], place), why: text(raw['why'], place) };
}

function restartOf(json: unknown, place: string, programs: Shared['programs']): Restart {
  const raw = record(json, place, ['program', 'sql', 'mode', 'trigger', 'conf', 'forget']);
  return {
    program: programOf(raw, place, programs),
    mode: oneOf(MODES, raw['mode'], place),
    trigger: oneOf(TRIGGERS, raw['trigger'], place),
    conf: mapValues(raw['conf'] ?? {}, place, text),
    forget: array(raw['forget'] ?? [], place).map((log) => text(log, place)),
  };
}

function fileOf(json: unknown, place: string): NamedFile {
  const [view, name, mtimeS, content] = array(json, place);
  return {
    view: text(view, place),
    name: text(name, place),
    mtimeS: number(mtimeS, place),
    rows: rows(content, place),
  };
}

function rows(json: unknown, place: string): readonly CaseRow[] {
  return array(json, place).map((row) => {
    if (typeof row === 'string' || Array.isArray(row)) return row;
    return record(row, place);
  });
}

function oneOf<T extends string>(choices: readonly T[], json: unknown, place: string): T | undefined {
  if (json === undefined) return undefined;
  const found = choices.find((choice) => choice === json);
  if (found === undefined) throw new TypeError(`${place}: one of ${choices.join(', ')} was expected`);
  return found;
}

function mapValues<T>(json: unknown, place: string, read: Read<T>): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(record(json, place)).map(([key, value]) => [key, read(value, `${place}: ${key}`)]),
  );
}
