/** Several batches of one schema as one. */
import type { BytesColumn, Column, ListColumn, RecordBatch } from './column.ts';
import type { DataType, Schema } from './types.ts';
import { assert } from '../core/assert.ts';
import { layoutOf } from './column.ts';
import {
  allocateBitmap,
  allocateBits,
  allocateBytes,
  allocateFixed,
  allocateInt32,
  childType,
  makeBatch,
  requireOffsets,
  type Space,
} from './make.ts';
import { copyBits, sliceColumn } from './slice.ts';

/** The rows of all the batches in order, copied to `space`; a single batch is given back as it is. */
export function concatBatches(schema: Schema, batches: readonly RecordBatch[], space: Space): RecordBatch {
  const [only] = batches;
  if (only !== undefined && batches.length === 1) return only;
  const length = batches.reduce((sum, batch) => sum + batch.length, 0);
  const columns = schema.fields.map((f, k) => {
    const parts = batches.flatMap((batch) => batch.columns[k] ?? []);
    assert(parts.length === batches.length, 'every batch has every column');
    return concatColumns(f.type, parts, space);
  });
  return makeBatch(schema, columns, length);
}

export function concatColumns(type: DataType, parts: readonly Column[], space: Space): Column {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const validity = concatValidity(parts, length, space);
  switch (layoutOf(type)) {
    case 'null':
      return { layout: 'null', type, length, validity: undefined };
    case 'fixed': {
      const column = allocateFixed(type, length, space, validity);
      const out = new Uint8Array(column.values.buffer, column.values.byteOffset, column.values.byteLength);
      let at = 0;
      for (const part of parts) {
        assert(part.layout === 'fixed', 'parts of one layout');
        out.set(new Uint8Array(part.values.buffer, part.values.byteOffset, part.values.byteLength), at);
        at += part.values.byteLength;
      }
      return column;
    }
    case 'bits': {
      const column = allocateBits(length, space, validity);
      let at = 0;
      for (const part of parts) {
        assert(part.layout === 'bits', 'parts of one layout');
        copyBits(part.values, 0, column.values, at, part.length);
        at += part.length;
      }
      return column;
    }
    case 'bytes':
      return concatBytes(type, parts, length, validity, space);
    case 'list':
      return concatLists(type, parts, length, validity, space);
    case 'struct': {
      assert(type.kind === 'struct', 'a struct layout has a struct type');
      const children = type.fields.map((f, k) =>
        concatColumns(
          f.type,
          parts.flatMap((part) => (part.layout === 'struct' ? (part.children[k] ?? []) : [])),
          space,
        ),
      );
      return { layout: 'struct', type, length, validity, children };
    }
  }
}

function concatValidity(parts: readonly Column[], length: number, space: Space): Uint8Array | undefined {
  if (parts.every((part) => part.validity === undefined)) return undefined;
  const validity = allocateBitmap(length, space, 1);
  let at = 0;
  for (const part of parts) {
    if (part.validity !== undefined) copyBits(part.validity, 0, validity, at, part.length);
    at += part.length;
  }
  return validity;
}

/** Offsets of the parts one after the other, from 0. */
function concatOffsets(parts: readonly (BytesColumn | ListColumn)[], length: number, space: Space): Int32Array {
  const total = parts.reduce((sum, { offsets, length: rows }) => sum + (offsets[rows] ?? 0) - (offsets[0] ?? 0), 0);
  requireOffsets(total);
  const out = allocateInt32(length + 1, space);
  out[0] = 0;
  let row = 0;
  let end = 0;
  for (const { offsets, length: rows } of parts) {
    const delta = end - (offsets[0] ?? 0);
    for (let i = 1; i <= rows; i++) out[++row] = (offsets[i] ?? 0) + delta;
    end = (offsets[rows] ?? 0) + delta;
  }
  return out;
}

function concatBytes(
  type: DataType,
  parts: readonly Column[],
  length: number,
  validity: Uint8Array | undefined,
  space: Space,
): BytesColumn {
  const columns = parts.flatMap((part) => (part.layout === 'bytes' ? [part] : []));
  const offsets = concatOffsets(columns, length, space);
  const data = allocateBytes(offsets[length] ?? 0, space);
  let at = 0;
  for (const part of columns) {
    const run = part.data.subarray(part.offsets[0] ?? 0, part.offsets[part.length] ?? 0);
    data.set(run, at);
    at += run.length;
  }
  return { layout: 'bytes', type, length, validity, offsets, data };
}

function concatLists(
  type: DataType,
  parts: readonly Column[],
  length: number,
  validity: Uint8Array | undefined,
  space: Space,
): ListColumn {
  const columns = parts.flatMap((part) => (part.layout === 'list' ? [part] : []));
  const offsets = concatOffsets(columns, length, space);
  const children = columns.map((part) =>
    sliceColumn(part.child, part.offsets[0] ?? 0, part.offsets[part.length] ?? 0, 'heap'),
  );
  return { layout: 'list', type, length, validity, offsets, child: concatColumns(childType(type), children, space) };
}
