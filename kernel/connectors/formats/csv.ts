/** The `csv` format. A record with too few or too many fields, or with one that does not fit its type, is damaged. */
import type { RecordBatch } from '../../arrow/column.ts';
import type { ReadRequest, ScanTask, TaskReader } from '../../arrow/scan.ts';
import { MillraceError } from '../../core/errors.ts';
import type { FileFormat, FileTask } from './contract.ts';
import { createColumn, type CsvColumn } from './csv-columns.ts';
import { inferCsv } from './csv-infer.ts';
import { csvOptions, type CsvOptions } from './csv-options.ts';
import { emptyRecord, scanRecord, type CsvRecord } from './csv-scan.ts';
import { readTask, splitFile } from './file-bytes.ts';

export const csvFormat: FileFormat = {
  name: 'csv',
  inferSchema: (paths, options) => inferCsv(paths, csvOptions(options, 'UTC')),
  tasks(path, sizeBytes, options, schema) {
    const { multiLine } = csvOptions(options, 'UTC');
    return splitFile(path, sizeBytes, { reader: 'csv', options, schema, whole: multiLine });
  },
  createReader: () => csvReader,
};

const csvReader: TaskReader = {
  *read(task: ScanTask, request: ReadRequest): Generator<RecordBatch> {
    const file = task.payload as FileTask; // made by csvFormat.tasks
    const options = csvOptions(file.options, request.timeZone);
    const bytes = readTask(file, request.arena);
    const record = emptyRecord();
    let at = options.header && file.start === 0 ? scanRecord(bytes, 0, options, record) : 0;
    const plan = planColumns(file, request, options);
    while (at >= 0) {
      const columns = plan.wanted.map(({ type }) => createColumn(type, request.batchRowsMax, options, request.arena));
      let length = 0;
      while (length < request.batchRowsMax) {
        at = scanRecord(bytes, at, options, record);
        if (at < 0) break;
        if (appendRecord(bytes, record, columns, plan)) length++;
      }
      if (length > 0) yield { schema: request.schema, length, columns: columns.map((column) => column.finish()) };
    }
  },
};

interface ColumnPlan {
  readonly wanted: ReadRequest['schema']['fields'];
  /** Of each wanted column: its field in the file; -1 for the text of damaged records. */
  readonly positions: readonly number[];
  /** Fields of a whole record; undefined where a part of them is read, whose number then does not matter, as in Spark. */
  readonly width: number | undefined;
  readonly options: CsvOptions;
}

function planColumns({ schema }: FileTask, request: ReadRequest, options: CsvOptions): ColumnPlan {
  const names = schema.fields
    .filter((f) => f.name !== options.columnNameOfCorruptRecord || f.type.kind !== 'string')
    .map((f) => f.name);
  const wanted = request.schema.fields;
  const positions = wanted.map((f) => names.indexOf(f.name));
  const complete = positions.filter((position) => position >= 0).length === names.length;
  return { wanted, positions, width: complete ? names.length : undefined, options };
}

/** @returns false where the record is dropped: its values are taken back */
function appendRecord(bytes: Uint8Array, record: CsvRecord, columns: readonly CsvColumn[], plan: ColumnPlan): boolean {
  const { positions, width, options } = plan;
  let fits = width === undefined || record.count === width;
  columns.forEach((column, i) => {
    const position = positions[i] ?? -1;
    if (position >= 0) fits = column.append(bytes, record, position) && fits;
  });
  if (!fits && options.mode === 'FAILFAST') {
    throw new MillraceError('MALFORMED_RECORD_IN_PARSING', { record: recordText(bytes, record) });
  }
  if (!fits && options.mode === 'DROPMALFORMED') {
    columns.forEach((column, i) => {
      if ((positions[i] ?? -1) >= 0) column.retract();
    });
    return false;
  }
  columns.forEach((column, i) => {
    if ((positions[i] ?? -1) < 0) column.appendText(fits ? undefined : recordText(bytes, record));
  });
  return true;
}

function recordText(bytes: Uint8Array, { start, end }: CsvRecord): string {
  return new TextDecoder().decode(bytes.slice(start, end)).replace(/\r$/, '');
}
