/** The `text` format: a row per line with one string column, or (`wholetext`) a row per file. */
import type { BytesColumn, RecordBatch } from '../../arrow/column.ts';
import type { ReadRequest, ScanTask, TaskReader } from '../../arrow/scan.ts';
import { field, Types } from '../../arrow/types.ts';
import { MillraceError } from '../../core/errors.ts';
import type { JsonKernels } from '../../../wasm/abi/json-kernels.ts';
import type { ConnectorOptions } from '../contract.ts';
import { optionReader } from '../options.ts';
import type { FileFormat, FileTask } from './contract.ts';
import { readTask, splitFile } from './file-bytes.ts';
import { endedLines, fromRanges, plainLines } from './lines.ts';

export const textFormat: FileFormat = {
  name: 'text',
  inferSchema(_, options) {
    isWholeText(options);
    return Types.struct([field('value', Types.string)]);
  },
  tasks: (path, sizeBytes, options, schema) =>
    splitFile(path, sizeBytes, { reader: 'text', options, schema, whole: isWholeText(options) }),
  createReader: (kernels) => new TextReader(kernels),
};

/** @throws NOT_SUPPORTED for a line separator of one's own */
function isWholeText(options: ConnectorOptions): boolean {
  const reader = optionReader('text', options);
  const separator = Object.entries(options).find(([name]) => name.toLowerCase() === 'linesep')?.[1];
  if (separator !== undefined && separator !== '\n') {
    throw new MillraceError('NOT_SUPPORTED', {
      feature: 'The option lineSep other than a line feed',
      remedy: 'Read the file with wholetext and split the value.',
    });
  }
  return reader.flag('wholetext') ?? false;
}

class TextReader implements TaskReader {
  readonly #kernels: JsonKernels;

  constructor(kernels: JsonKernels) {
    this.#kernels = kernels;
  }

  *read(task: ScanTask, request: ReadRequest): Generator<RecordBatch> {
    const file = task.payload as FileTask; // made by textFormat.tasks
    const { schema, arena } = request;
    const bytes = readTask(file, arena);
    const columns: Iterable<BytesColumn> = isWholeText(file.options)
      ? [fromRanges(bytes, [[0, bytes.length]], arena)]
      : (request.lineEnds === 'any' ? endedLines : plainLines)(bytes, { ...request, kernels: this.#kernels });
    for (const column of columns) {
      yield { schema, length: column.length, columns: schema.fields.map(() => column) };
    }
  }
}
