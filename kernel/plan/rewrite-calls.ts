/**
 * Calls that are only another way to write something: `if`, `nvl`, `between`, intervals, filtered aggregates. Rewritten
 * before functions are looked up; what may fail stays behind its condition, since CASE evaluates branches by need.
 */
import { typeName, Types } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import { Exprs, type Expr, type ExprOf } from '../expr/expr.ts';
import { typeOf } from '../expr/resolved.ts';
import { lookupFunction } from '../functions/registry.ts';
import { parseInterval } from './interval.ts';
import type { CalendarInterval } from './logical-plan.ts';
import { extractField } from './scope.ts';

type Call = ExprOf<'call'>;

const one = Exprs.literal(1, Types.int);
const call = (name: string, ...args: Expr[]): Expr => Exprs.call(name, args);

/** NULL itself is accepted where a condition is wanted. */
function orNull(condition: Expr): Expr {
  return !isInterval(condition) && typeOf(condition).kind === 'void' ? Exprs.literal(null, Types.boolean) : condition;
}

function when(condition: Expr, then: Expr, otherwise?: Expr): Expr {
  const branches = [{ when: condition, then }];
  return Object.freeze(otherwise === undefined ? { kind: 'case', branches } : { kind: 'case', branches, otherwise });
}

/**
 * @param node its arguments are resolved already
 * @returns an expression that may hold further calls; undefined where `node` is a plain call
 */
export function rewriteCall(node: Call): Expr | undefined {
  const [a, b, c] = node.args;
  if (node.filter !== undefined) return filtered(node, node.filter);
  if (a === undefined) return undefined;
  switch (node.name) {
    case 'if':
    case 'iff':
      return b === undefined || c === undefined ? undefined : when(orNull(a), b, c);
    case 'nvl':
    case 'ifnull':
    case 'coalesce':
      return lazyCoalesce(node.args) ?? (node.name === 'coalesce' ? undefined : Exprs.call('coalesce', node.args));
    case 'nvl2':
      return b === undefined || c === undefined ? undefined : when(call('isnotnull', a), b, c);
    case 'nullif':
      return b === undefined ? undefined : when(call('=', a, b), Exprs.literal(null, Types.void), a);
    case 'nullifzero':
      return when(call('=', a, Exprs.literal(0, Types.int)), Exprs.literal(null, Types.void), a);
    case 'zeroifnull':
      return call('coalesce', a, Exprs.literal(0, Types.int));
    case 'between':
      return b === undefined || c === undefined ? undefined : call('and', call('>=', a, b), call('<=', a, c));
    case '||':
      return b === undefined ? undefined : call('concat', a, b);
    case 'count_if':
      return call('count', when(orNull(a), one));
    case 'getitem':
      return b === undefined ? undefined : structField(a, b);
    case 'getfield':
      return b === undefined ? undefined : (structField(a, b) ?? call('getitem', a, b));
    case 'mod':
      return call('%', ...node.args);
    case '<<':
      return call('shiftleft', ...node.args);
    case '>>':
      return call('shiftright', ...node.args);
    case '>>>':
      return call('shiftrightunsigned', ...node.args);
    case 'unary minus':
      return call('negative', a);
    case 'unary plus':
      return call('positive', a);
    case 'extract':
    case 'datepart':
      return b === undefined ? undefined : call('date_part', a, b);
    case '+':
    case '-':
      return b === undefined ? undefined : addition(node.name, a, b);
    default:
      return undefined;
  }
}

/** A CASE where a later argument may fail; the eager function otherwise. */
function lazyCoalesce(args: readonly Expr[]): Expr | undefined {
  const isSafe = (expr: Expr): boolean => expr.kind === 'column' || expr.kind === 'literal' || expr.kind === 'field';
  if (args.slice(1).every(isSafe)) return undefined;
  return Object.freeze({
    kind: 'case',
    branches: args.slice(0, -1).map((arg) => ({ when: call('isnotnull', arg), then: arg })),
    ...(args.length === 0 ? {} : { otherwise: args[args.length - 1] ?? one }),
  });
}

