/** Columns and batches one after another. Columns lie in engine memory and have one type. */
import type { BytesColumn, Column, ListColumn, RecordBatch } from '../../arrow/column.ts';
import {
  allocateBitmap,
  allocateBytes,
  allocateBytesColumn,
  allocateFixed,
  allocateInt32,
  bitmapBytes,
  makeBatch,
  nullColumn,
  requireOffsets,
} from '../../arrow/make.ts';
import { pointerOf } from '../../arrow/open.ts';
import type { Schema } from '../../arrow/types.ts';
import { assert, present } from '../../core/assert.ts';
import type { EvalContext } from '../../functions/contract.ts';
import { takeColumn } from './gather.ts';

type Space = Pick<EvalContext, 'arena' | 'kernels'>;

/** @param schema of the result, needed where there are no batches. A single batch is given as it is. */
export function concatBatches(batches: readonly RecordBatch[], space: Space, schema?: Schema): RecordBatch {
  const [first, ...rest] = batches;
  const shape = present(schema ?? first?.schema, 'schema');
  if (first === undefined) {
    return makeBatch(shape, shape.fields.map((f) => nullColumn(f.type, 0, space.arena)), 0);
  }
  if (rest.length === 0) return { ...first, schema: shape };
  const columns = shape.fields.map((_, i) =>
    concatColumns(batches.map((batch) => present(batch.columns[i], 'column')), space),
  );
  const length = batches.reduce((sum, batch) => sum + batch.length, 0);
  return makeBatch(shape, columns, length);
}

export function concatColumns(columns: readonly Column[], space: Space): Column {
  const [first, ...rest] = columns;
  if (rest.length === 0) return present(first, 'column');
  const head = present(columns.find((column) => column.layout !== 'null') ?? first, 'column');
  const length = columns.reduce((sum, column) => sum + column.length, 0);
  const typed = columns.map((column) =>
    column.layout === head.layout ? column : nullColumn(head.type, column.length, space.arena),
  );
  const validity = concatValidity(typed, length, space);
  switch (head.layout) {
    case 'null':
      return { ...head, length };
    case 'fixed': {
      const out = allocateFixed(head.type, length, space.arena, validity);
      const bytes = new Uint8Array(out.values.buffer, out.values.byteOffset, out.values.byteLength);
      let at = 0;
      for (const { values } of only(typed, 'fixed')) {
        bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
        at += values.byteLength;
      }
      return out;
    }
    case 'bits': {
      const parts = only(typed, 'bits').map((column) => ({ bits: column.values, length: column.length }));
      return { ...head, length, validity, values: concatBits(parts, length, space) };
    }
    case 'bytes':
      return concatBytes(only(typed, 'bytes'), length, validity, space);
    case 'list':
      return concatLists(only(typed, 'list'), length, validity, space);
    case 'struct': {
      const structs = only(typed, 'struct');
      const children = head.children.map((_, i) =>
        concatColumns(structs.map((column) => present(column.children[i], 'child')), space),
      );
      return { ...head, length, validity, children };
    }
  }
}

type ColumnWith<L extends Column['layout']> = Extract<Column, { layout: L }>;

function only<L extends Column['layout']>(columns: readonly Column[], layout: L): readonly ColumnWith<L>[] {
  const matching = columns.filter((column): column is ColumnWith<L> => column.layout === layout);
  assert(matching.length === columns.length, 'columns of one type have one layout');
  return matching;
}

function concatValidity(columns: readonly Column[], length: number, space: Space): Uint8Array | undefined {
  if (columns.every((column) => column.validity === undefined)) return undefined;
  const parts = columns.map((column) => ({
    bits: column.validity ?? allocateBitmap(column.length, space.arena, 1),
    length: column.length,
  }));
  return concatBits(parts, length, space);
}

function concatBits(
  parts: readonly { readonly bits: Uint8Array; readonly length: number }[],
  length: number,
  { arena, kernels }: Space,
): Uint8Array {
  const out = allocateBytes(bitmapBytes(length), arena);
  let at = 0;
  for (const part of parts) {
    kernels.bitmap_copy(pointerOf(part.bits), 0, pointerOf(out), at, part.length);
    at += part.length;
  }
  return out;
}

function concatOffsets(columns: readonly (BytesColumn | ListColumn)[], length: number, { arena, kernels }: Space): Int32Array {
  const offsets = allocateInt32(length + 1, arena);
  offsets[0] = 0;
  let row = 0;
  let total = 0;
  for (const column of columns) {
    const begin = column.offsets[0] ?? 0;
    kernels.shift_offsets(pointerOf(column.offsets), column.length + 1, total - begin, pointerOf(offsets) + row * 4);
    row += column.length;
    total += (column.offsets[column.length] ?? begin) - begin;
    requireOffsets(total);
  }
  return offsets;
}

function concatBytes(
  columns: readonly BytesColumn[],
  length: number,
  validity: Uint8Array | undefined,
  space: Space,
): BytesColumn {
  const offsets = concatOffsets(columns, length, space);
  const { type, data } = allocateBytesColumn(present(columns[0], 'column').type, 0, offsets[length] ?? 0, space.arena);
  let at = 0;
  for (const column of columns) {
    const used = column.data.subarray(column.offsets[0] ?? 0, column.offsets[column.length] ?? 0);
    data.set(used, at);
    at += used.length;
  }
  return { layout: 'bytes', type, length, validity, offsets, data };
}

function concatLists(
  columns: readonly ListColumn[],
  length: number,
  validity: Uint8Array | undefined,
  space: Space,
): ListColumn {
  const first = present(columns[0], 'column');
  const offsets = concatOffsets(columns, length, space);
  const children = columns.map(({ child, offsets: own, length: rows }) => {
    const begin = own[0] ?? 0;
    const end = own[rows] ?? begin;
    return begin === 0 && end === child.length ? child : cut(child, begin, end, space);
  });
  return { ...first, length, validity, offsets, child: concatColumns(children, space) };
}

function cut(child: Column, begin: number, end: number, space: Space): Column {
  const rows = allocateInt32(end - begin, space.arena);
  for (let i = 0; i < rows.length; i++) rows[i] = begin + i;
  return takeColumn(child, rows, space);
}
