/**
 * Counts and sums by (pane of time × keys), one kernel call for many rows: a row's record is addressed by its pane and the
 * id of its keys, without hashing. Integers of a small range are ids themselves; other keys get ids from dictionaries.
 *
 * What does not suit it (nulls in what is summed, far too many keys or panes) is left to a group table.
 */
import type { Column, FixedColumn } from '../../arrow/column.ts';
import type { Arena } from '../../arrow/memory.ts';
import { makeBatch } from '../../arrow/make.ts';
import { referenceBatch } from '../../arrow/open.ts';
import { field, Types } from '../../arrow/types.ts';
import { columnToEngine } from '../../arrow/transfer.ts';
import { assert, present } from '../../core/assert.ts';
import { createKeyCodec } from '../group-table/create-codec.ts';
import { TupleCodec } from '../group-table/composite-codec.ts';
import { BLOCK_ROWS } from '../group-table/key-codec.ts';
import type { EngineInstance } from '../ports.ts';
import { PaneRecords } from './pane-records.ts';
import type { DenseReference } from './reference.ts';
import type { DenseShape, DenseSum } from './shape.ts';
import { sumOverflow } from './sum-overflow.ts';

/** Integer keys in a range larger than this get ids from a dictionary. */
const RANGE_MAX = 1 << 18;
const KEYS_MIN = 128;
/** Rows whose records' pointers are noted at a time. */
const ROWS_AT_ONCE = BLOCK_ROWS;

interface SumInput {
  readonly sum: DenseSum;
  readonly column: FixedColumn;
}

type Keying = 'range' | { readonly codec: TupleCodec; readonly ids: number };

export class DenseGroups {
  readonly #instance: EngineInstance;
  readonly #shape: DenseShape;
  readonly #records: PaneRecords;
  readonly #scratch: Arena;
  readonly #pointers: number;
  /** An i64 0, as the time of rows that have none. */
  readonly #noTime: number;
  #keying: Keying | undefined;
  /** Keys that need a dictionary have outgrown the records: to number more of them would be wasted. */
  #isFull = false;

