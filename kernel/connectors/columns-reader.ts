/** The reader `columns`: rows that already lie in engine memory, described by a BatchReference. */
import type { Column, RecordBatch } from '../arrow/column.ts';
import { openBatch } from '../arrow/open.ts';
import type { BatchReference } from '../arrow/reference.ts';
import type { ScanTask, TaskReader } from '../arrow/scan.ts';
import type { Schema } from '../arrow/types.ts';
import { assert } from '../core/assert.ts';

export const columnsReader: TaskReader = {
  *read(task: ScanTask, { schema, arena }): Generator<RecordBatch> {
    const batch = openBatch(task.payload as BatchReference, arena.memory); // made by a source's scan
    yield selectColumns(batch, schema);
  },
};

/** The wanted columns by name, in the wanted order. */
export function selectColumns(batch: RecordBatch, wanted: Schema): RecordBatch {
  const columns = wanted.fields.map(({ name }): Column => {
    const column = batch.columns[batch.schema.fields.findIndex((offered) => offered.name === name)];
    assert(column !== undefined, `the source offers no column ${name}`);
    return column;
  });
  return { schema: wanted, length: batch.length, columns };
}
