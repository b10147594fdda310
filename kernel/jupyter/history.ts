/** Answers history requests: tail, range, search. */
import { MillraceError } from '../core/errors.ts';
import type { ContentReader } from './content.ts';
import type { HistoryEntry, HistoryStore } from './history-store.ts';

const OUTPUT_CHARACTERS_MAX = 64 * 1024;
const TAIL_DEFAULT = 10;
const RESULTS_MAX = 100_000;

/** `[session, line, input]`, or `[session, line, [input, output]]` where outputs were asked for. */
export type HistoryTuple = readonly [number, number, string | readonly [string, string | null]];

export class History {
  readonly #store: HistoryStore;
  readonly #own: HistoryEntry[] = [];

  constructor(store: HistoryStore) {
    this.#store = store;
  }

  noteInput(line: number, input: string): void {
    this.#own.push({ session: this.#store.session(), line, input, output: null });
    this.#store.append({ line, input });
  }

  noteOutput(line: number, text: string): void {
    const at = this.#own.findLastIndex((entry) => entry.line === line);
    const entry = this.#own[at];
    if (entry === undefined) return;
    const output = text.slice(0, OUTPUT_CHARACTERS_MAX);
    this.#own[at] = { ...entry, output };
    this.#store.append({ line, output });
  }

  /** @throws JUPYTER_REQUEST_INVALID */
  answer(request: ContentReader): readonly HistoryTuple[] {
    const found = this.#find(request);
    const withOutput = request.flag('output', false);
    return found.map((entry) => [entry.session, entry.line, withOutput ? [entry.input, entry.output] : entry.input]);
  }

  #find(request: ContentReader): readonly HistoryEntry[] {
    const kind = request.text('hist_access_type');
    switch (kind) {
      case 'tail':
        return this.#latest(request.integer('n', TAIL_DEFAULT), () => true);
      case 'range':
        return this.#range(request.integer('session', 0), request.integer('start', 1), request.optionalInteger('stop'));
      case 'search':
        return this.#search(
          request.optionalText('pattern') ?? '*',
          request.optionalInteger('n'),
          request.flag('unique', false),
        );
      default:
        throw new MillraceError('JUPYTER_REQUEST_INVALID', {
          type: 'history_request',
          problem: `hist_access_type must be tail, range or search, it is ${JSON.stringify(kind)}`,
        });
    }
  }

  /** Session 0 is this one, -1 the one before. `start` is included, `stop` is not. */
  #range(session: number, start: number, stop: number | undefined): readonly HistoryEntry[] {
    const number = session > 0 ? session : this.#store.session() + session;
    const entries = number === this.#store.session() ? this.#own : this.#store.read(number);
    return entries.filter(({ line }) => line >= start && (stop === undefined || line < stop));
  }

  #search(pattern: string, count: number | undefined, unique: boolean): readonly HistoryEntry[] {
    const matches = globMatcher(pattern);
    const seen = new Set<string>();
    return this.#latest(count ?? RESULTS_MAX, ({ input }) => {
      if (!matches(input) || (unique && seen.has(input))) return false;
      if (unique) seen.add(input);
      return true;
    });
  }

  /** The latest `count` entries that `accept` takes, asked newest first, in the order in which they were run. */
  #latest(count: number, accept: (entry: HistoryEntry) => boolean): readonly HistoryEntry[] {
    const wanted = Math.min(Math.max(0, count), RESULTS_MAX);
    const found: HistoryEntry[] = [];
    const take = (entries: readonly HistoryEntry[]): void => {
      for (let i = entries.length - 1; i >= 0 && found.length < wanted; i--) {
        const entry = entries[i];
        if (entry !== undefined && accept(entry)) found.push(entry);
      }
    };
    take(this.#own);
    if (found.length < wanted) {
      for (const session of this.#store.earlierSessions()) {
        if (found.length >= wanted) break;
        take(this.#store.read(session));
      }
    }
    return found.reverse();
  }
}

/**
 * SQLite's GLOB over the whole text: `*`, `?`, `[abc]`, `[^abc]`. Matched by hand, in time linear in the product of both
 * lengths: a pattern turned into a regular expression could take forever.
 */
export function globMatcher(pattern: string): (text: string) => boolean {
  const parts = parseGlob(pattern);
  return (text) => {
    const characters = Array.from(text);
    let part = 0;
    let at = 0;
    let starPart = -1;
    let starAt = 0;
    while (at < characters.length) {
      const step = parts[part];
      if (step === '*') {
        starPart = part++;
        starAt = at;
      } else if (step?.(characters[at] ?? '') === true) {
        part++;
        at++;
      } else if (starPart >= 0) {
        part = starPart + 1;
        at = ++starAt;
      } else return false;
    }
    while (parts[part] === '*') part++;
    return part === parts.length;
  };
}

type GlobPart = '*' | ((character: string) => boolean);

function parseGlob(pattern: string): readonly GlobPart[] {
  const parts: GlobPart[] = [];
  const characters = Array.from(pattern);
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] ?? '';
    const close = character === '[' ? characters.indexOf(']', i + 2) : -1;
    if (character === '*') {
      if (parts.at(-1) !== '*') parts.push('*');
    } else if (character === '?') parts.push(() => true);
    else if (close > 0) {
      parts.push(characterClass(characters.slice(i + 1, close)));
      i = close;
    } else parts.push((other) => other === character);
  }
  return parts;
}

function characterClass(body: readonly string[]): (character: string) => boolean {
  const negated = body[0] === '^';
  const members = negated ? body.slice(1) : body;
  const isMember = (character: string): boolean =>
    members.some((member, i) => {
      const end = members[i + 1] === '-' ? members[i + 2] : undefined;
      return end === undefined ? member === character : character >= member && character <= end;
    });
  return (character) => isMember(character) !== negated;
}
