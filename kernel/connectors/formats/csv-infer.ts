/** The schema of CSV files: names from the header or `_c0`, types from a sample where `inferSchema` asks for them. */
import { DECIMAL_PRECISION_MAX, Types, type DataType, type Schema } from '../../arrow/types.ts';
import { MillraceError } from '../../core/errors.ts';
import { parseDecimal } from '../../functions/parse-values.ts';
import type { CsvOptions } from './csv-options.ts';
import { emptyRecord, fieldText, scanRecord } from './csv-scan.ts';
import { csvParser, type CsvParser } from './csv-values.ts';
import { readHead } from './file-bytes.ts';
import { SAMPLE_BYTES_MAX } from './json-infer.ts';

/** @throws UNABLE_TO_INFER_SCHEMA where there is no record */
export function inferCsv(paths: readonly string[], options: CsvOptions): Schema {
  let left = SAMPLE_BYTES_MAX;
  let names: string[] | undefined;
  let types: DataType[] = [];
  const guess = guesser(options);
  for (const path of paths) {
    const bytes = readHead(path, left);
    left -= bytes.length;
    const record = emptyRecord();
    let at = scanRecord(bytes, 0, options, record);
    if (at < 0) continue;
    if (names === undefined) {
      names = columnNames(
        Array.from({ length: record.count }, (_, i) => fieldText(bytes, record, i)),
        options,
      );
      types = names.map(() => Types.void);
    }
    if (!options.inferSchema) break;
    if (options.header) at = scanRecord(bytes, at, options, record);
    for (; at >= 0; at = scanRecord(bytes, at, options, record)) {
      for (let i = 0; i < types.length && i < record.count; i++) {
        const text = fieldText(bytes, record, i);
        if (text !== '' && text !== options.nullValue) types[i] = guess(types[i] ?? Types.void, text);
      }
    }
    if (left <= 0) break;
  }
  if (names === undefined) {
    throw new MillraceError('UNABLE_TO_INFER_SCHEMA', { format: 'csv', problem: 'there is no record' });
  }
  return Types.struct(
    names.map((name, i) => {
      const type = types[i] ?? Types.void;
      return { name, type: type.kind === 'void' ? Types.string : type, nullable: true };
    }),
  );
}

/** Names that repeat (case aside) get their position, empty ones are `_c` and their position. */
function columnNames(header: readonly string[], options: CsvOptions): string[] {
  if (!options.header) return header.map((_, i) => `_c${i}`);
  const counts = new Map<string, number>();
  for (const name of header) counts.set(name.toLowerCase(), (counts.get(name.toLowerCase()) ?? 0) + 1);
  return header.map((name, i) => {
    if (name === '' || name === options.nullValue) return `_c${i}`;
    return (counts.get(name.toLowerCase()) ?? 0) > 1 ? `${name}${i}` : name;
  });
}

/** The steps from narrow to wide; a text that does not fit one is tried with the next. */
const LADDER = ['int', 'long', 'decimal', 'double', 'date', 'timestamp', 'boolean', 'string'] as const;
type Step = (typeof LADDER)[number];

/** The type that fits what was seen so far and one more text. */
function guesser(options: CsvOptions): (soFar: DataType, text: string) => DataType {
  const parsers: Readonly<Record<Exclude<Step, 'decimal' | 'string'>, CsvParser>> = {
    int: csvParser(Types.int, options),
    long: csvParser(Types.long, options),
    double: csvParser(Types.double, options),
    date: csvParser(Types.date, options),
    timestamp: csvParser(Types.timestamp, options),
    boolean: csvParser(Types.boolean, options),
  };
  const typeAt = (step: Step, text: string): DataType | undefined => {
    if (step === 'string') return Types.string;
    if (step === 'decimal') return wholeDecimal(text);
    if (step === 'date' && options.dateFormat === undefined && !/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
    return parsers[step](text) === undefined ? undefined : Types[step];
  };
  return (soFar, text) => {
    const from = soFar.kind === 'void' ? 0 : LADDER.findIndex((step) => step === soFar.kind);
    for (const step of LADDER.slice(from)) {
      const type = typeAt(step, text);
      if (type !== undefined) return merge(soFar, type);
    }
    return Types.string;
  };
}

/** An integer beyond 64 bits. */
function wholeDecimal(text: string): DataType | undefined {
  const parsed = parseDecimal(text);
  if (parsed === undefined || parsed.scale > 0) return undefined;
  const precision = parsed.unscaled.toString().replace('-', '').length;
  return precision <= DECIMAL_PRECISION_MAX ? Types.decimal(precision, 0) : undefined;
}

const NUMBERS: readonly string[] = ['int', 'long', 'decimal', 'double'];

function merge(soFar: DataType, seen: DataType): DataType {
  if (soFar.kind === 'void') return seen;
  if (soFar.kind === 'decimal' && seen.kind === 'decimal') return soFar.precision >= seen.precision ? soFar : seen;
  // Numbers widen into numbers, dates into timestamps; nothing else goes together.
  if (soFar.kind === seen.kind || (NUMBERS.includes(soFar.kind) && NUMBERS.includes(seen.kind))) {
    return soFar.kind === 'long' && seen.kind === 'decimal' ? Types.decimal(Math.max(20, seen.precision), 0) : seen;
  }
  return soFar.kind === 'date' && seen.kind === 'timestamp' ? seen : Types.string;
}
