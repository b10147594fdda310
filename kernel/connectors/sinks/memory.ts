/**
 * `memory`: the result as a table in this process, under the query's name; and `memory-sink`, the source that reads it.
 * Append and update add a batch's rows, complete replaces the table. A batch that is delivered again is ignored. A query that
 * goes on from its checkpoint in the same process goes on with its table.
 */
import type { RecordBatch } from '../../arrow/column.ts';
import { copyOut } from '../../arrow/transfer.ts';
import { typeName, type Schema } from '../../arrow/types.ts';
import { MillraceError } from '../../core/errors.ts';
import type { Sink, SinkContext, SinkProvider, SourceProvider } from '../contract.ts';
import { optionReader } from '../options.ts';
import { leaseBatches } from '../sources/heap-batches.ts';

/** Rows that a table holds at most, unless the option `maxRows` says otherwise. */
const ROWS_MAX = 10_000_000;

export interface MemoryTable {
  readonly schema: Schema;
  /** On the heap. */
  readonly batches: readonly RecordBatch[];
  readonly rowCount: number;
  /** Of the query that writes it. */
  readonly queryId: string;
  /** -1: none yet. */
  readonly latestBatchId: number;
}

/** The tables of memory sinks in this process, by query name. */
export interface MemoryTables {
  get(queryName: string): MemoryTable | undefined;
}

export interface MemorySinks {
  readonly tables: MemoryTables;
  readonly sink: SinkProvider;
  readonly source: SourceProvider;
}

export function createMemorySinks(): MemorySinks {
  const tables = new Map<string, MemoryTable>();
  return {
    tables,
    sink: {
      format: 'memory',
      outputModes: ['append', 'complete', 'update'],
      create({ options, schema }, context) {
        const reader = optionReader('memory', options);
        const queryName = context.queryName ?? reader.required('queryName', 'Name the query by .queryName(...).');
        const rowsMax = reader.integer('maxRows', { min: 1 }) ?? ROWS_MAX;
        const table = tables.get(queryName);
        const goesOn = table?.queryId === context.queryId && typeName(table.schema) === typeName(schema);
        if (!goesOn) {
          tables.set(queryName, { schema, batches: [], rowCount: 0, queryId: context.queryId, latestBatchId: -1 });
        }
        return Promise.resolve(memorySink(queryName, rowsMax, tables, context));
      },
    },
    source: {
      format: 'memory-sink',
      schema({ options, schema }) {
        return schema ?? tableOf(tables, nameIn(options)).schema;
      },
      batch({ options }, _schema, { memory }) {
        return leaseBatches(tableOf(tables, nameIn(options)).batches, memory);
      },
    },
  };
}

const nameIn = (options: Readonly<Record<string, string>>): string =>
  optionReader('memory-sink', options).required('queryName', 'Give the name of the query that writes the table.');

function tableOf(tables: ReadonlyMap<string, MemoryTable>, queryName: string): MemoryTable {
  const table = tables.get(queryName);
  if (table !== undefined) return table;
  throw new MillraceError('TABLE_OR_VIEW_NOT_FOUND', {
    name: queryName,
    suggestion: 'A query with that name and format("memory") has to be started first.',
  });
}

function memorySink(
  queryName: string,
  rowsMax: number,
  tables: Map<string, MemoryTable>,
  { outputMode, queryId }: SinkContext,
): Sink {
  return {
    description: 'MemorySink',
    addBatch({ batchId, schema, batches, rowCount }) {
      const table = tables.get(queryName);
      if (table !== undefined && batchId <= table.latestBatchId) return Promise.resolve();
      const before = outputMode === 'complete' ? undefined : table;
      const total = rowCount + (before?.rowCount ?? 0);
      if (total > rowsMax) throw new MillraceError('MEMORY_SINK_FULL', { table: queryName, rows: total, rowsMax });
      const added = batches.filter(({ length }) => length > 0).map(copyOut);
      const all = [...(before?.batches ?? []), ...added];
      tables.set(queryName, { schema, batches: all, rowCount: total, queryId, latestBatchId: batchId });
      return Promise.resolve();
    },
    stop: () => Promise.resolve(),
  };
}
