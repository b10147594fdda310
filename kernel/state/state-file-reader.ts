/** Reads the body of a state file into columns. The layout is drawn in state-file.ts. */
import { layoutOf, type Column } from '../arrow/column.ts';
import {
  allocateBytes,
  allocateBytesColumn,
  allocateFixed,
  allocateInt32,
  bitmapBytes,
  childType,
  type Space,
} from '../arrow/make.ts';
import type { DataType } from '../arrow/types.ts';
import { assert } from '../core/assert.ts';

export interface StoredGroups {
  readonly keys: readonly Column[];
  readonly states: readonly Column[];
  readonly length: number;
  readonly removedKeys: readonly Column[];
  readonly removedLength: number;
}

/** Partition by partition; the columns lie in `space`. The body was verified, so a wrong length is a defect of ours. */
export function* readPartitions(
  body: Uint8Array,
  partitionCount: number,
  keyTypes: readonly DataType[],
  stateTypes: readonly DataType[],
  space: Space,
): Generator<StoredGroups, void> {
  const reader = new BodyReader(body, space);
  for (let partition = 0; partition < partitionCount; partition++) {
    const length = reader.u32();
    const keys = keyTypes.map((type) => reader.column(type, length));
    const states = stateTypes.map((type) => reader.column(type, length));
    const removedLength = reader.u32();
    // Without removed groups their columns are absent: empty columns of a void-free type take no bytes beyond their flags.
    const removedKeys = removedLength === 0 ? [] : keyTypes.map((type) => reader.column(type, removedLength));
    yield { keys, states, length, removedKeys, removedLength };
  }
  assert(reader.isAtEnd, 'a state file ends after its last partition');
}

class BodyReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #space: Space;
  #at = 0;

  constructor(bytes: Uint8Array, space: Space) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#space = space;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  u32(): number {
    const value = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return value;
  }

  column(type: DataType, length: number): Column {
    const layout = layoutOf(type);
    if (layout === 'null') return { layout, type, length, validity: undefined };
    const hasValidity = this.#take(1)[0] === 1;
    const validity = hasValidity ? this.#copy(bitmapBytes(length)) : undefined;
    switch (layout) {
      case 'fixed': {
        const column = allocateFixed(type, length, this.#space, validity);
        const { values } = column;
        fill(values, this.#take(values.byteLength));
        return column;
      }
      case 'bits':
        return { layout, type, length, validity, values: this.#copy(bitmapBytes(length)) };
      case 'bytes': {
        const offsets = this.#take((length + 1) * 4);
        const dataBytes = lastOffset(offsets);
        const column = allocateBytesColumn(type, length, dataBytes, this.#space, validity);
        fill(column.offsets, offsets);
        column.data.set(this.#take(dataBytes));
        return column;
      }
      case 'list': {
        const stored = this.#take((length + 1) * 4);
        const offsets = allocateInt32(length + 1, this.#space);
        fill(offsets, stored);
        return { layout, type, length, validity, offsets, child: this.column(childType(type), lastOffset(stored)) };
      }
      case 'struct': {
        assert(type.kind === 'struct', 'a struct layout has a struct type');
        return { layout, type, length, validity, children: type.fields.map((f) => this.column(f.type, length)) };
      }
    }
  }

  #take(byteCount: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#at, this.#at + byteCount);
    assert(taken.length === byteCount, 'a state file has the bytes that its counts say');
    this.#at += byteCount;
    return taken;
  }

  #copy(byteCount: number): Uint8Array {
    const copy = allocateBytes(byteCount, this.#space);
    copy.set(this.#take(byteCount));
    return copy;
  }
}

function fill(target: ArrayBufferView, bytes: Uint8Array): void {
  new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(bytes);
}

function lastOffset(offsets: Uint8Array): number {
  return new DataView(offsets.buffer, offsets.byteOffset, offsets.length).getInt32(offsets.length - 4, true);
}
