/** Arguments as wasm kernels take them: (pointer, step), a constant repeated over 16 bytes (see wasm/abi/kernels.ts). */
import type { Arena } from '../arrow/memory.ts';
import type { DataType } from '../arrow/types.ts';
import { AssertionError } from '../core/assert.ts';
import type { LiteralValue } from '../expr/expr.ts';
import type { NumericType, Pointer, Step } from '../../wasm/abi/kernels.ts';
import type { Argument } from './contract.ts';
import { newFixed } from './vectors.ts';

export interface FixedOperand {
  readonly pointer: Pointer;
  readonly step: Step;
}

export interface BytesOperand {
  readonly offsets: Pointer;
  readonly data: Pointer;
  readonly step: Step;
  /** Bytes of the values, counted for `length` rows where constant. */
  readonly bytes: (length: number) => number;
}

const encoder = new TextEncoder();

/** The kernel suffix of a type's values; undefined for types without numeric kernels. */
export function numericSuffix(type: DataType): NumericType | undefined {
  switch (type.kind) {
    case 'byte':
      return 'i8';
    case 'short':
      return 'i16';
    case 'int':
    case 'date':
      return 'i32';
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
      return 'i64';
    case 'float':
      return 'f32';
    case 'double':
      return 'f64';
    case 'void':
    case 'boolean':
    case 'decimal':
    case 'string':
    case 'binary':
    case 'array':
    case 'map':
    case 'struct':
      return undefined;
  }
}

export function fixedOperand(argument: Argument, arena: Arena): FixedOperand {
  if (argument.kind === 'constant') return { pointer: constantBlock(argument.value, argument.type, arena), step: 0 };
  const { column } = argument;
  if (column.layout !== 'fixed') throw new AssertionError(`a fixed column, not ${column.layout}`);
  return { pointer: column.values.byteOffset, step: 1 };
}

function constantBlock(value: LiteralValue, type: DataType, arena: Arena): Pointer {
  const count = type.kind === 'decimal' ? 1 : 16 / (newWidth(type) ?? 16);
  const values = newFixed(type, count, arena);
  if (type.kind === 'decimal' && values instanceof BigInt64Array && typeof value === 'bigint') {
    values[0] = value;
    values[1] = value >> 64n;
  } else if (values instanceof BigInt64Array) {
    values.fill(typeof value === 'bigint' ? value : 0n);
  } else {
    values.fill(Number(value ?? 0));
  }
  return values.byteOffset;
}

function newWidth(type: DataType): number | undefined {
  const widths = { i8: 1, i16: 2, i32: 4, i64: 8, f32: 4, f64: 8 } as const;
  const suffix = numericSuffix(type);
  return suffix === undefined ? undefined : widths[suffix];
}

export function bytesOperand(argument: Argument, arena: Arena): BytesOperand {
  if (argument.kind === 'constant') {
    const { value } = argument;
    const bytes = value instanceof Uint8Array ? value : encoder.encode(String(value ?? ''));
    const data = arena.allocate(Math.max(bytes.length, 8));
    new Uint8Array(arena.memory.buffer, data, bytes.length).set(bytes);
    const offsets = new Int32Array(arena.memory.buffer, arena.allocate(8), 2);
    offsets[0] = 0;
    offsets[1] = bytes.length;
    return { offsets: offsets.byteOffset, data, step: 0, bytes: (length) => bytes.length * length };
  }
  const { column } = argument;
  if (column.layout !== 'bytes') throw new AssertionError(`a bytes column, not ${column.layout}`);
  const total = (column.offsets[column.length] ?? 0) - (column.offsets[0] ?? 0);
  return { offsets: column.offsets.byteOffset, data: column.data.byteOffset, step: 1, bytes: () => total };
}

/** The pointer of a validity bitmap; 0 for none. */
export function validityPointer(validity: Uint8Array | undefined): Pointer {
  return validity?.byteOffset ?? 0;
}

/** Whether some argument is the constant null: then every row of a strict function is null. */
export function hasNullConstant(args: readonly Argument[]): boolean {
  return args.some((argument) => argument.kind === 'constant' && argument.value === null);
}

export function columnsOf(args: readonly Argument[]): Extract<Argument, { kind: 'column' }>['column'][] {
  return args.flatMap((argument) => (argument.kind === 'column' ? [argument.column] : []));
}
