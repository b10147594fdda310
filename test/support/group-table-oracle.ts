/** A plain TypeScript GroupTable: what the one in WebAssembly must do, for tests of what stands on it. */
import type { Column, RecordBatch } from '../../kernel/arrow/column.ts';
import { createBuilder } from '../../kernel/arrow/builder.ts';
import type { Arena } from '../../kernel/arrow/memory.ts';
import { field, Types, type DataType } from '../../kernel/arrow/types.ts';
import { readValue, type CellValue } from '../../kernel/arrow/values.ts';
import { assert } from '../../kernel/core/assert.ts';
import type { AccumulatorSpec } from '../../kernel/functions/contract.ts';
import type { CreateGroupTable, GroupKeySpec, GroupTable } from '../../kernel/physical/ports.ts';

interface Group {
  readonly keys: readonly CellValue[];
  states: CellValue[];
  dirty: boolean;
}

export const createGroupTableOracle: CreateGroupTable = (_instance, keys, accumulators) =>
  new GroupTableOracle(keys, accumulators);

class GroupTableOracle implements GroupTable {
  readonly #keys: readonly GroupKeySpec[];
  readonly #accumulators: readonly AccumulatorSpec[];
  readonly #groups = new Map<string, Group>();

  constructor(keys: readonly GroupKeySpec[], accumulators: readonly AccumulatorSpec[]) {
    this.#keys = keys;
    this.#accumulators = accumulators;
  }

  get groupCount(): number {
    return this.#groups.size;
  }

  get memoryBytes(): number {
    return this.#groups.size * 64;
  }

  get dirtyCount(): number {
    return [...this.#groups.values()].filter(({ dirty }) => dirty).length;
  }

  update(): void {
    assert(false, 'state is fed with partial results');
  }

  merge(keys: readonly Column[], states: readonly Column[], length: number): void {
    this.#each(keys, states, length, (group, values) => {
      group.states = this.#accumulators.map(({ op }, index) => mergeState(op, group.states[index], values[index]));
    });
  }

  put(keys: readonly Column[], states: readonly Column[], length: number): void {
    this.#each(keys, states, length, (group, values) => {
      group.states = [...values];
    });
  }

  remove(keys: readonly Column[], length: number): void {
    for (let row = 0; row < length; row++) this.#groups.delete(textOf(keys.map((key) => readValue(key, row))));
  }

  emit(which: 'all' | 'dirty', arena: Arena): RecordBatch {
    return this.#batch(
      [...this.#groups.values()].filter(({ dirty }) => which === 'all' || dirty),
      arena,
    );
  }

  markClean(): void {
    for (const group of this.#groups.values()) group.dirty = false;
  }

  evict(selects: (groups: RecordBatch) => Uint8Array, arena: Arena): RecordBatch {
    const bits = selects(this.emit('all', arena));
    const evicted: Group[] = [];
    for (const [index, [text, group]] of [...this.#groups].entries()) {
      if ((((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 0) continue;
      evicted.push(group);
      this.#groups.delete(text);
    }
    return this.#batch(evicted, arena);
  }

  release(): void {
    this.#groups.clear();
  }

  #each(
    keys: readonly Column[],
    states: readonly Column[],
    length: number,
    change: (group: Group, values: readonly CellValue[]) => void,
  ): void {
    for (let row = 0; row < length; row++) {
      const key = keys.map((column) => readValue(column, row));
      const text = textOf(key);
      const group = this.#groups.get(text) ?? { keys: key, states: this.#accumulators.map(() => null), dirty: true };
      this.#groups.set(text, group);
      change(
        group,
        states.map((column) => readValue(column, row)),
      );
      group.dirty = true;
    }
  }

  #batch(groups: readonly Group[], arena: Arena): RecordBatch {
    const column = (type: DataType, values: readonly CellValue[]): Column => {
      const builder = createBuilder(type);
      for (const value of values) builder.append(value);
      return builder.finish(arena);
    };
    const cell = (values: readonly CellValue[], index: number): CellValue => values[index] ?? null;
    const schema = Types.struct([
      ...this.#keys.map(({ type }, index) => field(`k${index}`, type)),
      ...this.#accumulators.map(({ stateType }, index) => field(`s${index}`, stateType)),
    ]);
    const columns = [
      ...this.#keys.map(({ type }, index) =>
        column(
          type,
          groups.map((group) => cell(group.keys, index)),
        ),
      ),
      ...this.#accumulators.map((spec, index) =>
        column(
          spec.stateType,
          groups.map((group) => cell(group.states, index)),
        ),
      ),
    ];
    return { schema, length: groups.length, columns };
  }
}

function textOf(values: readonly CellValue[]): string {
  return JSON.stringify(values, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}

function mergeState(op: AccumulatorSpec['op'], a: CellValue | undefined, b: CellValue | undefined): CellValue {
  if (a === null || a === undefined) return b ?? null;
  if (b === null || b === undefined) return a;
  switch (op) {
    case 'count':
    case 'sum':
      assert(typeof a === 'bigint' && typeof b === 'bigint', 'the oracle sums 64-bit integers');
      return a + b;
    case 'min':
      assert(typeof a === 'bigint' && typeof b === 'bigint', 'the oracle compares 64-bit integers');
      return a <= b ? a : b;
    case 'max':
      assert(typeof a === 'bigint' && typeof b === 'bigint', 'the oracle compares 64-bit integers');
      return a >= b ? a : b;
    case 'first':
    case 'first_non_null':
      return a;
    case 'last':
    case 'last_non_null':
      return b;
  }
}
