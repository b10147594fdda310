/** What `\p{…}` stands for in Java, as a class of JavaScript's flag v. */
import { malformed, unknown, type Reader } from './reader.ts';

const CATEGORIES = new Set(
  'C Cc Cf Cn Co Cs L LC Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs'.split(
    ' ',
  ),
);

/** POSIX classes and Java's own, of ASCII. */
const ASCII: Readonly<Record<string, string>> = {
  ASCII: '\\0-\\x7F',
  Alnum: 'A-Za-z0-9',
  Alpha: 'A-Za-z',
  Blank: ' \\t',
  Cntrl: '\\0-\\x1F\\x7F',
  Digit: '0-9',
  Graph: '!-~',
  L1: '\\0-\\xFF',
  LD: '\\p{L}\\p{Nd}',
  Lower: 'a-z',
  Print: ' -~',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Space: ' \\t-\\r',
  Upper: 'A-Z',
  XDigit: '0-9A-Fa-f',
  all: '\\0-\\u{10FFFF}',
};

/** The same with the flag U; what is not here stays. */
const UNICODE: Readonly<Record<string, string>> = {
  Alnum: '\\p{Alphabetic}\\p{Nd}',
  Alpha: '\\p{Alphabetic}',
  Blank: '\\p{Zs}\\t',
  Cntrl: '\\p{Cc}',
  Digit: '\\p{Nd}',
  Lower: '\\p{Lowercase}',
  Punct: '\\p{P}',
  Space: '\\p{White_Space}',
  Upper: '\\p{Uppercase}',
  XDigit: '\\p{Nd}\\p{Hex_Digit}',
};

/** Binary properties after `Is`, lower case. */
const BINARY: Readonly<Record<string, string>> = {
  alphabetic: '\\p{Alphabetic}',
  assigned: '\\P{Cn}',
  control: '\\p{Cc}',
  digit: '\\p{Nd}',
  hex_digit: '\\p{Nd}\\p{Hex_Digit}',
  ideographic: '\\p{Ideographic}',
  join_control: '\\p{Join_Control}',
  letter: '\\p{L}',
  lowercase: '\\p{Lowercase}',
  punctuation: '\\p{P}',
  titlecase: '\\p{Lt}',
  uppercase: '\\p{Uppercase}',
  white_space: '\\p{White_Space}',
  alnum: '\\p{Alphabetic}\\p{Nd}',
};

/** Methods of `java.lang.Character`, after `java`. */
const METHODS: Readonly<Record<string, string>> = {
  Alphabetic: '\\p{Alphabetic}',
  Digit: '\\p{Nd}',
  Letter: '\\p{L}',
  LetterOrDigit: '\\p{L}\\p{Nd}',
  LowerCase: '\\p{Lowercase}',
  SpaceChar: '\\p{Z}',
  TitleCase: '\\p{Lt}',
  UpperCase: '\\p{Uppercase}',
  Whitespace: '\\t-\\r\\x1C-\\x1F[\\p{Z}--[\\xA0\\u2007\\u202F]]',
};

/** Where case is ignored, letters of either case are in these. */
const CASED = new Set(['Lu', 'Ll', 'Lt', 'lowercase', 'uppercase', 'titlecase', 'LowerCase', 'UpperCase', 'TitleCase']);

/** @returns a class, to stand alone or inside another one */
export function propertyClass(reader: Reader, name: string): string {
  const prefixed = /^(Is|In|java|(\w+)=)(.+)$/.exec(name);
  const [, prefix, key = '', rest = ''] = prefixed ?? [];
  const ignoresCase = reader.flags.has('i');
  if (CATEGORIES.has(name)) return category(name, ignoresCase);
  if (Object.hasOwn(ASCII, name)) return posix(reader, name);
  if (prefix === 'Is') return is(reader, rest);
  if (prefix === 'In') throw unknown(`the block \\p{${name}}`, reader.pattern);
  if (prefix === 'java') {
    if (ignoresCase && CASED.has(rest)) return '[\\p{Lowercase}\\p{Uppercase}\\p{Lt}]';
    if (!Object.hasOwn(METHODS, rest)) throw unknown(`\\p{${name}}`, reader.pattern);
    return `[${METHODS[rest] ?? ''}]`;
  }
  switch (key.toLowerCase()) {
    case 'sc':
    case 'script':
      return script(reader, rest);
    case 'gc':
    case 'general_category':
      if (CATEGORIES.has(rest)) return category(rest, ignoresCase);
      break;
    case 'blk':
    case 'block':
      throw unknown(`the block \\p{${name}}`, reader.pattern);
  }
  throw malformed(reader.pattern);
}

function category(name: string, ignoresCase: boolean): string {
  return ignoresCase && CASED.has(name) ? '[\\p{Lu}\\p{Ll}\\p{Lt}]' : `[\\p{${name}}]`;
}

function posix(reader: Reader, name: string): string {
  const wanted = reader.flags.has('i') && (name === 'Lower' || name === 'Upper') ? ['Lower', 'Upper'] : [name];
  const table = reader.flags.has('U') ? { ...ASCII, ...UNICODE } : ASCII;
  return `[${wanted.map((each) => table[each] ?? '').join('')}]`;
}

/** `\p{IsX}`: a binary property, a category or a script. */
function is(reader: Reader, name: string): string {
  const lower = name.toLowerCase();
  const ignoresCase = reader.flags.has('i');
  if (Object.hasOwn(BINARY, lower)) {
    return ignoresCase && CASED.has(lower) ? '[\\p{Lowercase}\\p{Uppercase}\\p{Lt}]' : `[${BINARY[lower] ?? ''}]`;
  }
  return CATEGORIES.has(name) ? category(name, ignoresCase) : script(reader, name);
}

/** Scripts are known by their long and short names, in any case. */
function script(reader: Reader, name: string): string {
  const written = name.toLowerCase().replace(/(^|_)[a-z]/g, (first) => first.toUpperCase());
  const text = `[\\p{Script=${written}}]`;
  try {
    new RegExp(text, 'v');
  } catch (cause) {
    throw malformed(reader.pattern, cause);
  }
  return text;
}
