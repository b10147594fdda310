/** `window(time, duration, slide, start)` in expressions becomes a `timeWindow` node below, as Spark's TimeWindowing does. */
import { field, typeName, Types } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import { Exprs, type Expr, type ExprOf } from '../expr/expr.ts';
import { contains, sameExpr, transformDown, walk } from '../expr/nodes.ts';
import { typeOf } from '../expr/resolved.ts';
import { exprText } from '../expr/text.ts';
import type { AnalysisContext } from './context.ts';
import { parseInterval } from './interval.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { coerce, resolveCalls } from './resolve-expr.ts';

const WINDOW_TYPE = Types.struct([field('start', Types.timestamp), field('end', Types.timestamp)]);

const isWindow = (node: Expr): node is ExprOf<'call'> => node.kind === 'call' && node.name === 'window';

/**
 * @param exprs names resolved, calls not
 * @returns the expressions over a child that has the window's column
 * @throws DATATYPE_MISMATCH
 */
export function placeWindows(
  exprs: readonly Expr[],
  child: LogicalPlan,
  context: AnalysisContext,
): { readonly exprs: readonly Expr[]; readonly child: LogicalPlan } {
  const found: ExprOf<'call'>[] = [];
  for (const expr of exprs) {
    walk(expr, (node) => {
      if (!isWindow(node)) return 'descend';
      if (!found.some((other) => sameExpr(other, node))) found.push(node);
      return 'skip';
    });
  }
  const [call, second] = found;
  if (call === undefined) return { exprs, child };
  if (second !== undefined) {
    throw invalid(
      second,
      'an operator can have only one time window',
      'Compute the other one in an operator of its own.',
    );
  }
  const window = Exprs.column(context.nextColumnId(), 'window', WINDOW_TYPE, false);
  const node = windowNode(call, window, child, context);
  return { child: node, exprs: exprs.map((expr) => replaceWindow(expr, window)) };
}

export function hasWindow(expr: Expr): boolean {
  return contains(expr, isWindow);
}

function replaceWindow(expr: Expr, window: Expr): Expr {
  return transformDown(expr, (node) => (isWindow(node) ? window : undefined));
}

function windowNode(
  call: ExprOf<'call'>,
  window: ExprOf<'column'>,
  child: LogicalPlan,
  context: AnalysisContext,
): LogicalPlan {
  const [timeArg, ...durations] = call.args;
  if (timeArg === undefined || durations.length < 1 || durations.length > 3) {
    throw new MillraceError('WRONG_NUM_ARGS', { name: 'window', expected: '2 to 4', actual: call.args.length });
  }
  const time = timeOf(call, resolveCalls(timeArg, context.functions), context);
  const windowMicros = durationOf(call, durations[0], 'the window');
  const slideMicros = durations[1] === undefined ? windowMicros : durationOf(call, durations[1], 'the slide');
  const startMicros = durations[2] === undefined ? 0n : durationOf(call, durations[2], 'the start');
  if (windowMicros <= 0n)
    throw invalid(call, 'its duration must be greater than 0', 'Give a duration such as "1 minute".');
  if (slideMicros <= 0n) throw invalid(call, 'its slide must be greater than 0', 'Give a slide such as "30 seconds".');
  if (slideMicros > windowMicros) {
    throw invalid(call, 'the slide must not exceed the duration', 'Give a shorter slide, or a longer window.');
  }
  const offset = startMicros < 0n ? -startMicros : startMicros;
  if (offset >= slideMicros)
    throw invalid(call, 'the start must be less than the slide', 'Give a start within one slide.');
  return Object.freeze({ kind: 'timeWindow', time, windowMicros, slideMicros, startMicros, window, child });
}

function timeOf(call: Expr, time: Expr, context: AnalysisContext): Expr {
  const type = typeOf(time);
  switch (type.kind) {
    case 'timestamp':
      return time;
    case 'timestamp_ntz':
      throw new MillraceError('NOT_SUPPORTED', {
        feature: 'A window over timestamp_ntz',
        remedy: 'Cast it to timestamp.',
      });
    case 'date':
    case 'string':
    case 'void':
      return coerce(time, Types.timestamp, context.functions);
    case 'struct':
      throw new MillraceError('NOT_SUPPORTED', {
        feature: 'A window over a window',
        remedy: 'Aggregate over a longer window of the timestamp itself.',
      });
    case 'boolean':
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'decimal':
    case 'binary':
    case 'array':
    case 'map':
      throw invalid(
        call,
        `its time has the type ${typeName(type)}`,
        'Give a timestamp: to_timestamp() or timestamp_seconds() make one.',
      );
  }
}

function durationOf(call: Expr, arg: Expr | undefined, what: string): bigint {
  const literal = arg?.kind === 'call' && arg.name === 'interval' ? arg.args[0] : arg;
  if (literal?.kind !== 'literal' || literal.value === null) {
    throw invalid(call, `${what} must be a literal`, 'Write it as text, such as "10 minutes".');
  }
  if (typeof literal.value === 'bigint' || typeof literal.value === 'number') return BigInt(literal.value);
  const interval = parseInterval(String(literal.value));
  if (interval.months !== 0) {
    throw invalid(call, 'months and years have no fixed length', 'Use days or weeks.');
  }
  return BigInt(interval.days) * 86_400_000_000n + interval.microseconds;
}

function invalid(expr: Expr, problem: string, remedy: string): MillraceError {
  const options = expr.kind === 'call' && expr.position !== undefined ? { position: expr.position } : {};
  return new MillraceError('DATATYPE_MISMATCH', { expression: exprText(expr), problem, remedy }, options);
}
