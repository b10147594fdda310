/**
 * Records of CSV as ranges of bytes, by the rules of Spark's parser: a field that starts with a quote ends at the quote that
 * a separator or the record's end follows; other quotes make it the plain text up to the next separator, quotes included.
 */
import type { CsvOptions } from './csv-options.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;

/** One record, reused for every one: fields `0 .. count`. */
export interface CsvRecord {
  start: number;
  end: number;
  count: number;
  readonly from: number[];
  readonly to: number[];
  readonly quoted: boolean[];
  /** Where escapes had to be resolved: the text. */
  readonly decoded: (string | undefined)[];
}

export function emptyRecord(): CsvRecord {
  return { start: 0, end: 0, count: 0, from: [], to: [], quoted: [], decoded: [] };
}

const decoder = new TextDecoder();

const SHORT_BYTES = 32;

/** The text of a field, escapes resolved. Short ASCII goes without a decoder call, which costs more than the field. */
export function fieldText(bytes: Uint8Array, record: CsvRecord, field: number): string {
  const decoded = record.decoded[field];
  if (decoded !== undefined) return decoded;
  const from = record.from[field] ?? 0;
  const to = record.to[field] ?? 0;
  if (to - from > SHORT_BYTES) return decoder.decode(bytes.slice(from, to));
  let text = '';
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte > 127) return decoder.decode(bytes.slice(from, to));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Reads the record at `at` into `record`, blank lines and comments left out. @returns the next one's place; -1 at the end */
export function scanRecord(bytes: Uint8Array, at: number, options: CsvOptions, record: CsvRecord): number {
  const { length } = bytes;
  for (;;) {
    if (at >= length) return -1;
    const newline = bytes.indexOf(NEWLINE, at);
    const lineEnd = newline < 0 ? length : newline;
    if (bytes[at] !== options.comment && !isBlank(bytes, at, lineEnd)) {
      record.start = at;
      record.count = 0;
      const limit = options.multiLine ? length : lineEnd;
      record.end = scanFields(bytes, at, limit, options, record);
      return record.end + 1;
    }
    at = lineEnd + 1;
  }
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if ((bytes[at] ?? 0) > SPACE) return false;
  return true;
}

/** @returns the record's end: its line feed, or `limit` */
function scanFields(bytes: Uint8Array, start: number, limit: number, options: CsvOptions, record: CsvRecord): number {
  let at = start;
  for (;;) {
    const quotedEnd = bytes[at] === options.quote && at < limit ? scanQuoted(bytes, at, limit, options, record) : -1;
    at = quotedEnd >= 0 ? quotedEnd : scanPlain(bytes, at, limit, options, record);
    if (at >= limit || bytes[at] !== options.separator) return at;
    at++;
  }
}

function scanPlain(bytes: Uint8Array, start: number, limit: number, options: CsvOptions, record: CsvRecord): number {
  let at = start;
  while (at < limit && bytes[at] !== options.separator && bytes[at] !== NEWLINE) at++;
  let [from, to] = [start, at];
  if ((at >= limit || bytes[at] === NEWLINE) && to > from && bytes[to - 1] === RETURN) to--;
  if (options.ignoreLeadingWhiteSpace) while (from < to && (bytes[from] ?? 0) <= SPACE) from++;
  if (options.ignoreTrailingWhiteSpace) while (from < to && (bytes[to - 1] ?? 0) <= SPACE) to--;
  push(record, { from, to, quoted: false, decoded: undefined });
  return at;
}

/** @returns the byte after the field; -1 where its quotes do not enclose it */
function scanQuoted(bytes: Uint8Array, start: number, limit: number, options: CsvOptions, record: CsvRecord): number {
  const { quote, escape } = options;
  let escapes = false;
  let at = start + 1;
  for (; at < limit; at++) {
    const byte = bytes[at];
    const next = at + 1 < limit ? bytes[at + 1] : undefined;
    if (byte === escape && (next === quote || (next === escape && escape !== quote))) {
      escapes = true;
      at++;
    } else if (byte === quote) {
      break;
    }
  }
  const closed = at < limit;
  let after = closed ? at + 1 : at;
  while (after < limit && (bytes[after] === SPACE || bytes[after] === RETURN)) after++;
  if (closed && after < limit && bytes[after] !== options.separator && bytes[after] !== NEWLINE) return -1;
  let to = at;
  if (!closed && bytes[to - 1] === RETURN) to--;
  const decoded = escapes ? resolve(bytes, start + 1, to, options) : undefined;
  push(record, { from: start + 1, to, quoted: true, decoded });
  return after;
}

function resolve(bytes: Uint8Array, from: number, to: number, { quote, escape }: CsvOptions): string {
  const kept = new Uint8Array(to - from);
  let length = 0;
  for (let at = from; at < to; at++) {
    const next = bytes[at + 1];
    if (bytes[at] === escape && at + 1 < to && (next === quote || next === escape)) at++;
    kept[length++] = bytes[at] ?? 0;
  }
  return decoder.decode(kept.subarray(0, length));
}

interface FieldRange {
  readonly from: number;
  readonly to: number;
  readonly quoted: boolean;
  readonly decoded: string | undefined;
}

function push(record: CsvRecord, { from, to, quoted, decoded }: FieldRange): void {
  const { count } = record;
  record.from[count] = from;
  record.to[count] = to;
  record.quoted[count] = quoted;
  record.decoded[count] = decoded;
  record.count = count + 1;
}
