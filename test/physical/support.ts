/** Hand-made plans and rows for tests of the physical layer. */
import { batchFromRows } from '../../kernel/arrow/from-rows.ts';
import { referenceBatch } from '../../kernel/arrow/open.ts';
import type { ScanLease } from '../../kernel/arrow/scan.ts';
import { toEngine } from '../../kernel/arrow/transfer.ts';
import { type DataType, field, type Schema, Types } from '../../kernel/arrow/types.ts';
import { rowsOf } from '../../kernel/arrow/values.ts';
import { type ColumnExpr, type Expr, Exprs } from '../../kernel/expr/expr.ts';
import { nullableOf, typeOf } from '../../kernel/expr/resolved.ts';
import { lookupAggregate, lookupScalar } from '../../kernel/functions/registry.ts';
import type { EngineInstance, ExecutionOptions, ExecutionResult } from '../../kernel/physical/ports.ts';
import type { LogicalPlan } from '../../kernel/plan/logical-plan.ts';

export const OPTIONS: ExecutionOptions = { ansi: true, timeZone: 'UTC', batchTimestampMicros: 0n, signal: undefined };

let nextId = 1;

export function column(name: string, type: DataType, nullable = true): ColumnExpr {
  return Exprs.column(nextId++, name, type, nullable);
}

export function lit(value: number | bigint | string | boolean | null, type: DataType = literalType(value)): Expr {
  return Exprs.literal(value, type);
}

function literalType(value: number | bigint | string | boolean | null): DataType {
  if (value === null) return Types.void;
  if (typeof value === 'number') return Number.isInteger(value) ? Types.int : Types.double;
  if (typeof value === 'bigint') return Types.long;
  return typeof value === 'string' ? Types.string : Types.boolean;
}

/** A call of a scalar function, resolved as the analyzer does; arguments must have the right types. */
export function call(name: string, ...args: readonly Expr[]): Expr {
  const entry = lookupScalar(name);
  if (entry === undefined) throw new Error(`no function ${name}`);
  const given = args.map((arg) => ({
    type: typeOf(arg),
    nullable: nullableOf(arg),
    ...(arg.kind === 'literal' ? { literal: arg.value } : {}),
  }));
  const { argTypes, type, nullable } = entry.resolve(given, OPTIONS);
  const cast = args.map((arg, i) => {
    const wanted = argTypes[i];
    return wanted === undefined || JSON.stringify(wanted) === JSON.stringify(typeOf(arg))
      ? arg
      : Exprs.cast(arg, wanted, 'ansi');
  });
  return { kind: 'function', name: entry.name, args: cast, type, nullable };
}

export function aggregate(name: string, ...args: readonly Expr[]): Expr {
  const entry = lookupAggregate(name);
  if (entry === undefined) throw new Error(`no aggregate ${name}`);
  const given = args.map((arg) => ({ type: typeOf(arg), nullable: nullableOf(arg) }));
  const { argTypes, type, nullable } = entry.resolve(given, OPTIONS);
  const cast = args.map((arg, i) => {
    const wanted = argTypes[i];
    return wanted === undefined || JSON.stringify(wanted) === JSON.stringify(typeOf(arg))
      ? arg
      : Exprs.cast(arg, wanted, 'ansi');
  });
  return { kind: 'aggregate', name: entry.name, args: cast, distinct: false, type, nullable };
}

export function alias(child: Expr, name: string): Extract<Expr, { kind: 'alias' }> & { readonly id: number } {
  return { kind: 'alias', child, name, id: nextId++ };
}

export function columnOf(expression: Extract<Expr, { kind: 'alias' }> & { readonly id: number }): ColumnExpr {
  return Exprs.column(expression.id, expression.name, typeOf(expression.child), nullableOf(expression.child));
}

export function schemaOfColumns(columns: readonly ColumnExpr[]): Schema {
  return Types.struct(columns.map((c) => field(c.name, c.type, c.nullable)));
}

export function source(columns: readonly ColumnExpr[], { sourceId = 0, streaming = false } = {}): LogicalPlan {
  const schema = schemaOfColumns(columns);
  return { kind: 'dataSource', output: columns, format: 'test', options: {}, paths: [], schema, streaming, sourceId };
}

/** Rows as leases of `columns` tasks of at most `taskRows` rows; how many are still held is counted. */
export class TestScan {
  readonly #instance: EngineInstance;
  readonly #schema: Schema;
  readonly #rows: readonly object[];
  readonly #taskRows: number;
  readonly #bytes: number;
  held = 0;

  constructor(
    instance: EngineInstance,
    columns: readonly ColumnExpr[],
    rows: readonly object[],
    { taskRows = 1000, bytes = 1_000_000 }: { readonly taskRows?: number; readonly bytes?: number } = {},
  ) {
    this.#instance = instance;
    this.#schema = schemaOfColumns(columns);
    this.#rows = rows;
    this.#taskRows = taskRows;
    this.#bytes = bytes;
  }

  leases(): AsyncIterable<ScanLease> {
    return asAsync(this.#cut());
  }

  *#cut(): Generator<ScanLease> {
    for (let start = 0; start < this.#rows.length; start += this.#taskRows) {
      const arena = this.#instance.memory.createArena('test rows');
      const batch = batchFromRows(this.#rows.slice(start, start + this.#taskRows), this.#schema);
      this.held++;
      yield {
        task: { reader: 'columns', payload: referenceBatch(toEngine(batch, arena)), bytes: this.#bytes },
        release: () => {
          arena.release();
          this.held--;
        },
      };
    }
  }
}

export function asAsync<T>(items: Iterable<T>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = items[Symbol.iterator]();
      return { next: () => Promise.resolve(iterator.next()) };
    },
  };
}

export function resultRows(result: ExecutionResult): readonly object[] {
  return result.batches.flatMap((batch) => rowsOf(batch));
}
