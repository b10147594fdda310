/** Dense groups of several threads as one batch of k0…, s0…: panes are added record by record, without hashing. */
import type { Column, RecordBatch } from '../../arrow/column.ts';
import { allocateFixed, makeBatch } from '../../arrow/make.ts';
import type { Arena } from '../../arrow/memory.ts';
import { openBatch, pointerOf } from '../../arrow/open.ts';
import { field, type DataType, Types } from '../../arrow/types.ts';
import { present } from '../../core/assert.ts';
import { createKeyCodec } from '../group-table/create-codec.ts';
import { TupleCodec } from '../group-table/composite-codec.ts';
import { BLOCK_ROWS } from '../group-table/key-codec.ts';
import type { EngineInstance } from '../ports.ts';
import type { DenseReference } from './reference.ts';
import type { DenseShape } from './shape.ts';
import { sumOverflow } from './sum-overflow.ts';

/**
 * @param parts are used up: their records may be added to
 * @param wanted keys that are read above; the others are columns of the void type
 * @returns the groups by pane, then by id, in `arena`
 * @throws ARITHMETIC_OVERFLOW
 */
export function mergeDense(
  shape: DenseShape,
  parts: readonly DenseReference[],
  wanted: ReadonlySet<number>,
  instance: EngineInstance,
  arena: Arena,
): RecordBatch {
  const scratch = instance.memory.createArena('dense merge');
  const merge = new DenseMerge(shape, instance, scratch);
  try {
    return merge.run(parts, wanted, arena);
  } finally {
    merge.release();
    scratch.release();
  }
}

/** Where the ids of a part lie in the target. */
interface Placement {
  /** Pointer to u32 ids; 0: `shift` is added. */
  readonly remap: number;
  readonly shift: number;
  /** Ids of the part. */
  readonly count: number;
}

class DenseMerge {
  readonly #shape: DenseShape;
  readonly #instance: EngineInstance;
  readonly #scratch: Arena;
  readonly #panes = new Map<bigint, number>();
  #codec: TupleCodec | undefined;
  #keyBase = 0n;
  #keyCount = 0;

  constructor(shape: DenseShape, instance: EngineInstance, scratch: Arena) {
    this.#shape = shape;
    this.#instance = instance;
    this.#scratch = scratch;
  }

