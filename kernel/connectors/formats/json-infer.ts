/** The schema of JSON files: the type that fits every document of a sample. */
import { Types, type DataType, type Schema } from '../../arrow/types.ts';
import { MillraceError } from '../../core/errors.ts';
import type { JsonOptions } from '../../functions/json/options.ts';
import { readHead, readWhole } from './file-bytes.ts';
import { arrayElements } from './json-elements.ts';
import { canonicalShape, mergeShapes, shapeOf, structOf } from './json-shape.ts';

/** So much of the files is looked at, from the first one on. */
export const SAMPLE_BYTES_MAX = 64 * 1024 ** 2;

/** @throws UNABLE_TO_INFER_SCHEMA where there is no record; MALFORMED_RECORD_IN_PARSING under FAILFAST */
export function inferJson(paths: readonly string[], options: JsonOptions): Schema {
  let merged: DataType = Types.void;
  let damaged = false;
  let records = 0;
  for (const text of documents(paths, options)) {
    if (text.trim() === '') continue;
    if (!isSampled(records++, options.samplingRatio)) continue;
    const shape = rootShape(text, options);
    if (shape !== undefined) merged = mergeShapes(merged, shape);
    else if (options.mode === 'FAILFAST') {
      throw new MillraceError('MALFORMED_RECORD_IN_PARSING', { record: text.slice(0, 200) });
    } else damaged ||= options.mode === 'PERMISSIVE';
  }
  if (records === 0)
    throw new MillraceError('UNABLE_TO_INFER_SCHEMA', { format: 'json', problem: 'there is no record' });
  const canonical = canonicalShape(merged, options);
  const root = canonical?.kind === 'struct' ? canonical : Types.struct([]);
  if (!damaged) return root;
  const fields = new Map(root.fields.map((f) => [f.name, f.type]));
  const withText = structOf(fields.set(options.columnNameOfCorruptRecord, Types.string));
  return withText.kind === 'struct' ? withText : root;
}

/** Of an object its own type, of an array the one that fits its elements; undefined for everything else. */
function rootShape(text: string, options: JsonOptions): DataType | undefined {
  const shape = shapeOf(text, options);
  if (shape?.kind === 'struct') return shape;
  if (shape?.kind === 'array')
    return shape.element.kind === 'struct' || shape.element.kind === 'void' ? shape.element : undefined;
  return undefined;
}

/** Evenly spread, so that it is the same sample every time. */
function isSampled(index: number, ratio: number): boolean {
  return Math.floor((index + 1) * ratio) > Math.floor(index * ratio) || index === 0;
}

const decoder = new TextDecoder();

function* documents(paths: readonly string[], options: JsonOptions): Generator<string> {
  let left = SAMPLE_BYTES_MAX;
  for (const path of paths) {
    if (left <= 0) return;
    const bytes = options.multiLine ? readWhole(path) : readHead(path, left);
    left -= bytes.length;
    if (options.multiLine) {
      const elements = arrayElements(bytes, 0, bytes.length) ?? [[0, bytes.length] as const];
      for (const [from, to] of elements) yield decoder.decode(bytes.subarray(from, to));
      continue;
    }
    for (let at = 0; at < bytes.length;) {
      const newline = bytes.indexOf(0x0a, at);
      const end = newline < 0 ? bytes.length : newline;
      yield decoder.decode(bytes.subarray(at, end));
      at = end + 1;
    }
  }
}
