/** Copies of batches: into engine memory, where kernels reach them, and out to the heap, where they outlive their arena. */
import type { Column, RecordBatch } from './column.ts';
import type { Arena } from './memory.ts';
import { allocateBytes, allocateInt32, bitmapBytes, fixedView, makeBatch, type Space } from './make.ts';

/** The batch in `arena`'s memory. Columns that already lie there are taken as they are: their own arena must live on. */
export function toEngine(batch: RecordBatch, arena: Arena): RecordBatch {
  const columns = batch.columns.map((column) => columnToEngine(column, arena));
  return makeBatch(batch.schema, columns, batch.length);
}

export function columnToEngine(column: Column, arena: Arena): Column {
  return liesIn(column, arena.memory.buffer) ? column : copyColumn(column, arena);
}

/** A copy on the heap. */
export function copyOut(batch: RecordBatch): RecordBatch {
  return copyBatch(batch, 'heap');
}

export function copyBatch(batch: RecordBatch, space: Space): RecordBatch {
  const columns = batch.columns.map((column) => copyColumn(column, space));
  return makeBatch(batch.schema, columns, batch.length);
}

function liesIn(column: Column, buffer: SharedArrayBuffer): boolean {
  if (column.validity !== undefined && column.validity.buffer !== buffer) return false;
  switch (column.layout) {
    case 'null':
      return true;
    case 'fixed':
    case 'bits':
      return column.values.buffer === buffer;
    case 'bytes':
      return column.offsets.buffer === buffer && column.data.buffer === buffer;
    case 'list':
      return column.offsets.buffer === buffer && liesIn(column.child, buffer);
    case 'struct':
      return column.children.every((child) => liesIn(child, buffer));
  }
}

export function copyColumn(column: Column, space: Space): Column {
  const { length } = column;
  const validity =
    column.validity === undefined ? undefined : copyBytes(column.validity.subarray(0, bitmapBytes(length)), space);
  switch (column.layout) {
    case 'null':
      return column;
    case 'fixed': {
      const { buffer, byteOffset, byteLength } = column.values;
      const bytes = copyBytes(new Uint8Array(buffer, byteOffset, byteLength), space);
      return { ...column, validity, values: fixedView(column.type, bytes.buffer, bytes.byteOffset, length) };
    }
    case 'bits':
      return { ...column, validity, values: copyBytes(column.values.subarray(0, bitmapBytes(length)), space) };
    case 'bytes': {
      const { offsets, begin, end } = rebase(column.offsets, length, space);
      return { ...column, validity, offsets, data: copyBytes(column.data.subarray(begin, end), space) };
    }
    case 'list': {
      const offsets = allocateInt32(length + 1, space);
      offsets.set(column.offsets.subarray(0, length + 1));
      return { ...column, validity, offsets, child: copyColumn(column.child, space) };
    }
    case 'struct':
      return { ...column, validity, children: column.children.map((child) => copyColumn(child, space)) };
  }
}

/** The offsets starting from 0, and the range of data that they had. */
function rebase(source: Int32Array, length: number, space: Space): { offsets: Int32Array; begin: number; end: number } {
  const begin = source[0] ?? 0;
  const end = source[length] ?? begin;
  const offsets = allocateInt32(length + 1, space);
  if (begin === 0) offsets.set(source.subarray(0, length + 1));
  else for (let i = 0; i <= length; i++) offsets[i] = (source[i] ?? 0) - begin;
  return { offsets, begin, end };
}

function copyBytes(source: Uint8Array, space: Space): Uint8Array {
  const copy = allocateBytes(source.length, space);
  copy.set(source);
  return copy;
}
