/**
 * CASE, AND and OR. Each branch is computed over the rows that reach it, where computing it for the others could raise an
 * error; the parts are then put together in the rows' order.
 */
import type { Column } from '../../arrow/column.ts';
import { concatColumns } from '../../arrow/concat.ts';
import { Types, type DataType } from '../../arrow/types.ts';
import { present } from '../../core/assert.ts';
import type { Expr, ExprOf } from '../../expr/expr.ts';
import { typeOf } from '../../expr/resolved.ts';
import type { Argument } from '../../functions/contract.ts';
import { scalarFunction } from '../functions.ts';
import { columnOfArgument, nullsOf, rowsWhere, selectColumn, trueBits } from '../columns.ts';
import { takeBatch, takeColumn } from '../take.ts';
import type { Evaluate, ExpressionCompiler, Frame } from './frame.ts';
import { mayRaise } from './raising.ts';

interface Branch {
  readonly when: Evaluate;
  readonly then: Evaluate;
}

export function compileCase(expression: ExprOf<'case'>, compiler: ExpressionCompiler): Evaluate {
  const type = typeOf(expression);
  const branches = expression.branches.map(({ when, then }) => ({
    when: compiler.compile(when),
    then: compiler.compile(then),
  }));
  const otherwise = compiler.compile(expression.otherwise ?? nullLiteral(type));
  const [first, ...later] = expression.branches;
  const guarded: Expr[] = [
    ...(first === undefined ? [] : [first.then]),
    ...later.flatMap(({ when, then }) => [when, then]),
    ...(expression.otherwise === undefined ? [] : [expression.otherwise]),
  ];
  const lazy = guarded.some((part) => mayRaise(part, compiler.context));
  return lazy
    ? (frame) => ({ kind: 'column', column: evaluateByRows(branches, otherwise, type, frame) })
    : (frame) => evaluateWhole(branches, otherwise, type, frame);
}

function nullLiteral(type: DataType): Expr {
  return { kind: 'literal', value: null, type };
}

/** Every branch over all rows, the last first, each laid over what the later ones gave. */
function evaluateWhole(branches: readonly Branch[], otherwise: Evaluate, type: DataType, frame: Frame): Argument {
  const { length } = frame.batch;
  const { arena } = frame.context;
  let result = otherwise(frame);
  for (const { when, then } of branches.toReversed()) {
    const condition = when(frame);
    if (condition.kind === 'constant') {
      if (condition.value === true) result = then(frame);
      continue;
    }
    const bits = trueBits(condition.column, frame.context);
    const whenTrue = columnOfArgument(typed(then(frame), type), length, arena);
    const whenNot = columnOfArgument(typed(result, type), length, arena);
    result = { kind: 'column', column: selectColumn(bits, whenTrue, whenNot, frame.context) };
  }
  return typed(result, type);
}

/** A null literal may be of type void where the branches agree on another. */
function typed(argument: Argument, type: DataType): Argument {
  return argument.kind === 'constant' ? { ...argument, type } : argument;
}

function evaluateByRows(branches: readonly Branch[], otherwise: Evaluate, type: DataType, frame: Frame): Column {
  const parts = new Parts(frame);
  let rest: Rows = { frame, rows: undefined };
  for (const { when, then } of branches) {
    if (lengthOf(rest) === 0) break;
    const condition = columnOfArgument(when(rest.frame), lengthOf(rest), frame.context.arena);
    const bits = trueBits(condition, frame.context);
    const chosen = narrow(rest, bits, 'set');
    if (lengthOf(chosen) > 0)
      parts.add(chosen, columnOfArgument(typed(then(chosen.frame), type), lengthOf(chosen), frame.context.arena));
    rest = narrow(rest, bits, 'unset');
  }
  if (lengthOf(rest) > 0) {
    parts.add(rest, columnOfArgument(typed(otherwise(rest.frame), type), lengthOf(rest), frame.context.arena));
  }
  return parts.assemble(type);
}

/** Some rows of a batch: their own frame, and where they stand in the whole (undefined: all rows, in order). */
interface Rows {
  readonly frame: Frame;
  readonly rows: Uint32Array | undefined;
}

function lengthOf({ frame }: Rows): number {
  return frame.batch.length;
}

function narrow(from: Rows, bits: Uint8Array, which: 'set' | 'unset'): Rows {
  const { batch, context } = from.frame;
  const indices = rowsWhere(bits, batch.length, which, context);
  if (indices.length === batch.length) return from;
  const frame: Frame = { batch: takeBatch(batch, indices, context), context, shared: [] };
  const { rows } = from;
  return { frame, rows: rows === undefined ? indices : indices.map((index) => rows[index] ?? 0) };
}

/** Columns over disjoint rows of a batch, to be put together. */
class Parts {
  readonly #frame: Frame;
  readonly #columns: Column[] = [];
  readonly #rows: (Uint32Array | undefined)[] = [];

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  add({ rows }: Rows, column: Column): void {
    this.#columns.push(column);
    this.#rows.push(rows);
  }

  /** Rows that no part covers are null. */
  assemble(type: DataType): Column {
    const { batch, context } = this.#frame;
    const [only] = this.#columns;
    if (only !== undefined && this.#rows[0] === undefined) return only;
    if (only === undefined) return nullsOf(type, batch.length, context);
    const places = new Int32Array(batch.length).fill(-1);
    let place = 0;
    for (const rows of this.#rows) for (const row of present(rows, 'rows of a part')) places[row] = place++;
    return takeColumn(concatColumns(type, this.#columns, context.arena), places, context);
  }
}

/**
 * `a and b`: b is computed where a is not false, the others count as null, which false wins over; `or` the other way round.
 * Further arguments are taken in pairs from the left.
 */
export function compileKleene(expression: ExprOf<'function'>, compiler: ExpressionCompiler): Evaluate {
  const [first, ...rest] = expression.args.map((arg) => compiler.compile(arg));
  const implementation = scalarFunction(expression.name).implementation(
    [Types.boolean, Types.boolean],
    Types.boolean,
    compiler.context,
  );
  const decided = expression.name === 'or';
  return (frame) => {
    let left = present(first, 'first argument')(frame);
    for (const next of rest) {
      if (left.kind === 'constant' && left.value === decided) return left;
      const column = columnOfArgument(left, frame.batch.length, frame.context.arena);
      const right = evaluateUndecided(column, decided, next, frame);
      left = {
        kind: 'column',
        column: implementation.evaluate([{ kind: 'column', column }, right], frame.batch.length, frame.context),
      };
    }
    return left;
  };
}

function evaluateUndecided(left: Column, decided: boolean, next: Evaluate, frame: Frame): Argument {
  const { context, batch } = frame;
  const bits = decided ? trueBits(left, context) : falseBits(left, frame);
  const rows = narrow({ frame, rows: undefined }, bits, 'unset');
  if (rows.rows === undefined && lengthOf(rows) === batch.length) return next(frame);
  const parts = new Parts(frame);
  if (lengthOf(rows) > 0) parts.add(rows, columnOfArgument(next(rows.frame), lengthOf(rows), context.arena));
  return { kind: 'column', column: parts.assemble(Types.boolean) };
}

function falseBits(column: Column, { context }: Frame): Uint8Array {
  const negation = scalarFunction('not').implementation([Types.boolean], Types.boolean, context);
  return trueBits(negation.evaluate([{ kind: 'column', column }], column.length, context), context);
}
