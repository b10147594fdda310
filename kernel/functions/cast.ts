/**
 * Casts between types: ANSI (errors), try (null instead), legacy (Spark before 4: null for malformed text, wrap-around for
 * integers). Atomic values by rows in JavaScript; same-layout and widening casts in typed-array loops; nested types by
 * their parts.
 */
import type { Column } from '../arrow/column.ts';
import { isIntegral, isNumeric, sameType, typeName, Types, type DataType } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import type { CastMode } from '../expr/expr.ts';
import { castValue, type CastValue } from './cast-values.ts';
import { castText } from './cast-text.ts';
import type { Argument, EvalContext, FunctionContext, ScalarImplementation } from './contract.ts';
import { evaluateRows } from './define.ts';
import { asColumn, isNested, newFixed, nullColumn, writerOf } from './vectors.ts';

/** Whether Spark's ANSI cast from one type to the other exists at all. */
export function canCast(from: DataType, to: DataType): boolean {
  if (sameType(from, to) || from.kind === 'void') return true;
  if (to.kind === 'string') return true;
  if (from.kind === 'array' && to.kind === 'array') return canCast(from.element, to.element);
  if (from.kind === 'map' && to.kind === 'map') return canCast(from.key, to.key) && canCast(from.value, to.value);
  if (from.kind === 'struct' && to.kind === 'struct') {
    return (
      from.fields.length === to.fields.length &&
      from.fields.every((f, i) => canCast(f.type, to.fields[i]?.type ?? Types.void))
    );
  }
  return canCastAtomic(from, to);
}

function canCastAtomic(from: DataType, to: DataType): boolean {
  const isTime = (type: DataType): boolean => type.kind === 'timestamp' || type.kind === 'timestamp_ntz';
  if (from.kind === 'string') return isNumeric(to) || isTime(to) || ['boolean', 'binary', 'date'].includes(to.kind);
  if (isNumeric(from) || from.kind === 'boolean') {
    return isNumeric(to) || to.kind === 'boolean' || (to.kind === 'timestamp' && from.kind !== 'boolean');
  }
  if (from.kind === 'date') return isTime(to);
  if (from.kind === 'timestamp') return to.kind === 'date' || to.kind === 'timestamp_ntz' || isNumeric(to);
  if (from.kind === 'timestamp_ntz') return to.kind === 'date' || to.kind === 'timestamp';
  return false;
}

/** @throws DATATYPE_MISMATCH where no such cast exists */
export function checkCast(from: DataType, to: DataType, expression: string): void {
  if (canCast(from, to)) return;
  throw new MillraceError('DATATYPE_MISMATCH', {
    expression,
    problem: `${typeName(from)} cannot be cast to ${typeName(to)}`,
    remedy: 'Cast through string, or choose another type.',
  });
}

/** How the evaluator computes `CAST(x AS to)`. */
export function castImplementation(
  from: DataType,
  to: DataType,
  mode: CastMode,
  context: FunctionContext,
): ScalarImplementation {
  if (sameType(from, to)) return passThrough(to);
  if (from.kind === 'void') {
    return { engine: 'javascript', evaluate: (_args, length, { arena }) => nullColumn(to, length, arena) };
  }
  if (isNested(from) && to.kind === 'string') return nestedToText(from, context);
  if (isNested(from)) return nestedCast(from, to, mode, context);
  return widening(from, to) ?? sameLayout(from, to) ?? rowCast(from, to, mode, context);
}

function rowCast(from: DataType, to: DataType, mode: CastMode, context: FunctionContext): ScalarImplementation {
  const convert: CastValue = castValue(from, to, mode, context);
  return {
    engine: 'javascript',
    evaluate: evaluateRows((value) => (value === undefined ? null : convert(value)), 'strict', to),
  };
}

function passThrough(type: DataType): ScalarImplementation {
  return {
    engine: 'none',
    evaluate: ([argument], length, { arena }) =>
      argument === undefined ? nullColumn(type, length, arena) : asColumn(argument, length, arena),
  };
}

