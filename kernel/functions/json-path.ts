/**
 * get_json_object: paths of `$`, `.name`, `['name']`, `[index]`, `[*]`. As in Spark (and Hive before it) the first of equal keys counts,
 * what follows the document is ignored, the one match of a `[*]` stands without brackets, and two `[*]` in a row make one flat array.
 */
import {
  ahead,
  eachElement,
  eachField,
  MalformedJson,
  skipValue,
  stringNext,
  valueNext,
  type JsonText,
} from './json/normal-text.ts';

type Step =
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' };

/** raw: a string stands as it is. quoted: as JSON. flat: arrays give their elements. */
type Style = 'raw' | 'quoted' | 'flat';

/** What was written, and whether that is a match: an array of no matches is written and is none. */
interface Found {
  readonly texts: readonly string[];
  readonly isMatch: boolean;
}

const NOTHING: Found = { texts: [], isMatch: false };
const STEP = /\.([^.[]+)|\['([^'?]+)'\]|\[(\d+)\]|(\[\*\])/y;

/** @returns null for a malformed text or path, a missing value, and a field that is null */
export function getJsonPath(text: string, path: string): string | null {
  const steps = parsePath(path);
  if (steps === undefined) return null;
  try {
    const { texts, isMatch } = find({ text, at: 0, depth: 0 }, steps, 'raw');
    return isMatch ? texts.join('') : null;
  } catch (cause) {
    if (cause instanceof MalformedJson) return null;
    throw cause;
  }
}

function parsePath(path: string): readonly Step[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: Step[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < path.length) {
    const match = STEP.exec(path);
    if (match === null) return undefined;
    const name = match[1] ?? match[2];
    if (name === '*') return undefined;
    if (name !== undefined) steps.push({ kind: 'key', name });
    else if (match[3] !== undefined) steps.push({ kind: 'index', index: Number(match[3]) });
    else steps.push({ kind: 'all' });
  }
  return steps;
}

/** Passes the value that is next, and writes what the steps find in it. */
function find(json: JsonText, steps: readonly Step[], style: Style): Found {
  const sign = ahead(json);
  const [step, ...rest] = steps;
  if (step === undefined) return whole(json, style);
  if (step.kind === 'key' && sign === '{') return findField(json, step.name, rest, style);
  if (step.kind === 'index' && sign === '[') {
    return findElement(json, step.index, rest, rest[0]?.kind === 'all' ? 'quoted' : style);
  }
  if (step.kind === 'all' && sign === '[') return findAll(json, rest, style);
  skipValue(json);
  return NOTHING;
}

function whole(json: JsonText, style: Style): Found {
  const sign = ahead(json);
  if (style === 'flat' && sign === '[') return collected(json, [], style);
  const text = style === 'raw' && (sign === '"' || sign === "'") ? stringNext(json) : valueNext(json);
  return { texts: [text], isMatch: true };
}

function findField(json: JsonText, wanted: string, rest: readonly Step[], style: Style): Found {
  let found = NOTHING;
  eachField(json, (name) => {
    if (found.isMatch || name !== wanted || ahead(json) === 'n') skipValue(json);
    else found = find(json, rest, style);
  });
  return found;
}

function findElement(json: JsonText, index: number, rest: readonly Step[], style: Style): Found {
  let found = NOTHING;
  let at = 0;
  eachElement(json, () => {
    if (at++ === index) found = find(json, rest, style);
    else skipValue(json);
  });
  return found;
}

function findAll(json: JsonText, rest: readonly Step[], style: Style): Found {
  if (rest[0]?.kind === 'all') return bracketed(collected(json, rest.slice(1), 'flat'));
  if (style === 'quoted') return bracketed(collected(json, rest, style));
  const found = collected(json, rest, style === 'flat' ? 'flat' : 'quoted');
  if (!found.isMatch) return NOTHING;
  return found.matchCount > 1 ? bracketed(found) : { texts: [found.texts.join(',')], isMatch: true };
}

/** What the steps find in each element. */
function collected(json: JsonText, rest: readonly Step[], style: Style): Found & { readonly matchCount: number } {
  const texts: string[] = [];
  let matchCount = 0;
  eachElement(json, () => {
    const found = find(json, rest, style);
    texts.push(...found.texts);
    if (found.isMatch) matchCount++;
  });
  return { texts, isMatch: matchCount > 0, matchCount };
}

function bracketed({ texts, isMatch }: Found): Found {
  return { texts: [`[${texts.join(',')}]`], isMatch };
}