  constructor(instance: EngineInstance, shape: DenseShape) {
    this.#instance = instance;
    this.#shape = shape;
    this.#records = new PaneRecords(instance.memory, shape);
    this.#scratch = instance.memory.createArena('dense groups scratch');
    this.#pointers = this.#scratch.allocate(ROWS_AT_ONCE * 4);
    this.#noTime = this.#scratch.allocate(16);
    new BigInt64Array(instance.memory.buffer, this.#noTime, 1)[0] = 0n;
  }

  /**
   * Adds rows, in order, until one does not suit.
   * @param times without nulls; undefined where there are no panes
   * @param keys the keys other than the pane
   * @param inputs of the accumulators
   * @returns how many rows were added
   * @throws ARITHMETIC_OVERFLOW
   */
  add(
    times: Column | undefined,
    keys: readonly Column[],
    inputs: readonly (Column | undefined)[],
    length: number,
  ): number {
    const sums = this.#shape.sums.map((sum) => sumInput(sum, inputs[sum.index]));
    const fitting = sums.filter((sum) => sum !== undefined);
    if (this.#isFull || fitting.length < sums.length || length === 0 || !this.#countsRows(inputs)) return 0;
    this.#keying ??= this.#chooseKeying(keys, length);
    const rows = { times, keys, sums: fitting };
    const done = this.#keying === 'range' ? this.#addRange(rows, length) : this.#addByIds(rows, this.#keying, length);
    this.#isFull = done < length && this.#keying !== 'range';
    this.#records.noteRows(done);
    return done;
  }

  /** @returns undefined where there are no rows */
  finish(arena: Arena): DenseReference | undefined {
    const { panes, keyBase, keyCount } = this.#records;
    if (panes.length === 0) return undefined;
    return { panes, keyBase, keyCount, keys: this.#keying === 'range' ? undefined : this.#distinctKeys(arena) };
  }

  release(): void {
    if (this.#keying !== undefined && this.#keying !== 'range') this.#keying.codec.release();
    this.#records.release();
    this.#scratch.release();
  }

  /** Counts of a column are those of rows where it has no nulls. */
  #countsRows(inputs: readonly (Column | undefined)[]): boolean {
    return this.#shape.accumulators.every(({ op }, i) => {
      const input = inputs[i];
      return op !== 'count' || input === undefined || (input.validity === undefined && input.layout !== 'null');
    });
  }

  #distinctKeys(arena: Arena): DenseReference['keys'] {
    const { codec } = this.#ids();
    const { count } = codec;
    const ids = arena.allocate(count * 4);
    const numbers = new Uint32Array(this.#instance.memory.buffer, ids, count);
    for (let id = 0; id < count; id++) numbers[id] = id;
    const schema = Types.struct(this.#shape.keyTypes.map((type, i) => field(`k${i}`, type)));
    return referenceBatch(makeBatch(schema, codec.decode(ids, count, arena), count));
  }

  #ids(): Exclude<Keying, 'range'> {
    assert(this.#keying !== undefined && this.#keying !== 'range', 'keys have ids');
    return this.#keying;
  }

  /** A range where the only key is an integer, and the first rows' lie close together. */
  #chooseKeying(keys: readonly Column[], length: number): Keying {
    const integers = integersOf(keys);
    if (integers !== undefined) {
      const { least, most } = extremes(integers, length);
      if (this.#ensureRange(least, most)) return 'range';
    }
    const { keyTypes } = this.#shape;
    const parts = keyTypes.map((type) => createKeyCodec(type, this.#instance, this.#scratch));
    const codec = new TupleCodec(parts, this.#instance, this.#scratch);
    return { codec, ids: this.#scratch.allocate(BLOCK_ROWS * 4) };
  }

  /** Rounds up to an eighth, so that a few keys more need no larger records. */
  #ensureRange(least: bigint, most: bigint): boolean {
    const { keyBase, keyCount, panes } = this.#records;
    const isFirst = keyCount === 0;
    let low = isFirst || least < keyBase ? least : keyBase;
    const last = keyBase + BigInt(keyCount) - 1n;
    const high = isFirst || most > last ? most : last;
    if (low >= 0n && high < RANGE_MAX && (panes.length === 0 || keyBase === 0n || low < keyBase)) low = 0n;
    const span = high - low + 1n;
    if (span > RANGE_MAX) return false;
    const step = Math.max(KEYS_MIN, 2 ** (Math.ceil(Math.log2(Number(span))) - 3));
    return this.#records.ensureKeys(low, Math.ceil(Number(span) / step) * step);
  }

  #addRange(rows: Rows, length: number): number {
    const integers = integersOf(rows.keys);
    if (integers === undefined) return 0;
    const key = integers.BYTES_PER_ELEMENT === 8 ? 'i64' : 'i32';
    for (let row = 0; ;) {
      row = this.#run(key, rows, { keys: integers.byteOffset, offset: 0, from: row, to: length });
      if (row === length) return length;
      const value = BigInt(integers[row] ?? 0);
      if (!this.#ensureRange(value, value) || !this.#ensurePane(rows.times, row)) return row;
    }
  }

  #addByIds(rows: Rows, { codec, ids }: Exclude<Keying, 'range'>, length: number): number {
    const arena = this.#instance.memory.createArena('dense groups input');
    const keys = rows.keys.map((column) => columnToEngine(column, arena));
    try {
      for (let start = 0; start < length; start += BLOCK_ROWS) {
        const count = Math.min(BLOCK_ROWS, length - start);
        codec.encode(keys, start, count, ids);
        if (!this.#ensureIds(codec.count)) return start;
        for (let row = 0; row < count;) {
          row = this.#run('ids', rows, { keys: ids, offset: start, from: row, to: count });
          if (row < count && !this.#ensurePane(rows.times, start + row)) return start + row;
        }
      }
      return length;
    } finally {
      arena.release();
    }
  }

  #ensureIds(count: number): boolean {
    if (count <= this.#records.keyCount) return true;
    return this.#records.ensureKeys(0n, Math.max(KEYS_MIN, 2 ** Math.ceil(Math.log2(count))));
  }

  #ensurePane(times: Column | undefined, row: number): boolean {
    const { panes } = this.#shape;
    if (panes === undefined || times === undefined) return this.#records.ensurePane(0n);
    assert(times.layout === 'fixed' && times.values instanceof BigInt64Array, 'times are timestamps');
    return this.#records.ensurePane(floorDivide((times.values[row] ?? 0n) - panes.originMicros, panes.paneMicros));
  }

  /** Rows `from .. to`, which lie `offset` rows into the columns. @returns the first that has no record, or `to` */
  #run(key: 'i64' | 'i32' | 'ids', { times, sums }: Rows, { keys, offset, from, to }: Range): number {
    const { kernels } = this.#instance;
    const state = this.#records.statePointer;
    const at = times === undefined ? this.#noTime : fixedPointer(times) + offset * 8;
    const [first] = sums;
    if (first === undefined) return kernels[`dense_count_${key}`](state, at, keys, from, to);
    if (sums.length === 1 && !first.sum.isInteger) {
      return kernels[`dense_count_sum_${key}`](state, at, keys, from, to, fixedPointer(first.column) + offset * 8);
    }
    for (let row = from; row < to;) {
      const end = Math.min(to, row + ROWS_AT_ONCE);
      // The kernel writes pointers by the number of the row.
      const stop = kernels[`dense_records_${key}`](state, at, keys, row, end, this.#pointers - row * 4);
      for (const input of sums) this.#addSum(input, offset + row, stop - row);
      row = stop;
      if (stop < end) return stop;
    }
    return to;
  }

  #addSum({ sum, column }: SumInput, from: number, length: number): void {
    const { kernels } = this.#instance;
    const { values } = column;
    const pointer = values.byteOffset + from * values.BYTES_PER_ELEMENT;
    if (!sum.isInteger) {
      kernels.dense_sum_f64(this.#pointers, pointer, length, sum.slot);
      return;
    }
    const checked = sum.spec.onOverflow === 'error' ? 1 : 0;
    const kernel = values instanceof BigInt64Array ? 'dense_sum_i64' : 'dense_sum_i32';
    if (kernels[kernel](checked, this.#pointers, pointer, length, sum.slot) >= 0) throw sumOverflow(sum.spec, 'update');
  }
}

interface Rows {
  readonly times: Column | undefined;
  readonly keys: readonly Column[];
  readonly sums: readonly SumInput[];
}

interface Range {
  /** Pointer of the first row's key or id. */
  readonly keys: number;
  readonly offset: number;
  readonly from: number;
  readonly to: number;
}

/** @returns undefined where the column has to be converted or has nulls */
function sumInput(sum: DenseSum, column: Column | undefined): SumInput | undefined {
  if (column?.layout !== 'fixed' || column.validity !== undefined || column.type.kind === 'decimal') return undefined;
  const { values } = column;
  const fits = sum.isInteger
    ? values instanceof BigInt64Array || values instanceof Int32Array
    : values instanceof Float64Array;
  return fits && values.buffer instanceof SharedArrayBuffer ? { sum, column } : undefined;
}

function integersOf(keys: readonly Column[]): BigInt64Array | Int32Array | undefined {
  const [key, ...others] = keys;
  if (key?.layout !== 'fixed' || key.validity !== undefined || others.length > 0) return undefined;
  if (key.type.kind === 'decimal' || !(key.values.buffer instanceof SharedArrayBuffer)) return undefined;
  return key.values instanceof BigInt64Array || key.values instanceof Int32Array ? key.values : undefined;
}

function extremes(
  values: BigInt64Array | Int32Array,
  length: number,
): { readonly least: bigint; readonly most: bigint } {
  let least = present(values[0], 'a row');
  let most = least;
  for (let row = 1; row < length; row++) {
    const value = values[row] ?? least;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { least: BigInt(least), most: BigInt(most) };
}

function fixedPointer(column: Column): number {
  assert(column.layout === 'fixed' && column.values.buffer instanceof SharedArrayBuffer, 'values in engine memory');
  return column.values.byteOffset;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const q = a / b;
  return a - q * b < 0n ? q - 1n : q;
}
