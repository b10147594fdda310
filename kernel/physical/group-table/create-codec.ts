/** Which codec a key's type has; strings and the void type's here. */
import type { BytesColumn, Column } from '../../arrow/column.ts';
import type { Arena } from '../../arrow/memory.ts';
import type { DataType, StructType } from '../../arrow/types.ts';
import type { EngineInstance } from '../ports.ts';
import { MillraceError } from '../../core/errors.ts';
import { assert } from '../../core/assert.ts';
import { Types, typeName } from '../../arrow/types.ts';
import { allocateBytes, requireOffsets } from '../../arrow/make.ts';
import { BytesDictionary, ENTRY_BYTES } from './bytes-dictionary.ts';
import { DecimalCodec, StructCodec, TupleCodec } from './composite-codec.ts';
import { decodeValidity, validityFrom, type KeyCodec } from './key-codec.ts';
import { WordCodec } from './word-codec.ts';

/** @throws NOT_SUPPORTED for arrays and maps */
export function createKeyCodec(type: DataType, instance: EngineInstance, scratch: Arena): KeyCodec {
  switch (type.kind) {
    case 'void':
      return new VoidCodec(instance);
    case 'boolean':
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return new WordCodec(type, instance, scratch);
    case 'decimal':
      return new DecimalCodec(type, instance, scratch);
    case 'string':
    case 'binary':
      return new BytesCodec(type, instance);
    case 'struct':
      return structCodec(type, instance, scratch);
    case 'array':
    case 'map':
      throw new MillraceError('NOT_SUPPORTED', {
        feature: `Grouping by a value of type ${typeName(type)}`,
        remedy: 'Group by its elements or by its text, to_json(…).',
      });
  }
}

function structCodec(type: StructType, instance: EngineInstance, scratch: Arena): KeyCodec {
  const parts = [Types.boolean, ...type.fields.map((f) => f.type)].map((part) =>
    createKeyCodec(part, instance, scratch),
  );
  return new StructCodec(type, new TupleCodec(parts, instance, scratch), instance, scratch);
}

class VoidCodec implements KeyCodec {
  readonly count = 1;
  readonly memoryBytes = 0;
  readonly #instance: EngineInstance;

  constructor(instance: EngineInstance) {
    this.#instance = instance;
  }

  encode(_column: Column, _from: number, length: number, ids: number): void {
    new Uint32Array(this.#instance.memory.buffer, ids, length).fill(0);
  }

  decode(_ids: number, count: number): Column {
    return { layout: 'null', type: { kind: 'void' }, length: count, validity: undefined };
  }

  release(): void {}
}

class BytesCodec implements KeyCodec {
  readonly #type: DataType;
  readonly #instance: EngineInstance;
  readonly #dictionary: BytesDictionary;

  constructor(type: DataType, instance: EngineInstance) {
    this.#type = type;
    this.#instance = instance;
    this.#dictionary = new BytesDictionary(instance);
  }

  get count(): number {
    return this.#dictionary.count;
  }

  get memoryBytes(): number {
    return this.#dictionary.memoryBytes;
  }

  encode(column: Column, from: number, length: number, ids: number): void {
    assert(column.layout === 'bytes', 'a string key has bytes');
    const offsets = column.offsets.subarray(from, from + length + 1);
    this.#dictionary.encode(offsets, column.data.byteOffset, validityFrom(column, from), length, ids);
  }

  decode(ids: number, count: number, arena: Arena): BytesColumn {
    const { nullMark, entriesPointer } = this.#dictionary;
    const validity = decodeValidity(nullMark, ids, count, this.#instance, arena);
    return bytesFromEntries(this.#type, entriesPointer, ENTRY_BYTES, ids, count, validity, this.#instance, arena);
  }

  release(): void {
    this.#dictionary.release();
  }
}

/** A bytes column of the entries {pointer, length} numbered `ids`; nulls have length 0. */
export function bytesFromEntries(
  type: DataType,
  entries: number,
  entryBytes: number,
  ids: number,
  count: number,
  validity: Uint8Array | undefined,
  { kernels, memory }: EngineInstance,
  arena: Arena,
): BytesColumn {
  const offsets = new Int32Array(memory.buffer, arena.allocate((count + 1) * 4), count + 1);
  const total = kernels.entry_offsets(entries, entryBytes, ids, count, offsets.byteOffset);
  requireOffsets(total);
  const data = allocateBytes(total, arena);
  kernels.entry_bytes(entries, entryBytes, ids, count, data.byteOffset);
  return { layout: 'bytes', type, length: count, validity, offsets, data };
}
