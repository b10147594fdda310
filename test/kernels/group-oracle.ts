/** Group tables in plain TypeScript, on JavaScript values: the oracle. */
import { inspect } from 'node:util';
import type { AccumulatorSpec } from '../../kernel/functions/contract.ts';
import { Decimal } from '../../kernel/arrow/decimal.ts';
import { Timestamp } from '../../kernel/arrow/temporal.ts';

export type Cell = unknown;

interface Group {
  readonly keys: readonly Cell[];
  readonly states: { seen: boolean; value: Cell }[];
  dirty: boolean;
}

/** Text that is the same for equal keys. */
export function keyText(value: Cell): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number') return `n${Number.isNaN(value) ? 'NaN' : value + 0 === 0 ? 0 : value}`;
  if (value instanceof Timestamp) return `t${value.micros}`;
  if (value instanceof Decimal) return `d${value.toString()}`;
  if (value instanceof Uint8Array) return `x${[...value].join()}`;
  if (typeof value === 'object') return `{${Object.values(value).map(keyText).join()}}`;
  return typeof value === 'string' ? `string${value}` : inspect(value);
}

function compare(a: Cell, b: Cell): number {
  if (a instanceof Decimal && b instanceof Decimal) return a.compare(b);
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (typeof a === 'number' && typeof b === 'number') {
    if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
    return Number.isNaN(b) ? -1 : a - b;
  }
  const x = a as bigint | boolean;
  const y = b as bigint | boolean;
  return x < y ? -1 : x > y ? 1 : 0;
}

function add(a: Cell, b: Cell): Cell {
  if (a instanceof Decimal && b instanceof Decimal) return new Decimal(a.unscaled + b.unscaled, a.scale);
  if (typeof a === 'bigint') return BigInt.asIntN(64, a + BigInt(b as number));
  return (a as number) + (b as number);
}

export class OracleTable {
  readonly #specs: readonly AccumulatorSpec[];
  readonly #groups = new Map<string, Group>();

  constructor(specs: readonly AccumulatorSpec[]) {
    this.#specs = specs;
  }

  #group(keys: readonly Cell[]): Group {
    const text = keys.map(keyText).join('|');
    let group = this.#groups.get(text);
    if (group === undefined) {
      group = {
        keys,
        dirty: true,
        states: this.#specs.map((s) => ({ seen: false, value: s.op === 'count' ? 0n : null })),
      };
      this.#groups.set(text, group);
    }
    group.dirty = true;
    return group;
  }

  feed(mode: 'update' | 'merge' | 'put', keys: readonly Cell[], inputs: readonly Cell[]): void {
    const group = this.#group(keys);
    this.#specs.forEach((spec, k) => {
      const state = group.states[k];
      if (state === undefined) return;
      const input = inputs[k];
      if (mode === 'put') {
        state.value = input;
        state.seen = true;
      } else this.#add(spec, mode, state, input);
    });
  }

  #add(spec: AccumulatorSpec, mode: 'update' | 'merge', state: { seen: boolean; value: Cell }, input: Cell): void {
    const isNull = input === null;
    switch (spec.op) {
      case 'count':
        state.value = (state.value as bigint) + (mode === 'merge' ? (input as bigint) : isNull ? 0n : 1n);
        return;
      case 'sum': {
        if (isNull) return;
        const zero =
          spec.stateType.kind === 'long'
            ? BigInt(input as number)
            : spec.stateType.kind === 'double'
              ? 0 + Number(input)
              : input;
        state.value = state.value === null ? zero : add(state.value, input);
        return;
      }
      case 'min':
      case 'max':
        if (isNull) return;
        if (
          state.value === null ||
          (spec.op === 'min' ? compare(input, state.value) < 0 : compare(input, state.value) > 0)
        ) {
          state.value = input;
        }
        return;
      case 'first':
        if (!state.seen) state.value = input;
        break;
      case 'last':
        state.value = input;
        break;
      case 'first_non_null':
        if (state.value === null) state.value = input;
        break;
      case 'last_non_null':
        if (!isNull) state.value = input;
        break;
    }
    state.seen = true;
  }

  remove(keys: readonly Cell[]): void {
    this.#groups.delete(keys.map(keyText).join('|'));
  }

  markClean(): void {
    for (const group of this.#groups.values()) group.dirty = false;
  }

  evict(selects: (keys: readonly Cell[]) => boolean): string[] {
    const gone = [...this.#groups.values()].filter((group) => selects(group.keys));
    for (const group of gone) this.remove(group.keys);
    return gone.map(groupText).sort();
  }

  emit(which: 'all' | 'dirty'): string[] {
    return [...this.#groups.values()]
      .filter((g) => which === 'all' || g.dirty)
      .map(groupText)
      .sort();
  }
}

function groupText(group: Group): string {
  return rowText([...group.keys, ...group.states.map((state) => state.value)]);
}

/** A row of keys and states as comparable text; -0 and 0 are told apart only by keys' normalisation. */
export function rowText(cells: readonly Cell[]): string {
  return cells.map(keyText).join('|');
}
