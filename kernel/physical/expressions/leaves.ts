/** Fields of structs, and functions of constants. */
import type { Column } from '../../arrow/column.ts';
import { withValidity } from '../../arrow/make.ts';
import { present } from '../../core/assert.ts';
import type { DataType } from '../../arrow/types.ts';
import type { ExprOf } from '../../expr/expr.ts';
import type { Argument, ScalarImplementation } from '../../functions/contract.ts';
import { columnReader } from '../../functions/vectors.ts';
import { andValidity, columnOfArgument } from '../columns.ts';
import type { Frame } from './frame.ts';

/** A field is null where its struct is. */
export function fieldOf(struct: Argument, expression: ExprOf<'field'>, frame: Frame): Argument {
  if (struct.kind === 'constant') return { kind: 'constant', value: null, type: expression.type };
  const { column } = struct;
  if (column.layout !== 'struct') return { kind: 'constant', value: null, type: expression.type };
  const child = present(column.children[expression.index], 'struct field');
  if (column.validity === undefined || child.layout === 'null') return { kind: 'column', column: child };
  const validity = andValidity(column.validity, child.validity, child.length, frame.context);
  return { kind: 'column', column: withValidity(child, validity) };
}

/** A function of constants only is computed for one row; the result is a constant where its type has literals. */
export function evaluateConstants(
  implementation: ScalarImplementation,
  args: readonly Argument[],
  type: DataType,
  frame: Frame,
): Argument {
  const { context } = frame;
  const nested = type.kind === 'struct' || type.kind === 'array' || type.kind === 'map';
  const length = nested ? frame.batch.length : 1;
  const [first, ...rest] = args;
  const given: Argument[] =
    first === undefined ? [] : [{ kind: 'column', column: columnOfArgument(first, length, context.arena) }, ...rest];
  const column: Column = implementation.evaluate(given, length, context);
  if (nested) return { kind: 'column', column };
  return { kind: 'constant', value: columnReader(column)(0), type };
}
