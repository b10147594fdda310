/**
 * Expressions as text, as Spark's `toPrettySQL` writes them: the names of unnamed output columns, and what `explain` shows.
 * Implicit casts never show, since names are made before types are coerced.
 */
import { typeName } from '../arrow/types.ts';
import { literalText } from './literal.ts';
import type { Expr, SortOrder } from './expr.ts';

/** Operators between two operands, in parentheses. */
const INFIX: Readonly<Record<string, string>> = {
  '+': '+',
  '-': '-',
  '*': '*',
  '/': '/',
  '%': '%',
  div: 'div',
  '=': '=',
  '==': '=',
  '<=>': '<=>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  and: 'AND',
  or: 'OR',
  '&': '&',
  '|': '|',
  '^': '^',
  '<<': '<<',
  '>>': '>>',
  '>>>': '>>>',
};

/** Functions whose name Spark shows in capitals, however they are written. */
// prettier-ignore
const SHOWN_IN_CAPITALS: ReadonlySet<string> = new Set([
  'acos', 'acosh', 'asin', 'asinh', 'atan', 'atan2', 'atanh', 'cbrt', 'cos', 'cosh', 'cot', 'csc', 'degrees', 'e', 'exp', 'expm1',
  'hypot', 'log10', 'log1p', 'log2', 'pi', 'power', 'radians', 'regexp_like', 'sec', 'signum', 'sin', 'sinh', 'sqrt', 'tan', 'tanh',
]);

/** `int(x)` casts, and the cast does not show. */
// prettier-ignore
const CASTS: ReadonlySet<string> = new Set([
  'bigint', 'binary', 'boolean', 'date', 'decimal', 'double', 'float', 'int', 'smallint', 'string', 'timestamp', 'tinyint',
]);

/** What shows for an argument that was left out, where `after` were given. */
const DEFAULTS: Readonly<Record<string, { readonly after: number; readonly text: string }>> = {
  bround: { after: 1, text: '0' },
  from_unixtime: { after: 1, text: 'yyyy-MM-dd HH:mm:ss' },
  locate: { after: 2, text: '1' },
  lpad: { after: 2, text: ' ' },
  months_between: { after: 2, text: 'true' },
  overlay: { after: 3, text: '-1' },
  position: { after: 2, text: '1' },
  regexp_extract: { after: 2, text: '1' },
  regexp_extract_all: { after: 2, text: '1' },
  regexp_instr: { after: 2, text: '0' },
  regexp_replace: { after: 3, text: '1' },
  replace: { after: 2, text: '' },
  round: { after: 1, text: '0' },
  rpad: { after: 2, text: ' ' },
  sort_array: { after: 1, text: 'true' },
  split: { after: 2, text: '-1' },
  substr: { after: 2, text: '2147483647' },
  substring: { after: 2, text: '2147483647' },
  to_unix_timestamp: { after: 1, text: 'yyyy-MM-dd HH:mm:ss' },
  unix_timestamp: { after: 1, text: 'yyyy-MM-dd HH:mm:ss' },
};

/** `count(1)`, `(a + 1)`, `CAST(a AS STRING)`, `data.url`. */
export function exprText(expr: Expr): string {
  switch (expr.kind) {
    case 'attribute':
      return expr.parts.join('.');
    case 'star':
      return [...expr.target, '*'].join('.');
    case 'parameter':
      return `:${expr.name}`;
    case 'literal':
      return expr.text ?? literalText(expr.value, expr.type);
    case 'alias':
      return `${exprText(expr.child)} AS ${expr.name}`;
    case 'cast':
      return `${expr.mode === 'try' ? 'TRY_CAST' : 'CAST'}(${exprText(expr.child)} AS ${typeName(expr.type).toUpperCase()})`;
    case 'case':
      return [
        'CASE',
        ...expr.branches.map((branch) => `WHEN ${exprText(branch.when)} THEN ${exprText(branch.then)}`),
        ...(expr.otherwise === undefined ? [] : [`ELSE ${exprText(expr.otherwise)}`]),
        'END',
      ].join(' ');
    case 'column':
      return expr.name;
    case 'field':
      return `${exprText(expr.child)}.${expr.name}`;
    case 'call':
      return callText(expr.name, expr.args, expr.distinct ?? false) + filterText(expr.filter);
    case 'function':
      return callText(expr.name, expr.args, false);
    case 'aggregate':
      return callText(expr.name, expr.args, expr.distinct) + filterText(expr.filter);
  }
}

/** Fields of a struct are called as columns would be, others col1, col2, …. */
export function structFieldName(value: Expr, index: number): string {
  const isNamed = value.kind === 'alias' || value.kind === 'column' || value.kind === 'field';
  return isNamed ? value.name : `col${index + 1}`;
}

export function sortText(order: SortOrder): string {
  return `${exprText(order.child)} ${order.direction.toUpperCase()} NULLS ${order.nulls.toUpperCase()}`;
}

function filterText(filter: Expr | undefined): string {
  return filter === undefined ? '' : ` FILTER (WHERE ${exprText(filter)})`;
}

/** `ltrim(set, text)` shows its arguments as `TRIM(LEADING set FROM text)`. */
function trimText(name: string, texts: readonly string[]): string {
  const [text = '', set] = texts;
  if (set === undefined) return `${name}(${text})`;
  return `TRIM(${name === 'trim' ? 'BOTH' : name === 'ltrim' ? 'LEADING' : 'TRAILING'} ${set} FROM ${text})`;
}

