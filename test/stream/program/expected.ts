/** What Spark did with the cases of a file, as `npm run goldens -- stream` wrote it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CASES } from './case-file.ts';
import type { Answer } from './log.ts';

/** @returns by the cases' names; nothing where Spark has not been asked yet */
export function readExpected(file: string): ReadonlyMap<string, Answer> {
  const place = path.join(CASES, `${file}.expected.json`);
  if (!existsSync(place)) return new Map();
  const { cases } = JSON.parse(readFileSync(place, 'utf8')) as { readonly cases: Readonly<Record<string, Answer>> };
  return new Map(Object.entries(cases));
}
