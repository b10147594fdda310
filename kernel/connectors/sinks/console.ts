/** `console`: every batch as a table, as Spark prints it. Options: numRows (20), truncate (true: 20 characters; a number). */
import type { RecordBatch } from '../../arrow/column.ts';
import type { Schema } from '../../arrow/types.ts';
import type { ConnectorOptions, SinkProvider } from '../contract.ts';
import { optionReader } from '../options.ts';

const RULE = '-'.repeat(43);

export interface TableLayout {
  /** Rows shown, at most; a line says where there are more. */
  readonly numRows: number;
  /** Characters of a cell, at most; 0: all. */
  readonly truncate: number;
}

/** Rows as `show()` prints them, ending with a newline. */
export type ShowRows = (schema: Schema, batches: readonly RecordBatch[], layout: TableLayout) => string;

export function createConsoleSink(show: ShowRows, print: (text: string) => void): SinkProvider {
  return {
    format: 'console',
    outputModes: ['append', 'complete', 'update'],
    create({ options }) {
      const layout = layoutOf(options);
      return Promise.resolve({
        description: `ConsoleTable[numRows=${layout.numRows}, truncate=${layout.truncate > 0}]`,
        addBatch({ batchId, schema, batches }) {
          print(`${RULE}\nBatch: ${batchId}\n${RULE}\n${show(schema, batches, layout)}\n`);
          return Promise.resolve();
        },
        stop: () => Promise.resolve(),
      });
    },
  };
}

function layoutOf(options: ConnectorOptions): TableLayout {
  const reader = optionReader('console', options);
  const truncate = reader.text('truncate') ?? 'true';
  const numRows = reader.integer('numRows', { min: 0 }) ?? 20;
  if (/^\d+$/.test(truncate)) return { numRows, truncate: Number(truncate) };
  return { numRows, truncate: reader.flag('truncate') === false ? 0 : 20 };
}
