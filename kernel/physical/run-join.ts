/** Hash join in JavaScript over whole sides: the right side is hashed, the left one probes. Nulls never match. */
import type { Column, RecordBatch } from '../arrow/column.ts';
import { concatBatches } from '../arrow/concat.ts';
import { makeBatch } from '../arrow/make.ts';
import type { EvalContext } from '../functions/contract.ts';
import type { Expr, ColumnExpr } from '../expr/expr.ts';
import { rowsWhere, trueBits } from './columns.ts';
import { compileColumns } from './expressions/evaluator.ts';
import { schemaOfColumns } from './operators/operators.ts';
import { rowKeys, type RowKey } from './operators/row-keys.ts';
import type { PhysicalOf } from './physical-plan.ts';
import { takeColumn } from './take.ts';

type JoinNode = PhysicalOf<'join'>;

interface Pairs {
  readonly left: Int32Array;
  readonly right: Int32Array;
}

export function joinBatches(
  node: JoinNode,
  leftBatches: readonly RecordBatch[],
  rightBatches: readonly RecordBatch[],
  context: EvalContext,
): readonly RecordBatch[] {
  const left = concatBatches(schemaOfColumns(node.left.output), leftBatches, context.arena);
  const right = concatBatches(schemaOfColumns(node.right.output), rightBatches, context.arena);
  const candidates =
    node.leftKeys.length === 0
      ? allPairs(left.length, right.length)
      : equalPairs(
          keysOf(node.leftKeys, node.left.output, left, context),
          keysOf(node.rightKeys, node.right.output, right, context),
          left.length,
          right.length,
        );
  const pairs = filterPairs(node, candidates, left, right, context);
  const rows = withUnmatched(node.type, pairs, left.length, right.length);
  const columns = [
    ...left.columns.map((column) => takeColumn(column, rows.left, context)),
    ...(node.type === 'semi' || node.type === 'anti'
      ? []
      : right.columns.map((column) => takeColumn(column, rows.right, context))),
  ];
  return [makeBatch(schemaOfColumns(node.output), columns, rows.left.length)];
}

function keysOf(
  keys: readonly Expr[],
  input: readonly ColumnExpr[],
  batch: RecordBatch,
  context: EvalContext,
): (row: number) => RowKey | undefined {
  const columns: readonly Column[] = compileColumns(keys, input, context)(batch, context);
  return rowKeys(columns, { nulls: 'none' });
}

function allPairs(leftLength: number, rightLength: number): Pairs {
  const left = new Int32Array(leftLength * rightLength);
  const right = new Int32Array(leftLength * rightLength);
  for (let i = 0, at = 0; i < leftLength; i++) {
    for (let j = 0; j < rightLength; j++, at++) {
      left[at] = i;
      right[at] = j;
    }
  }
  return { left, right };
}

function equalPairs(
  leftKey: (row: number) => RowKey | undefined,
  rightKey: (row: number) => RowKey | undefined,
  leftLength: number,
  rightLength: number,
): Pairs {
  const heads = new Map<RowKey, number>();
  const next = new Int32Array(rightLength).fill(-1);
  for (let row = rightLength - 1; row >= 0; row--) {
    const key = rightKey(row);
    if (key === undefined) continue;
    next[row] = heads.get(key) ?? -1;
    heads.set(key, row);
  }
  const pairs = new PairBuffer();
  for (let row = 0; row < leftLength; row++) {
    const key = leftKey(row);
    if (key === undefined) continue;
    for (let match = heads.get(key) ?? -1; match >= 0; match = next[match] ?? -1) pairs.add(row, match);
  }
  return pairs.finish();
}

class PairBuffer {
  #left = new Int32Array(1024);
  #right = new Int32Array(1024);
  #count = 0;

  add(left: number, right: number): void {
    if (this.#count === this.#left.length) {
      this.#left = enlarge(this.#left);
      this.#right = enlarge(this.#right);
    }
    this.#left[this.#count] = left;
    this.#right[this.#count++] = right;
  }

  finish(): Pairs {
    return { left: this.#left.subarray(0, this.#count), right: this.#right.subarray(0, this.#count) };
  }
}

function enlarge(values: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(values.length * 2);
  larger.set(values);
  return larger;
}

function filterPairs(node: JoinNode, pairs: Pairs, left: RecordBatch, right: RecordBatch, context: EvalContext): Pairs {
  const { condition } = node;
  if (condition === undefined || pairs.left.length === 0) return pairs;
  const input = [...node.left.output, ...node.right.output];
  const columns = [
    ...left.columns.map((column) => takeColumn(column, pairs.left, context)),
    ...right.columns.map((column) => takeColumn(column, pairs.right, context)),
  ];
  const joined = makeBatch(schemaOfColumns(input), columns, pairs.left.length);
  const [bits] = compileColumns([condition], input, context)(joined, context);
  if (bits === undefined) return pairs;
  const kept = rowsWhere(trueBits(bits, context), joined.length, 'set', context);
  return { left: picked(pairs.left, kept), right: picked(pairs.right, kept) };
}

function picked(values: Int32Array, at: Uint32Array): Int32Array {
  return Int32Array.from(at, (index) => values[index] ?? 0);
}

/** Index -1 stands for a row of nulls. */
function withUnmatched(type: JoinNode['type'], pairs: Pairs, leftLength: number, rightLength: number): Pairs {
  switch (type) {
    case 'inner':
    case 'cross':
      return pairs;
    case 'left':
      return append(pairs, unmatched(pairs.left, leftLength), new Int32Array());
    case 'right':
      return append(pairs, new Int32Array(), unmatched(pairs.right, rightLength));
    case 'full':
      return append(pairs, unmatched(pairs.left, leftLength), unmatched(pairs.right, rightLength));
    case 'semi':
      return { left: unmatched(unmatched(pairs.left, leftLength), leftLength), right: new Int32Array() };
    case 'anti':
      return { left: unmatched(pairs.left, leftLength), right: new Int32Array() };
  }
}

/** The rows in 0 .. length that `matched` lacks, ascending. */
function unmatched(matched: Int32Array, length: number): Int32Array {
  const seen = new Uint8Array(length);
  for (const row of matched) seen[row] = 1;
  const rows: number[] = [];
  for (let row = 0; row < length; row++) if (seen[row] === 0) rows.push(row);
  return Int32Array.from(rows);
}

function append(pairs: Pairs, leftOnly: Int32Array, rightOnly: Int32Array): Pairs {
  const total = pairs.left.length + leftOnly.length + rightOnly.length;
  const left = new Int32Array(total).fill(-1);
  const right = new Int32Array(total).fill(-1);
  left.set(pairs.left);
  right.set(pairs.right);
  left.set(leftOnly, pairs.left.length);
  right.set(rightOnly, pairs.left.length + leftOnly.length);
  return { left, right };
}
