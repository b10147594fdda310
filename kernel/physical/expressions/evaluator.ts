/**
 * Resolved expressions, compiled into closures that work on a batch at a time. Constants stay constants; a subexpression
 * that occurs twice is computed once per batch; `case`, `and`, `or`, `coalesce` and `if` compute an argument that can raise
 * an error only for the rows that it concerns.
 */
import type { Column, RecordBatch } from '../../arrow/column.ts';
import { sameType } from '../../arrow/types.ts';
import { AssertionError, present } from '../../core/assert.ts';
import type { ColumnExpr, Expr, ExprOf } from '../../expr/expr.ts';
import { childrenOf, sameExpr } from '../../expr/nodes.ts';
import { typeOf } from '../../expr/resolved.ts';
import type { Argument, EvalContext, FunctionContext } from '../../functions/contract.ts';
import { columnOfArgument } from '../columns.ts';
import { castImplementation, scalarFunction } from '../functions.ts';
import { compileCase, compileKleene } from './conditional.ts';
import type { Evaluate, ExpressionCompiler, Frame } from './frame.ts';
import { evaluateConstants, fieldOf } from './leaves.ts';
import { asCase, mayRaise } from './raising.ts';

export interface Evaluator {
  /** The expressions' values over the batch, constants unexpanded. Columns lie in the batch or in `context.arena`. */
  evaluate(batch: RecordBatch, context: EvalContext): readonly Argument[];
}

/** @param input the columns of the batches that the expressions are computed over, by position */
export function compileExpressions(
  expressions: readonly Expr[],
  input: readonly ColumnExpr[],
  context: FunctionContext,
): Evaluator {
  const compiler = new Compiler(input, context);
  const roots = expressions.map((expression) => compiler.compile(expression));
  return {
    evaluate(batch, evalContext) {
      const frame: Frame = { batch, context: evalContext, shared: [] };
      return roots.map((root) => root(frame));
    },
  };
}

/** As `compileExpressions`, with constants expanded to columns. */
export function compileColumns(
  expressions: readonly Expr[],
  input: readonly ColumnExpr[],
  context: FunctionContext,
): (batch: RecordBatch, context: EvalContext) => readonly Column[] {
  const evaluator = compileExpressions(expressions, input, context);
  return (batch, evalContext) =>
    evaluator.evaluate(batch, evalContext).map((value) => columnOfArgument(value, batch.length, evalContext.arena));
}

class Compiler implements ExpressionCompiler {
  readonly context: FunctionContext;
  readonly #input: readonly ColumnExpr[];
  readonly #known: { readonly expression: Expr; readonly evaluate: Evaluate }[] = [];

  constructor(input: readonly ColumnExpr[], context: FunctionContext) {
    this.#input = input;
    this.context = context;
  }

  compile(expression: Expr): Evaluate {
    if (childrenOf(expression).length === 0 && expression.kind !== 'function') return this.#compileNode(expression);
    const known = this.#known.find((candidate) => sameExpr(candidate.expression, expression));
    if (known !== undefined) return known.evaluate;
    const compute = this.#compileNode(expression);
    if (isVolatile(expression)) return compute;
    const slot = this.#known.length;
    const evaluate: Evaluate = (frame) => (frame.shared[slot] ??= compute(frame));
    this.#known.push({ expression, evaluate });
    return evaluate;
  }

  #compileNode(expression: Expr): Evaluate {
    switch (expression.kind) {
      case 'literal': {
        const constant: Argument = { kind: 'constant', value: expression.value, type: expression.type };
        return () => constant;
      }
      case 'column':
        return this.#compileColumn(expression);
      case 'alias':
        return this.compile(expression.child);
      case 'field': {
        const child = this.compile(expression.child);
        return (frame) => fieldOf(child(frame), expression, frame);
      }
      case 'cast':
        return this.#compileCast(expression);
      case 'case':
        return compileCase(expression, this);
      case 'function':
        return this.#compileFunction(expression);
      case 'attribute':
      case 'star':
      case 'call':
      case 'parameter':
      case 'aggregate':
        throw new AssertionError(`${expression.kind} cannot be computed row by row`);
    }
  }

  #compileColumn(expression: ColumnExpr): Evaluate {
    const index = this.#input.findIndex((column) => column.id === expression.id);
    if (index < 0) throw new AssertionError(`the column ${expression.name}#${expression.id} is not in the input`);
    return ({ batch }) => ({ kind: 'column', column: present(batch.columns[index], 'column') });
  }

  #compileCast(expression: ExprOf<'cast'>): Evaluate {
    const from = typeOf(expression.child);
    const mode = expression.mode ?? (this.context.ansi ? 'ansi' : 'legacy');
    const child = this.compile(expression.child);
    if (sameType(from, expression.type)) return child;
    const implementation = castImplementation(from, expression.type, mode, this.context);
    return (frame) => {
      const args = [child(frame)];
      if (args[0]?.kind === 'constant') return evaluateConstants(implementation, args, expression.type, frame);
      return { kind: 'column', column: implementation.evaluate(args, frame.batch.length, frame.context) };
    };
  }

  #compileFunction(expression: ExprOf<'function'>): Evaluate {
    const conditional = asCase(expression, this.context);
    if (conditional !== undefined) return compileCase(conditional, this);
    const [, ...rest] = expression.args;
    if ((expression.name === 'and' || expression.name === 'or') && rest.some((arg) => mayRaise(arg, this.context))) {
      return compileKleene(expression, this);
    }
    const entry = scalarFunction(expression.name);
    const implementation = entry.implementation(expression.args.map(typeOf), expression.type, this.context);
    const args = expression.args.map((arg) => this.compile(arg));
    const volatile = entry.volatility === 'volatile';
    return (frame) => {
      const values = args.map((arg) => arg(frame));
      if (!volatile && values.every((value) => value.kind === 'constant')) {
        return evaluateConstants(implementation, values, expression.type, frame);
      }
      return { kind: 'column', column: implementation.evaluate(values, frame.batch.length, frame.context) };
    };
  }
}

function isVolatile(expression: Expr): boolean {
  if (expression.kind === 'function' && scalarFunction(expression.name).volatility === 'volatile') return true;
  return childrenOf(expression).some(isVolatile);
}
