/** Picking and joining rows of columns. */
import { isValid, layoutOf, type Column, type FixedValues, type RecordBatch } from '../arrow/column.ts';
import {
  allocateBitmap,
  allocateBits,
  allocateBytesColumn,
  allocateFixed,
  allocateInt32,
  childType,
  type Space,
} from '../arrow/make.ts';
import type { DataType } from '../arrow/types.ts';
import { assert, present } from '../core/assert.ts';

/** One row of one of several columns of the same type. */
interface RowPicker {
  readonly length: number;
  readonly source: (index: number) => Column;
  readonly row: (index: number) => number;
}

export function takeRows(columns: readonly Column[], rows: Int32Array, space: Space): Column[] {
  return columns.map((column) =>
    pick(column.type, { length: rows.length, source: () => column, row: (index) => rows[index] ?? 0 }, space),
  );
}

/** The batches one after the other; the only one with rows is given back as it is. At least one batch is needed. */
export function concatBatches(batches: readonly RecordBatch[], space: Space): RecordBatch {
  const first = present(batches[0], 'the first batch');
  const filled = batches.filter(({ length }) => length > 0);
  if (filled.length <= 1) return filled[0] ?? first;
  const length = filled.reduce((sum, batch) => sum + batch.length, 0);
  const owners = new Int32Array(length);
  const rows = new Int32Array(length);
  let at = 0;
  for (const [owner, batch] of filled.entries()) {
    for (let row = 0; row < batch.length; row++, at++) {
      owners[at] = owner;
      rows[at] = row;
    }
  }
  const columns = first.columns.map((column, ordinal) => {
    const sources = filled.map((batch) => present(batch.columns[ordinal], 'a column'));
    const source = (index: number): Column => sources[owners[index] ?? 0] ?? column;
    return pick(column.type, { length, source, row: (index) => rows[index] ?? 0 }, space);
  });
  return { schema: first.schema, length, columns };
}

function pick(type: DataType, picker: RowPicker, space: Space): Column {
  const { length } = picker;
  const layout = layoutOf(type);
  const validity = pickValidity(picker, space);
  switch (layout) {
    case 'null':
      return { layout, type, length, validity: undefined };
    case 'fixed':
      return pickFixed(type, picker, validity, space);
    case 'bits': {
      const column = allocateBits(length, space, validity);
      column.values.fill(0);
      for (let index = 0; index < length; index++) {
        const source = picker.source(index);
        const row = picker.row(index);
        if (source.layout === 'bits' && (((source.values[row >> 3] ?? 0) >> (row & 7)) & 1) === 1) {
          setBit(column.values, index);
        }
      }
      return column;
    }
    case 'bytes':
      return pickBytes(type, picker, validity, space);
    case 'list':
      return pickList(type, picker, validity, space);
    case 'struct': {
      assert(type.kind === 'struct', 'a struct layout has a struct type');
      const children = type.fields.map((f, ordinal) => {
        const source = (index: number): Column => {
          const parent = picker.source(index);
          assert(parent.layout === 'struct', 'a struct column has children');
          return present(parent.children[ordinal], 'a child');
        };
        return pick(f.type, { ...picker, source }, space);
      });
      return { layout, type, length, validity, children };
    }
  }
}

function pickValidity({ length, source, row }: RowPicker, space: Space): Uint8Array | undefined {
  let validity: Uint8Array | undefined;
  for (let index = 0; index < length; index++) {
    const column = source(index);
    if (column.validity === undefined || isValid(column, row(index))) continue;
    validity ??= allocateBitmap(length, space, 1);
    validity[index >> 3] = (validity[index >> 3] ?? 0) & ~(1 << (index & 7));
  }
  return validity;
}

function pickFixed(
  type: DataType,
  { length, source, row }: RowPicker,
  validity: Uint8Array | undefined,
  space: Space,
): Column {
  const column = allocateFixed(type, length, space, validity);
  const { values } = column;
  if (values instanceof BigInt64Array) pickWords(values, type.kind === 'decimal' ? 2 : 1, { length, source, row });
  else {
    for (let index = 0; index < length; index++) {
      const value = fixedValues(source(index))[row(index)];
      values[index] = typeof value === 'number' ? value : 0;
    }
  }
  return column;
}

/** `width` words of 64 bits a row. */
function pickWords(target: BigInt64Array, width: number, { length, source, row }: RowPicker): void {
  for (let index = 0; index < length; index++) {
    const from = fixedValues(source(index));
    for (let word = 0; word < width; word++) {
      const value = from[row(index) * width + word];
      target[index * width + word] = typeof value === 'bigint' ? value : 0n;
    }
  }
}

function fixedValues(column: Column): FixedValues {
  assert(column.layout === 'fixed', 'columns of one type have one layout');
  return column.values;
}

function pickBytes(
  type: DataType,
  { length, source, row }: RowPicker,
  validity: Uint8Array | undefined,
  space: Space,
): Column {
  const ranges = Array.from({ length }, (_, index) => bytesOf(source(index), row(index)));
  const column = allocateBytesColumn(
    type,
    length,
    ranges.reduce((sum, { length: n }) => sum + n, 0),
    space,
    validity,
  );
  let at = 0;
  for (const [index, range] of ranges.entries()) {
    column.offsets[index] = at;
    column.data.set(range, at);
    at += range.length;
  }
  column.offsets[length] = at;
  return column;
}

function bytesOf(column: Column, row: number): Uint8Array {
  assert(column.layout === 'bytes', 'columns of one type have one layout');
  return column.data.subarray(column.offsets[row] ?? 0, column.offsets[row + 1] ?? 0);
}

function pickList(
  type: DataType,
  { length, source, row }: RowPicker,
  validity: Uint8Array | undefined,
  space: Space,
): Column {
  const offsets = allocateInt32(length + 1, space);
  offsets[0] = 0;
  const owners: Column[] = [];
  const rows: number[] = [];
  for (let index = 0; index < length; index++) {
    const column = source(index);
    assert(column.layout === 'list', 'columns of one type have one layout');
    const start = column.offsets[row(index)] ?? 0;
    const end = column.offsets[row(index) + 1] ?? 0;
    for (let element = start; element < end; element++) {
      owners.push(column.child);
      rows.push(element);
    }
    offsets[index + 1] = rows.length;
  }
  const element = childType(type);
  const fallback = owners[0];
  const child = pick(
    element,
    {
      length: rows.length,
      source: (index) => present(owners[index] ?? fallback, 'a list child'),
      row: (index) => rows[index] ?? 0,
    },
    space,
  );
  return { layout: 'list', type, length, validity, offsets, child };
}

export function setBit(bits: Uint8Array, index: number): void {
  bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
}
