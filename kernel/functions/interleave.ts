/** Columns put side by side into lists: row i of the result is [columns[0][i], columns[1][i], …]. */
import type { Column, ListColumn } from '../arrow/column.ts';
import type { Arena } from '../arrow/memory.ts';
import { Types, type DataType } from '../arrow/types.ts';
import { MillraceError } from '../core/errors.ts';
import { columnReader, validityWriter, writerOf } from './vectors.ts';

/** @param type an array type; its element is the type of every column */
export function interleave(columns: readonly Column[], type: DataType, length: number, arena: Arena): ListColumn {
  const element = type.kind === 'array' ? type.element : Types.void;
  const count = columns.length;
  const offsets = new Int32Array(arena.memory.buffer, arena.allocate((length + 1) * 4), length + 1);
  for (let row = 0; row <= length; row++) offsets[row] = row * count;
  return {
    layout: 'list',
    type,
    length,
    validity: undefined,
    offsets,
    child: alternate(columns, element, length, arena),
  };
}

function alternate(columns: readonly Column[], type: DataType, length: number, arena: Arena): Column {
  const total = length * columns.length;
  if (type.kind === 'struct') {
    const valid = validityWriter(total, arena);
    for (let i = 0; i < total; i++) {
      const column = columns[i % columns.length];
      const row = Math.floor(i / columns.length);
      if (column?.validity === undefined || ((column.validity[row >> 3] ?? 0) >> (row & 7)) & 1) valid.set(i);
    }
    const children = type.fields.map((f, k) =>
      alternate(
        columns.flatMap((column) => (column.layout === 'struct' ? (column.children[k] ?? []) : [])),
        f.type,
        length,
        arena,
      ),
    );
    return { layout: 'struct', type, length: total, validity: valid.finish(), children };
  }
  if (type.kind === 'array' || type.kind === 'map') {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: 'An array of arrays or maps',
      remedy: 'Put them into structs.',
    });
  }
  const writer = writerOf(type, total, arena);
  columns.forEach((column, k) => {
    const read = columnReader(column);
    for (let row = 0; row < length; row++) writer.set(row * columns.length + k, read(row));
  });
  return writer.finish();
}
