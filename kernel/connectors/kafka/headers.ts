/** The column `headers`: array<struct<key: string, value: binary>>, null for a record without headers. */
import type { Column } from '../../arrow/column.ts';
import type { Arena } from '../../arrow/memory.ts';
import type { DataType } from '../../arrow/types.ts';
import { assert } from '../../core/assert.ts';
import { allValid, bytesBuilder, int32Block, structColumn } from '../blocks.ts';
import { VarintCursor, type RecordIndex } from './records.ts';

export function headersColumn(type: DataType, index: RecordIndex, arena: Arena): Column {
  assert(type.kind === 'array' && type.element.kind === 'struct', 'headers are an array of structs');
  const length = index.rowCount;
  const offsets = int32Block(arena, length + 1);
  const validity = allValid(arena, length);
  offsets[0] = 0;
  let count = 0;
  for (let row = 0; row < length; row++) {
    const own = index.headerCounts[row] ?? 0;
    if (own === 0) validity[row >> 3] = (validity[row >> 3] ?? 0) & ~(1 << (row & 7));
    count += own;
    offsets[row + 1] = count;
  }
  const child = structColumn(type.element, count, headerFields(type.element.fields, index, count, arena));
  return { layout: 'list', type, length, validity, offsets, child };
}

function headerFields(
  [keyField, valueField]: readonly { readonly type: DataType }[],
  index: RecordIndex,
  count: number,
  arena: Arena,
): Column[] {
  assert(keyField !== undefined && valueField !== undefined, 'a header has a key and a value');
  const { keyBytes, valueBytes } = measure(index, arena);
  const keys = bytesBuilder(arena, keyField.type, { rowsMax: count, bytesMax: keyBytes });
  const values = bytesBuilder(arena, valueField.type, { rowsMax: count, bytesMax: valueBytes });
  let header = 0;
  let keyEnd = 0;
  let valueEnd = 0;
  forEachHeader(index, arena, (key, value) => {
    keys.data.set(key, keyEnd);
    keyEnd += key.length;
    keys.end(header, keyEnd);
    if (value === undefined) values.setNull(header);
    else {
      values.data.set(value, valueEnd);
      valueEnd += value.length;
      values.end(header, valueEnd);
    }
    header++;
  });
  return [keys.finish(count), values.finish(count)];
}

function measure(index: RecordIndex, arena: Arena): { keyBytes: number; valueBytes: number } {
  const bytes = { keyBytes: 0, valueBytes: 0 };
  forEachHeader(index, arena, (key, value) => {
    bytes.keyBytes += key.length;
    bytes.valueBytes += value?.length ?? 0;
  });
  return bytes;
}

function forEachHeader(
  index: RecordIndex,
  arena: Arena,
  visit: (key: Uint8Array, value: Uint8Array | undefined) => void,
): void {
  const memory = new Uint8Array(arena.memory.buffer);
  for (let row = 0; row < index.rowCount; row++) {
    const cursor = new VarintCursor(memory, index.headerStarts[row] ?? 0);
    for (let left = index.headerCounts[row] ?? 0; left > 0; left--) {
      const key = take(cursor) ?? new Uint8Array();
      visit(key, take(cursor));
    }
  }
}

function take(cursor: VarintCursor): Uint8Array | undefined {
  const size = cursor.int();
  if (size < 0) return undefined;
  const start = cursor.at;
  cursor.at += size;
  return cursor.bytes.subarray(start, cursor.at);
}
