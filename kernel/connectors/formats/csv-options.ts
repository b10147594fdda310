/** Spark's options of the CSV format. */
import { MillraceError } from '../../core/errors.ts';
import { parseMode, type ParseMode } from '../../functions/json/options.ts';
import { getOption, type ConnectorOptions } from '../contract.ts';
import { optionReader } from '../options.ts';

export interface CsvOptions {
  /** One byte each; undefined: none. */
  readonly separator: number;
  readonly quote: number | undefined;
  readonly escape: number | undefined;
  readonly comment: number | undefined;
  readonly header: boolean;
  readonly inferSchema: boolean;
  readonly multiLine: boolean;
  readonly ignoreLeadingWhiteSpace: boolean;
  readonly ignoreTrailingWhiteSpace: boolean;
  /** A field with this text is null, and so is one without any. */
  readonly nullValue: string;
  /** The text of an empty field in quotes; null where it equals nullValue. */
  readonly emptyValue: string;
  readonly nanValue: string;
  readonly positiveInf: string;
  readonly negativeInf: string;
  readonly mode: ParseMode;
  readonly columnNameOfCorruptRecord: string;
  readonly dateFormat: string | undefined;
  readonly timestampFormat: string | undefined;
  readonly timestampNtzFormat: string | undefined;
  readonly timeZone: string;
}

/** @throws DATA_SOURCE_OPTION, NOT_SUPPORTED */
export function csvOptions(options: ConnectorOptions, sessionTimeZone: string): CsvOptions {
  const reader = optionReader('csv', options);
  const raw = (name: string): string | undefined => getOption(options, name);
  const byte = (name: string, text: string): number => {
    const code = text === '\\t' ? 9 : text.length === 1 ? text.charCodeAt(0) : -1;
    if (code >= 0 && code < 128) return code;
    throw new MillraceError('NOT_SUPPORTED', {
      feature: `The CSV option ${name} '${text}', which is not one ASCII character,`,
      remedy: 'Give a single ASCII character.',
    });
  };
  const optional = (name: string, normal: string | undefined): number | undefined => {
    const text = raw(name) ?? normal;
    return text === undefined || text === '' || text === '\u0000' ? undefined : byte(name, text);
  };
  const encoding = raw('encoding') ?? raw('charset') ?? 'utf-8';
  if (!/^(utf-?8|us-ascii|ascii)$/i.test(encoding) || (raw('lineSep') ?? '\n') !== '\n') {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: 'CSV in another encoding than UTF-8, or with another line separator than a line feed,',
      remedy: 'Convert the file to UTF-8 with line feeds.',
    });
  }
  return {
    separator: byte('sep', raw('sep') ?? raw('delimiter') ?? ','),
    quote: optional('quote', '"'),
    escape: optional('escape', '\\'),
    comment: optional('comment', undefined),
    header: reader.flag('header') ?? false,
    inferSchema: reader.flag('inferSchema') ?? false,
    multiLine: reader.flag('multiLine') ?? false,
    ignoreLeadingWhiteSpace: reader.flag('ignoreLeadingWhiteSpace') ?? false,
    ignoreTrailingWhiteSpace: reader.flag('ignoreTrailingWhiteSpace') ?? false,
    nullValue: raw('nullValue') ?? '',
    emptyValue: raw('emptyValue') ?? '',
    nanValue: raw('nanValue') ?? 'NaN',
    positiveInf: raw('positiveInf') ?? 'Inf',
    negativeInf: raw('negativeInf') ?? '-Inf',
    mode: parseMode(raw('mode'), 'csv'),
    columnNameOfCorruptRecord: raw('columnNameOfCorruptRecord') ?? '_corrupt_record',
    dateFormat: raw('dateFormat'),
    timestampFormat: raw('timestampFormat'),
    timestampNtzFormat: raw('timestampNTZFormat'),
    timeZone: raw('timeZone') ?? sessionTimeZone,
  };
}