/** Times moved by days or intervals show without parentheses, or as the function that moves them. */
function timeText(name: '+' | '-', args: readonly Expr[], texts: readonly string[]): string | undefined {
  const isInterval = (expr: Expr | undefined): boolean => expr?.kind === 'call' && expr.name === 'interval';
  const [left, right] = name === '+' && isInterval(args[0]) ? [args[1], args[0]] : args;
  const [a = '', b = ''] = left === args[0] ? texts : [texts[1], texts[0]];
  const move = name === '+' ? 'date_add' : 'date_sub';
  if (isInterval(right)) {
    const isDays = typeKind(left) === 'date' && / DAY$/.test(b);
    return isDays ? `${move}(${a}, extractansiintervaldays(${b}))` : `${a} ${name} ${b}`;
  }
  if (typeKind(left) === 'date' && isCount(right)) return `${move}(${a}, ${b})`;
  return name === '+' && isCount(left) && typeKind(right) === 'date' ? `${move}(${b}, ${a})` : undefined;
}

function isCount(expr: Expr | undefined): boolean {
  const kind = typeKind(expr);
  return kind === 'int' || kind === 'short' || kind === 'byte';
}

function typeKind(expr: Expr | undefined): string | undefined {
  return expr?.kind === 'column' || expr?.kind === 'literal' || expr?.kind === 'field' ? expr.type.kind : undefined;
}

/** One unit shows as Spark writes it: `INTERVAL '01' HOUR`; several as they were given. */
function intervalText(text: string): string {
  const one = /^'?(-?)(\d+(?:\.\d+)?)'?\s+(year|month|day|hour|minute|second)s?$/i.exec(text);
  if (one === null) return `INTERVAL '${text}'`;
  const [, sign = '', amount = '', unit = ''] = one;
  const isClock = /hour|minute|second/i.test(unit);
  const shown = isClock && amount.split('.')[0]?.length === 1 ? `0${amount}` : amount;
  return `INTERVAL '${sign}${shown}' ${unit.toUpperCase()}`;
}

function isStruct(expr: Expr | undefined): boolean {
  return (expr?.kind === 'column' || expr?.kind === 'field') && expr.type.kind === 'struct';
}

function callText(name: string, args: readonly Expr[], distinct: boolean): string {
  const texts = args.map(exprText);
  const [a = '', b = ''] = texts;
  if ((name === '+' || name === '-') && texts.length === 2) {
    const moved = timeText(name, args, texts);
    if (moved !== undefined) return moved;
  }
  const infix = Object.hasOwn(INFIX, name) ? INFIX[name] : undefined;
  if (infix !== undefined && texts.length === 2) return `(${a} ${infix} ${b})`;
  const shown = SHOWN_IN_CAPITALS.has(name) ? name.toUpperCase() : name;
  const byDefault = Object.hasOwn(DEFAULTS, name) ? DEFAULTS[name] : undefined;
  if (byDefault !== undefined && texts.length === byDefault.after)
    return `${name}(${[...texts, byDefault.text].join(', ')})`;
  if (CASTS.has(name) && texts.length === 1) return a;
  switch (name) {
    case 'typed literal':
      return a;
    case 'if':
    case 'iff':
      return `(IF(${texts.join(', ')}))`;
    case 'positive':
      return `(+ ${a})`;
    case 'unary minus':
      return `(- ${a})`;
    case 'unary plus':
      return `(+ ${a})`;
    case 'ceil':
    case 'floor':
      return `${texts.length === 1 ? name.toUpperCase() : name}(${texts.join(', ')})`;
    case 'log':
      return `LOG(${texts.length === 1 ? 'E(), ' : ''}${texts.join(', ')})`;
    case 'curdate':
      return 'current_date()';
    case 'row constructor':
      return `named_struct(${args.map((arg, i) => `${structFieldName(arg, i)}, ${texts[i] ?? ''}`).join(', ')})`;
    case 'dateadd':
      return `date_add(${texts.join(', ')})`;
    case 'datepart':
      return `datepart(${a} FROM ${b})`;
    case 'extract':
      return `extract(${a} FROM ${b})`;
    case 'getfield':
      return `${a}.${b}`;
    case 'ltrim':
    case 'rtrim':
    case 'trim':
      return trimText(name, texts);
    case '<>':
    case '!=':
      return `(NOT (${a} = ${b}))`;
    case 'not':
    case '!':
      return `(NOT ${a})`;
    case '~':
      return `~${a}`;
    case 'isnull':
      return `(${a} IS NULL)`;
    case 'isnotnull':
      return `(${a} IS NOT NULL)`;
    case 'in':
      return `(${a} IN (${texts.slice(1).join(', ')}))`;
    case 'like':
      return `${a} LIKE ${b}${texts.length === 3 ? ` ESCAPE '${texts[2] ?? ''}'` : ''}`;
    case 'ilike':
      return `ilike(${a}, ${b})`;
    case 'rlike':
      return `RLIKE(${a}, ${b})`;
    case '||':
      return `concat(${texts.join(', ')})`;
    case 'getitem':
      return isStruct(args[0]) ? `${a}.${b}` : `${a}[${b}]`;
    case 'interval':
      return intervalText(a);
    case 'window':
    case 'session_window':
      return name;
    case 'from_json':
    case 'to_json':
      return `${name}(${a})`;
    case 'count':
      if (args[0]?.kind === 'star' || args.length === 0) return 'count(1)';
      return `count(${distinct ? 'DISTINCT ' : ''}${texts.join(', ')})`;
    default:
      return `${shown}(${distinct ? 'DISTINCT ' : ''}${texts.join(', ')})`;
  }
}