  run(parts: readonly DenseReference[], wanted: ReadonlySet<number>, arena: Arena): RecordBatch {
    // Where one thread found a range of integers and another did not, ids come from a dictionary.
    const placements = parts.every((part) => part.keys === undefined) ? this.#range(parts) : this.#dictionary(parts);
    parts.forEach((part, i) => this.#addPart(part, present(placements[i], 'a placement')));
    return this.#emit(wanted, arena);
  }

  release(): void {
    this.#codec?.release();
  }

  #range(parts: readonly DenseReference[]): Placement[] {
    const ends = parts.map((part) => part.keyBase + BigInt(part.keyCount));
    this.#keyBase = parts.reduce((least, part) => (part.keyBase < least ? part.keyBase : least), ends[0] ?? 0n);
    this.#keyCount = Number(ends.reduce((a, b) => (a > b ? a : b), this.#keyBase) - this.#keyBase);
    return parts.map(({ keyBase, keyCount }) => ({
      remap: 0,
      shift: Number(keyBase - this.#keyBase),
      count: keyCount,
    }));
  }

  #dictionary(parts: readonly DenseReference[]): Placement[] {
    const parted = this.#shape.keyTypes.map((type) => createKeyCodec(type, this.#instance, this.#scratch));
    const codec = new TupleCodec(parted, this.#instance, this.#scratch);
    this.#codec = codec;
    const placements = parts.map((part): Placement => {
      const columns = this.#keysOf(part);
      const count = part.keys?.length ?? part.keyCount;
      const remap = this.#scratch.allocate(count * 4);
      for (let from = 0; from < count; from += BLOCK_ROWS) {
        codec.encode(columns, from, Math.min(BLOCK_ROWS, count - from), remap + from * 4);
      }
      return { remap, shift: 0, count };
    });
    this.#keyCount = codec.count;
    // The first part's keys were the first in the dictionary: their ids are what they were.
    const [first, ...others] = placements;
    return first === undefined ? [] : [{ ...first, remap: 0 }, ...others];
  }

  #keysOf(part: DenseReference): readonly Column[] {
    if (part.keys !== undefined) return openBatch(part.keys, this.#instance.memory).columns;
    const [type] = this.#shape.keyTypes;
    const column = allocateFixed(present(type, 'the key'), part.keyCount, this.#scratch);
    const { values } = column;
    for (let id = 0; id < part.keyCount; id++) {
      const key = part.keyBase + BigInt(id);
      if (values instanceof BigInt64Array) values[id] = key;
      else values[id] = Number(key);
    }
    return [column];
  }

  #addPart({ panes, keyCount }: DenseReference, { remap, shift, count }: Placement): void {
    const { kernels } = this.#instance;
    const { stride, integers, sums } = this.#shape;
    const isWhole = remap === 0 && shift === 0;
    for (const { pane, pointer } of panes) {
      const known = this.#panes.get(pane);
      if (known === undefined && isWhole && keyCount >= this.#keyCount) {
        this.#panes.set(pane, pointer);
        continue;
      }
      const target = (known ?? this.#allocatePane(pane)) + shift * stride;
      if (isWhole && integers === 0) {
        kernels.dense_add(target, pointer, count * stride);
        continue;
      }
      const checked = sums.find((sum) => sum.isInteger && sum.spec.onOverflow === 'error');
      const isChecked = checked === undefined ? 0 : 1;
      if (kernels.dense_merge(isChecked, target, pointer, count, stride, integers, remap) >= 0 && checked !== undefined)
        throw sumOverflow(checked.spec, 'merge');
    }
  }

  #allocatePane(pane: bigint): number {
    const bytes = this.#keyCount * this.#shape.stride;
    const pointer = this.#scratch.allocate(bytes);
    new Uint8Array(this.#instance.memory.buffer, pointer, bytes).fill(0);
    this.#panes.set(pane, pointer);
    return pointer;
  }

  #emit(wanted: ReadonlySet<number>, arena: Arena): RecordBatch {
    const { kernels } = this.#instance;
    const { keys, accumulators, panes, stride, sums } = this.#shape;
    const inOrder = [...this.#panes].sort(([a], [b]) => (a < b ? -1 : 1));
    const ids = this.#scratch.allocate(inOrder.length * this.#keyCount * 4);
    let length = 0;
    const runs = inOrder.map(([pane, pointer]) => {
      const from = length;
      length += kernels.dense_live(pointer, stride, this.#keyCount, ids + from * 4);
      return { pane, pointer, from, count: length - from, ids: ids + from * 4 };
    });
    const fill = (type: DataType, each: (run: (typeof runs)[number], out: number) => void): Column => {
      const column = allocateFixed(type, length, arena);
      const out = pointerOf(column.values);
      for (const run of runs) each(run, out + run.from * column.values.BYTES_PER_ELEMENT);
      return column;
    };
    const states = accumulators.map((spec, index) => {
      const sum = sums.find((candidate) => candidate.index === index);
      return sum === undefined
        ? fill(spec.stateType, (run, out) => kernels.dense_counts(run.ids, run.count, run.pointer, stride, out))
        : fill(spec.stateType, (run, out) =>
            kernels.dense_values(run.ids, run.count, run.pointer, stride, sum.slot, out),
          );
    });
    const paneColumn = (type: DataType): Column =>
      fill(type, (run, out) =>
        kernels.fill_i64((panes?.originMicros ?? 0n) + run.pane * (panes?.paneMicros ?? 0n), run.count, out),
      );
    const others = [...wanted].some((key) => key !== panes?.index) ? this.#otherKeys(ids, length, arena) : [];
    const keyColumns = keys.map(({ type }, i): Column => {
      if (!wanted.has(i)) return { layout: 'null', type, length, validity: undefined };
      if (i === panes?.index) return paneColumn(type);
      return present(others[panes === undefined || i < panes.index ? i : i - 1], 'a key column');
    });
    const schema = Types.struct([
      ...keys.map((key, i) => field(`k${i}`, key.type)),
      ...accumulators.map(({ stateType }, i) => field(`s${i}`, stateType)),
    ]);
    return makeBatch(schema, [...keyColumns, ...states], length);
  }

  #otherKeys(ids: number, length: number, arena: Arena): readonly Column[] {
    if (this.#codec !== undefined) return this.#codec.decode(ids, length, arena);
    const { kernels } = this.#instance;
    return this.#shape.keyTypes.map((type) => {
      const column = allocateFixed(type, length, arena);
      const out = pointerOf(column.values);
      if (column.values instanceof BigInt64Array) kernels.dense_keys_i64(ids, length, this.#keyBase, out);
      else kernels.dense_keys_i32(ids, length, this.#keyBase, out);
      return column;
    });
  }
}