const RANK = ['byte', 'short', 'int', 'long'];

/** Numbers into a type that holds them all: a loop over typed arrays, nulls and all. */
function widening(from: DataType, to: DataType): ScalarImplementation | undefined {
  const rises = isIntegral(from) && isIntegral(to) && RANK.indexOf(from.kind) < RANK.indexOf(to.kind);
  const toDouble = to.kind === 'double' && ['byte', 'short', 'int', 'long', 'float'].includes(from.kind);
  if (!rises && !toDouble) return undefined;
  return {
    engine: 'javascript',
    evaluate(args, length, context) {
      const column = argumentColumn(args, length, context);
      if (column.layout !== 'fixed') return column;
      const { values: source, validity } = column;
      const values = newFixed(to, length, context.arena);
      if (values instanceof BigInt64Array) {
        for (let i = 0; i < length; i++) values[i] = BigInt(source[i] ?? 0);
      } else {
        for (let i = 0; i < length; i++) values[i] = Number(source[i] ?? 0);
      }
      return { layout: 'fixed', type: to, length, values, validity };
    },
  };
}

/** The bytes stay, the type changes. */
function sameLayout(from: DataType, to: DataType): ScalarImplementation | undefined {
  const binaryOfText = from.kind === 'string' && to.kind === 'binary';
  const textOfBinary = from.kind === 'binary' && to.kind === 'string';
  if (!binaryOfText && !textOfBinary) return undefined;
  return {
    engine: 'none',
    evaluate(args, length, context) {
      const column = argumentColumn(args, length, context);
      return column.layout === 'bytes' ? { ...column, type: to } : nullColumn(to, length, context.arena);
    },
  };
}

function argumentColumn(args: readonly Argument[], length: number, context: EvalContext): Column {
  const [argument] = args;
  return argument === undefined
    ? nullColumn(Types.void, length, context.arena)
    : asColumn(argument, length, context.arena);
}

function nestedCast(from: DataType, to: DataType, mode: CastMode, context: FunctionContext): ScalarImplementation {
  return {
    engine: 'javascript',
    evaluate: (args, length, evalContext) =>
      castColumn(argumentColumn(args, length, evalContext), from, to, mode, { ...evalContext, ...context }),
  };
}

function castColumn(column: Column, from: DataType, to: DataType, mode: CastMode, context: EvalContext): Column {
  if (sameType(from, to)) return column;
  if (column.layout === 'struct' && from.kind === 'struct' && to.kind === 'struct') {
    const children = column.children.map((child, i) =>
      castColumn(child, child.type, to.fields[i]?.type ?? child.type, mode, context),
    );
    return { ...column, type: to, children };
  }
  if (column.layout === 'list' && to.kind === 'array') {
    return { ...column, type: to, child: castColumn(column.child, column.child.type, to.element, mode, context) };
  }
  if (column.layout === 'list' && to.kind === 'map') {
    const entries: DataType = Types.struct([
      { name: 'key', type: to.key, nullable: false },
      { name: 'value', type: to.value, nullable: to.valueContainsNull },
    ]);
    return { ...column, type: to, child: castColumn(column.child, column.child.type, entries, mode, context) };
  }
  return castImplementation(from, to, mode, context).evaluate([{ kind: 'column', column }], column.length, context);
}

/** `{1, a, null}` for structs, `[1, 2]` for arrays, `{k -> v}` for maps: Spark's text of nested values. */
function nestedToText(from: DataType, context: FunctionContext): ScalarImplementation {
  const write = castText(from, context);
  return {
    engine: 'javascript',
    evaluate(args, length, evalContext) {
      const column = argumentColumn(args, length, evalContext);
      const writer = writerOf(Types.string, length, evalContext.arena);
      for (let row = 0; row < length; row++) writer.set(row, write(column, row));
      return writer.finish();
    },
  };
}
