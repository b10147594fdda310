/** Batches in engine memory as plain data that another engine thread can open, and back. */
import type { Column, RecordBatch } from './column.ts';
import type { EngineMemory } from './memory.ts';
import type { BatchReference, ColumnReference } from './reference.ts';
import { assert } from '../core/assert.ts';
import { bitmapBytes, fixedView } from './make.ts';

/** @param batch lies in engine memory; the reference is valid as long as the batch's arena */
export function referenceBatch(batch: RecordBatch): BatchReference {
  return { schema: batch.schema, length: batch.length, columns: batch.columns.map(referenceColumn) };
}

/** The pointer of a view over engine memory. */
export function pointerOf(view: ArrayBufferView): number {
  assert(view.buffer instanceof SharedArrayBuffer, 'a view over engine memory');
  return view.byteOffset;
}

/** 0 where there are no nulls, as kernels take it. */
export function validityPointer(column: Column): number {
  return column.validity === undefined ? 0 : pointerOf(column.validity);
}

function referenceColumn(column: Column): ColumnReference {
  const { type, length } = column;
  const validity = validityPointer(column);
  switch (column.layout) {
    case 'null':
      return { layout: 'null', type, length };
    case 'fixed':
    case 'bits':
      return { layout: column.layout, type, length, validity, values: pointerOf(column.values) };
    case 'bytes': {
      const { offsets, data } = column;
      return {
        layout: 'bytes',
        type,
        length,
        validity,
        offsets: pointerOf(offsets),
        data: pointerOf(data),
        dataBytes: data.length,
      };
    }
    case 'list':
      return {
        layout: 'list',
        type,
        length,
        validity,
        offsets: pointerOf(column.offsets),
        child: referenceColumn(column.child),
      };
    case 'struct':
      return {
        layout: 'struct',
        type: column.type,
        length,
        validity,
        children: column.children.map(referenceColumn),
      };
  }
}

/** Lays views over what another thread wrote; nothing is copied. */
export function openBatch(reference: BatchReference, memory: EngineMemory): RecordBatch {
  return {
    schema: reference.schema,
    length: reference.length,
    columns: reference.columns.map((column) => openColumn(column, memory.buffer)),
  };
}

function openColumn(reference: ColumnReference, buffer: SharedArrayBuffer): Column {
  const { type, length } = reference;
  if (reference.layout === 'null') return { layout: 'null', type, length, validity: undefined };
  const validity =
    reference.validity === 0 ? undefined : new Uint8Array(buffer, reference.validity, bitmapBytes(length));
  switch (reference.layout) {
    case 'fixed':
      return { layout: 'fixed', type, length, validity, values: fixedView(type, buffer, reference.values, length) };
    case 'bits': {
      const values = new Uint8Array(buffer, reference.values, bitmapBytes(length));
      return { layout: 'bits', type, length, validity, values };
    }
    case 'bytes': {
      const offsets = new Int32Array(buffer, reference.offsets, length + 1);
      const data = new Uint8Array(buffer, reference.data, reference.dataBytes);
      return { layout: 'bytes', type, length, validity, offsets, data };
    }
    case 'list': {
      const offsets = new Int32Array(buffer, reference.offsets, length + 1);
      return { layout: 'list', type, length, validity, offsets, child: openColumn(reference.child, buffer) };
    }
    case 'struct': {
      const children = reference.children.map((child) => openColumn(child, buffer));
      return { layout: 'struct', type: reference.type, length, validity, children };
    }
  }
}
