/**
 * Where executed cells are kept across kernels: a folder with one file per kernel session.
 *
 * `session-000042.jsonl` holds one JSON object per line: `{"line":3,"input":"…"}` when a cell starts and
 * `{"line":3,"output":"…"}` when it gave a result. Creating the file exclusively is what hands out the session number,
 * so two kernels never share one. The oldest files beyond SESSIONS_MAX are deleted.
 */
import { mkdirSync, openSync, readFileSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from './log.ts';

const SESSIONS_MAX = 1000;

export interface HistoryEntry {
  readonly session: number;
  readonly line: number;
  readonly input: string;
  readonly output: string | null;
}

export interface HistoryStore {
  /** The number of this kernel's session. */
  session(): number;
  append(record: { readonly line: number } & ({ readonly input: string } | { readonly output: string })): void;
  /** Numbers of the sessions before this one, newest first. */
  earlierSessions(): readonly number[];
  read(session: number): readonly HistoryEntry[];
}

/** Keeps nothing beyond the kernel. */
export const memoryStore: HistoryStore = {
  session: () => 1,
  append: () => undefined,
  earlierSessions: () => [],
  read: () => [],
};

/** A store that cannot write says so once and goes on without. */
export class FolderHistoryStore implements HistoryStore {
  readonly #folder: string;
  readonly #log: Log;
  #session: number | undefined;
  #file: number | undefined;
  #failed = false;

  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  session(): number {
    this.#session ??= this.#create();
    return this.#session;
  }

  append(record: { readonly line: number } & ({ readonly input: string } | { readonly output: string })): void {
    this.session();
    if (this.#file === undefined) return;
    try {
      writeSync(this.#file, `${JSON.stringify(record)}\n`);
    } catch (error) {
      this.#fail(error);
    }
  }

  earlierSessions(): readonly number[] {
    const own = this.session();
    return this.#numbers()
      .filter((number) => number < own)
      .sort((a, b) => b - a);
  }

  read(session: number): readonly HistoryEntry[] {
    try {
      return parseSession(session, readFileSync(this.#path(session), 'utf8'));
    } catch {
      return []; // No such session, or another kernel has just deleted it: there is nothing to show.
    }
  }

  #create(): number {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const numbers = this.#numbers();
      this.#prune(numbers);
      for (let number = Math.max(0, ...numbers) + 1; ; number++) {
        try {
          this.#file = openSync(this.#path(number), 'ax', 0o600);
          return number;
        } catch (error) {
          if (!isExistsError(error)) throw error;
        }
      }
    } catch (error) {
      this.#fail(error);
      return 1;
    }
  }

  #prune(numbers: readonly number[]): void {
    const surplus = [...numbers].sort((a, b) => a - b).slice(0, Math.max(0, numbers.length - SESSIONS_MAX));
    for (const number of surplus) rmSync(this.#path(number), { force: true });
  }

  #numbers(): number[] {
    try {
      return readdirSync(this.#folder).flatMap((name) => {
        const number = /^session-(\d+)\.jsonl$/.exec(name)?.[1];
        return number === undefined ? [] : [Number(number)];
      });
    } catch {
      return []; // The folder could not be made; #create has said so.
    }
  }

  #path(session: number): string {
    return join(this.#folder, `session-${String(session).padStart(6, '0')}.jsonl`);
  }

  #fail(error: unknown): void {
    if (!this.#failed) this.#log(`the history is kept in memory only: ${String(error)}`);
    this.#failed = true;
    this.#file = undefined;
  }
}

/** A line that a crash has cut short is left out. */
function parseSession(session: number, text: string): readonly HistoryEntry[] {
  const entries = new Map<number, HistoryEntry>();
  for (const json of text.split('\n')) {
    const record = parseRecord(json);
    if (record === undefined) continue;
    const known = entries.get(record.line);
    if (record.input !== undefined)
      entries.set(record.line, { session, line: record.line, input: record.input, output: null });
    else if (known !== undefined && record.output !== undefined)
      entries.set(record.line, { ...known, output: record.output });
  }
  return [...entries.values()];
}

function parseRecord(
  json: string,
): { readonly line: number; readonly input?: string; readonly output?: string } | undefined {
  try {
    const value = JSON.parse(json) as { line?: unknown; input?: unknown; output?: unknown };
    if (typeof value.line !== 'number') return undefined;
    return {
      line: value.line,
      ...(typeof value.input === 'string' ? { input: value.input } : {}),
      ...(typeof value.output === 'string' ? { output: value.output } : {}),
    };
  } catch {
    return undefined;
  }
}

function isExistsError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
