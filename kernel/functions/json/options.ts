/** Spark's options of from_json, to_json and the JSON file format. */
import { MillraceError } from '../../core/errors.ts';

export type ParseMode = 'PERMISSIVE' | 'FAILFAST' | 'DROPMALFORMED';

export interface JsonOptions {
  readonly mode: ParseMode;
  /** A string field of the schema with this name gets the text of damaged records. */
  readonly columnNameOfCorruptRecord: string;
  /** IANA name or offset: of timestamps without a zone, and of those written. */
  readonly timeZone: string;
  /** Java patterns; absent: ISO 8601 as in a cast. */
  readonly timestampFormat: string | undefined;
  readonly timestampNtzFormat: string | undefined;
  readonly dateFormat: string | undefined;
  readonly allowSingleQuotes: boolean;
  /** `NaN`, `Infinity`, `-INF` as numbers, with and without quotes. */
  readonly allowNonNumericNumbers: boolean;
  /** Writing: fields that are null are left out. */
  readonly ignoreNullFields: boolean;
  /** Inference only. */
  readonly primitivesAsString: boolean;
  readonly dropFieldIfAllNull: boolean;
  readonly prefersDecimal: boolean;
  readonly samplingRatio: number;
  readonly multiLine: boolean;
}

/** Options that change results and that we do not have, with what they are when absent. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['allowcomments', 'false'],
  ['allowunquotedfieldnames', 'false'],
  ['allownumericleadingzeros', 'false'],
  ['allowbackslashescapinganycharacter', 'false'],
  ['allowunquotedcontrolchars', 'false'],
  ['encoding', 'utf-8'],
  ['charset', 'utf-8'],
  ['linesep', '\n'],
  ['pretty', 'false'],
  ['locale', 'en-us'],
]);

/**
 * @param options as the user gave them; names are case-insensitive, unknown ones are ignored, as in Spark
 * @throws DATA_SOURCE_OPTION for a wrong value, NOT_SUPPORTED for an option that would change results and is missing here
 */
export function jsonOptions(options: Readonly<Record<string, string>>, sessionTimeZone: string): JsonOptions {
  const given = new Map(Object.entries(options).map(([name, value]) => [name.toLowerCase(), value]));
  for (const [name, normal] of REFUSED) {
    const value = given.get(name);
    if (value === undefined || value.toLowerCase() === normal) continue;
    throw new MillraceError('NOT_SUPPORTED', { feature: `The JSON option ${name}`, remedy: 'Leave it out.' });
  }
  const flag = (name: string, normal: boolean): boolean => {
    const value = given.get(name.toLowerCase())?.toLowerCase();
    if (value === undefined) return normal;
    if (value === 'true' || value === 'false') return value === 'true';
    throw wrong(name, `'${value}' is not a boolean`, 'Give true or false.');
  };
  return {
    mode: parseMode(given.get('mode'), 'json'),
    columnNameOfCorruptRecord: given.get('columnnameofcorruptrecord') ?? '_corrupt_record',
    timeZone: given.get('timezone') ?? sessionTimeZone,
    timestampFormat: given.get('timestampformat'),
    timestampNtzFormat: given.get('timestampntzformat'),
    dateFormat: given.get('dateformat'),
    allowSingleQuotes: flag('allowSingleQuotes', true),
    allowNonNumericNumbers: flag('allowNonNumericNumbers', true),
    ignoreNullFields: flag('ignoreNullFields', true),
    primitivesAsString: flag('primitivesAsString', false),
    dropFieldIfAllNull: flag('dropFieldIfAllNull', false),
    prefersDecimal: flag('prefersDecimal', false),
    samplingRatio: ratio(given.get('samplingratio')),
    multiLine: flag('multiLine', false),
  };
}

/** @throws DATA_SOURCE_OPTION */
export function parseMode(text: string | undefined, format: string): ParseMode {
  const mode = (text ?? 'PERMISSIVE').toUpperCase();
  if (mode === 'PERMISSIVE' || mode === 'FAILFAST' || mode === 'DROPMALFORMED') return mode;
  throw new MillraceError('DATA_SOURCE_OPTION', {
    option: 'mode',
    format,
    problem: `'${text ?? ''}' is no parse mode`,
    remedy: 'Give PERMISSIVE, FAILFAST or DROPMALFORMED.',
  });
}

function ratio(text: string | undefined): number {
  const value = Number(text ?? '1');
  if (value > 0 && value <= 1) return value;
  throw wrong('samplingRatio', `'${text ?? ''}' is not in (0, 1]`, 'Give 1.0 to look at every record.');
}

function wrong(option: string, problem: string, remedy: string): MillraceError<'DATA_SOURCE_OPTION'> {
  return new MillraceError('DATA_SOURCE_OPTION', { option, format: 'json', problem, remedy });
}
