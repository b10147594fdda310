/** What `groupBy` gives: groups waiting for their aggregates. */
import { Exprs, type Expr } from '../expr/expr.ts';
import { isNumeric } from '../arrow/types.ts';
import { outputOf } from '../plan/output.ts';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import { MillraceError } from '../core/errors.ts';
import { columnExpr, type Column } from './column.ts';
import type { DataFrame, MakeFrame } from './data-frame.ts';
import type { AnySchema, WithColumn } from './schema-types.ts';

export class GroupedData<S = AnySchema> {
  readonly #makeFrame: MakeFrame;
  readonly #plan: LogicalPlan;
  readonly #groupings: readonly Expr[];
  /** Only for the type checker: the grouping columns. */
  declare readonly keyType: S;

  constructor(makeFrame: MakeFrame, plan: LogicalPlan, groupings: readonly Expr[]) {
    this.#makeFrame = makeFrame;
    this.#plan = plan;
    this.#groupings = groupings;
  }

  /** The grouping columns and the aggregates given: `agg(sum("a"), avg("b").as("mean"))`, or `agg({ a: "sum" })`. */
  agg(...aggregates: readonly [Column | Readonly<Record<string, string>>, ...Column[]]): DataFrame {
    const [first, ...rest] = aggregates;
    const exprs = 'expr' in first && isColumn(first) ? [first.expr] : byName(first);
    return this.#aggregate([...exprs, ...rest.map((column) => column.expr)]);
  }
  /** The number of rows of each group, as column `count`. */
  count(): DataFrame<WithColumn<S, 'count', bigint>> {
    return this.#aggregate([Exprs.alias(Exprs.call('count', [Exprs.star()]), 'count')]);
  }
  /** The sums of columns, all numeric ones where none is given. */
  sum(...columns: readonly string[]): DataFrame {
    return this.#each('sum', columns);
  }
  /** The means of columns, all numeric ones where none is given. */
  avg(...columns: readonly string[]): DataFrame {
    return this.#each('avg', columns);
  }
  /** The means of columns, all numeric ones where none is given. */
  mean(...columns: readonly string[]): DataFrame {
    return this.#each('avg', columns);
  }
  /** The smallest values of columns, all numeric ones where none is given. */
  min(...columns: readonly string[]): DataFrame {
    return this.#each('min', columns);
  }
  /** The greatest values of columns, all numeric ones where none is given. */
  max(...columns: readonly string[]): DataFrame {
    return this.#each('max', columns);
  }
  /** Not supported yet. @throws NOT_SUPPORTED */
  pivot(column: string): never {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: `pivot(${column})`,
      remedy: 'Aggregate with sum(when(condition, value)) for each value.',
    });
  }

  #each(name: string, columns: readonly string[]): DataFrame {
    const keys = new Set(
      this.#groupings.map((key) => (key.kind === 'attribute' ? key.parts.join('.').toLowerCase() : '')),
    );
    const numeric = outputOf(this.#plan).filter(
      (column) => isNumeric(column.type) && !keys.has(column.name.toLowerCase()),
    );
    const inputs = columns.length === 0 ? numeric : columns.map(columnExpr);
    return this.#aggregate(inputs.map((input) => Exprs.call(name, [input])));
  }

  #aggregate<T>(aggregates: readonly Expr[]): DataFrame<T> {
    return this.#makeFrame<T>({
      kind: 'aggregate',
      groupings: this.#groupings,
      outputs: [...this.#groupings, ...aggregates],
      child: this.#plan,
    });
  }
}

function isColumn(value: Column | Readonly<Record<string, string>>): value is Column {
  return typeof value['expr' as keyof typeof value] === 'object';
}

function byName(functions: Readonly<Record<string, string>>): readonly Expr[] {
  return Object.entries(functions).map(([column, name]) =>
    Exprs.call(name, [column === '*' ? Exprs.star() : columnExpr(column)]),
  );
}
