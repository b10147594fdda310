/** The files that a case's views and tables read: their text, and modification times that are the same in every run. */
import { mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CaseRow } from './case.ts';

/** The first file's time; each later file of `add` is 10 s younger, those of `files` say their own seconds. */
const MTIME_BASE_S = 1_750_000_000;
const MTIME_STEP_S = 10;

/** Names and types of a DDL schema's columns. */
function columnsOf(schema: string): readonly (readonly [name: string, type: string])[] {
  return schema.split(/,(?![^<(]*[>)])/).map((part) => {
    const [name = '', ...type] = part.trim().split(/\s+/);
    return [name, type.join(' ').toUpperCase()];
  });
}

/** Seconds since the epoch as ISO text with microseconds. */
export function instant(seconds: number): string {
  const micros = Math.round(seconds * 1_000_000);
  const millis = Math.floor(micros / 1000);
  const rest = String(micros - millis * 1000).padStart(3, '0');
  return new Date(millis).toISOString().replace('Z', `${rest}Z`);
}

/** A row as a line of JSON: an array by position, an object by name; text is the line itself. */
export function lineOf(row: CaseRow, schema: string): string {
  if (typeof row === 'string') return row;
  const columns = columnsOf(schema);
  const types = new Map(columns);
  const named = isArray(row) ? row.map((value, i) => [columns[i]?.[0] ?? '', value] as const) : Object.entries(row);
  const values = named.map(([name, value]) => {
    const isTime = types.get(name)?.startsWith('TIMESTAMP') === true;
    return [name, isTime && typeof value === 'number' ? instant(value) : value] as const;
  });
  return JSON.stringify(Object.fromEntries(values));
}

const isArray = (row: Exclude<CaseRow, string>): row is readonly unknown[] => Array.isArray(row);

export interface InputFile {
  readonly folder: string;
  readonly name: string;
  /** Seconds after the first file's time. */
  readonly mtimeS: number;
  readonly schema: string;
  readonly rows: readonly CaseRow[];
}

/** The input folders of one case. Files are written aside, and all of a step appear together by `publish`. */
export class Inputs {
  readonly #root: string;
  #added = 0;
  #staged: { readonly aside: string; readonly place: string }[] = [];

  constructor(root: string) {
    this.#root = root;
  }

  /** The folder of a view or table. */
  folder(name: string): string {
    const folder = path.join(this.#root, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** The next file of a view, younger than all before. */
  add(folder: string, schema: string, rows: readonly CaseRow[]): void {
    const name = `${String(this.#added).padStart(4, '0')}.json`;
    this.stage({ folder, name, mtimeS: this.#added * MTIME_STEP_S, schema, rows });
    this.#added += 1;
  }

  stage({ folder, name, mtimeS, schema, rows }: InputFile): void {
    const aside = path.join(this.folder('_staged'), `${folder}-${this.#staged.length}`);
    const uri = pathToFileURL(this.folder(folder)).href;
    writeFileSync(aside, rows.map((row) => `${lineOf(row, schema).replaceAll('$FOLDER', uri)}\n`).join(''));
    utimesSync(aside, MTIME_BASE_S, MTIME_BASE_S + mtimeS);
    this.#staged.push({ aside, place: path.join(this.folder(folder), name) });
  }

  publish(): void {
    for (const { aside, place } of this.#staged) {
      mkdirSync(path.dirname(place), { recursive: true });
      renameSync(aside, place);
    }
    this.#staged = [];
  }
}
