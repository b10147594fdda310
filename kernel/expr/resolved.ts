/** What is known of a resolved expression: its type and whether it can be null. */
import type { DataType } from '../arrow/types.ts';
import { Types } from '../arrow/types.ts';
import { AssertionError } from '../core/assert.ts';
import { contains } from './nodes.ts';
import type { Expr } from './expr.ts';

/** @throws AssertionError where `expr` is unresolved */
export function typeOf(expr: Expr): DataType {
  switch (expr.kind) {
    case 'literal':
    case 'cast':
    case 'column':
    case 'field':
    case 'function':
    case 'aggregate':
      return expr.type;
    case 'alias':
      return typeOf(expr.child);
    case 'case': {
      const [branch] = expr.branches;
      return branch === undefined ? Types.void : typeOf(branch.then);
    }
    case 'attribute':
    case 'star':
    case 'call':
    case 'parameter':
      throw new AssertionError(`an unresolved ${expr.kind} has no type`);
  }
}

/** @throws AssertionError where `expr` is unresolved */
export function nullableOf(expr: Expr): boolean {
  switch (expr.kind) {
    case 'literal':
      return expr.value === null;
    case 'alias':
      return nullableOf(expr.child);
    case 'cast':
      return expr.mode === 'try' || expr.mode === 'legacy' || nullableOf(expr.child);
    case 'case':
      return (
        expr.otherwise === undefined ||
        nullableOf(expr.otherwise) ||
        expr.branches.some((branch) => nullableOf(branch.then))
      );
    case 'column':
    case 'field':
    case 'function':
    case 'aggregate':
      return expr.nullable;
    case 'attribute':
    case 'star':
    case 'call':
    case 'parameter':
      throw new AssertionError(`an unresolved ${expr.kind} has no nullability`);
  }
}

export function isResolved(expr: Expr): boolean {
  return !contains(
    expr,
    (node) => node.kind === 'attribute' || node.kind === 'star' || node.kind === 'call' || node.kind === 'parameter',
  );
}