/** `sum(x) FILTER (WHERE c)` is `sum(CASE WHEN c THEN x END)`, since aggregates skip nulls. */
function filtered(node: Call, filter: Expr): Expr {
  if (['first', 'last', 'any_value', 'first_value', 'last_value'].includes(node.name)) {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: `${node.name} with FILTER`,
      remedy: 'Filter the rows before the aggregation.',
    });
  }
  if (lookupFunction(node.name)?.kind === 'scalar') {
    throw new MillraceError('INVALID_SQL_SYNTAX', {
      problem: `${node.name} is no aggregate, and takes no FILTER`,
      remedy: 'Leave the clause out, or use WHERE.',
    });
  }
  const [value] = node.args;
  const input = value === undefined || value.kind === 'star' ? one : value;
  return Exprs.call(node.name, [when(orNull(filter), input)], node.distinct === true ? { distinct: true } : {});
}

/** `s['a']` and `s.a` of a struct; arrays and maps are left to the function `getitem`. */
function structField(child: Expr, key: Expr): Expr | undefined {
  if (typeOf(child).kind !== 'struct' || key.kind !== 'literal') return undefined;
  return extractField(child, String(key.value));
}

function addition(operator: string, a: Expr, b: Expr): Expr | undefined {
  if (isInterval(a) && (isInterval(b) || operator === '-')) throw intervalArithmetic(operator, b);
  const interval = intervalOf(b);
  if (interval !== undefined) return addInterval(a, interval, operator === '-' ? -1n : 1n);
  const swapped = operator === '+' ? intervalOf(a) : undefined;
  if (swapped !== undefined) return addInterval(b, swapped, 1n);
  const left = typeOf(a).kind;
  const right = typeOf(b).kind;
  if (left === 'date' && (right === 'int' || right === 'short' || right === 'byte')) {
    return call(operator === '+' ? 'date_add' : 'date_sub', a, b);
  }
  if (operator === '+' && right === 'date' && (left === 'int' || left === 'short' || left === 'byte'))
    return call('date_add', b, a);
  return undefined;
}

function intervalArithmetic(operator: string, right: Expr): MillraceError {
  if (isInterval(right)) {
    return new MillraceError('NOT_SUPPORTED', {
      feature: `INTERVAL ${operator} INTERVAL`,
      remedy: "Write one interval, as in INTERVAL '1 day 2 hours', or add them to a time one after the other.",
    });
  }
  return new MillraceError('DATATYPE_MISMATCH', {
    expression: `INTERVAL - ${typeName(typeOf(right))}`,
    problem: 'nothing can be subtracted from an interval but an interval',
    remedy: 'Turn the operands around.',
  });
}

export function isInterval(expr: Expr): boolean {
  return expr.kind === 'call' && expr.name === 'interval';
}

/** An interval stays a call until here: there are no interval columns. */
function intervalOf(expr: Expr): string | undefined {
  if (expr.kind !== 'call' || expr.name !== 'interval') return undefined;
  const [text] = expr.args;
  return text?.kind === 'literal' ? String(text.value) : undefined;
}

const DAY_MICROS = 86_400_000_000n;

/** Without months an interval is one span of time, of which whole days count by the calendar: 24 hours are a day. */
function normalized(interval: CalendarInterval): CalendarInterval {
  if (interval.months !== 0) return interval;
  const total = BigInt(interval.days) * DAY_MICROS + interval.microseconds;
  return { months: 0, days: Number(total / DAY_MICROS), microseconds: total % DAY_MICROS };
}

function addInterval(time: Expr, text: string, sign: bigint): Expr {
  const { months, days, microseconds } = normalized(parseInterval(text));
  // Part of a day makes a date a timestamp, even where it adds up to days.
  if (typeOf(time).kind === 'date' && / *(?:hour|minute|\w*second)/i.test(text))
    return addInterval(Exprs.cast(time, Types.timestamp), text, sign);
  const int = (value: number): Expr => Exprs.literal(value * Number(sign), Types.int);
  return call('add_interval', time, int(months), int(days), Exprs.literal(microseconds * sign, Types.long));
}
