/** Batches from the rows that users write: objects, arrays, or anything with the schema's fields as properties. */
import type { RecordBatch } from './column.ts';
import { MillraceError } from '../core/errors.ts';
import { createBuilder } from './builder.ts';
import { UnfitValue } from './fit.ts';
import { makeBatch, type Space } from './make.ts';
import { typeName, type Schema } from './types.ts';

/**
 * Rows as a batch. Objects are read by field name (a missing field is null), arrays by position.
 * @throws INVALID_ROW with the row's number (from 0) and the field's name
 */
export function batchFromRows(rows: readonly unknown[], schema: Schema, space: Space = 'heap'): RecordBatch {
  const builders = schema.fields.map((f) => createBuilder(f.type));
  rows.forEach((row, index) => {
    const cells = cellsOf(row, schema, index);
    schema.fields.forEach((f, k) => {
      const cell = cells[k];
      if ((cell === null || cell === undefined) && !f.nullable) invalid(index, f.name, 'it is null', typeName(f.type));
      try {
        builders[k]?.append(cell);
      } catch (error) {
        if (!(error instanceof UnfitValue)) throw error;
        invalid(index, f.name, error.message, typeName(f.type));
      }
    });
  });
  return makeBatch(
    schema,
    builders.map((builder) => builder.finish(space)),
    rows.length,
  );
}

function cellsOf(row: unknown, schema: Schema, index: number): readonly unknown[] {
  if (Array.isArray(row)) {
    if (row.length === schema.fields.length) return row;
    return invalid(index, '*', `it has ${row.length} values, the schema ${schema.fields.length}`, typeName(schema));
  }
  if (typeof row === 'object' && row !== null) return schema.fields.map((f): unknown => Reflect.get(row, f.name));
  const [only] = schema.fields;
  if (schema.fields.length === 1 && only !== undefined && only.type.kind !== 'struct') return [row];
  return invalid(index, '*', 'it is neither an object nor an array', typeName(schema));
}

function invalid(row: number, field: string, problem: string, type: string): never {
  throw new MillraceError('INVALID_ROW', { row, field, problem, type });
}
