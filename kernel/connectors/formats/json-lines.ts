/** The `json` format: a document per line, or (`multiLine`) a document or an array of them per file. */
import type { BytesColumn, RecordBatch } from '../../arrow/column.ts';
import type { ReadRequest, ScanTask, TaskReader } from '../../arrow/scan.ts';
import { jsonOptions, type JsonOptions } from '../../functions/json/options.ts';
import { parseJsonColumn, type ParsedJson } from '../../functions/json/parse.ts';
import type { JsonKernels } from '../../../wasm/abi/json-kernels.ts';
import type { FileFormat, FileTask } from './contract.ts';
import { readTask, splitFile } from './file-bytes.ts';
import { arrayElements } from './json-elements.ts';
import { inferJson } from './json-infer.ts';
import { fromRanges, rawLines, union, withoutRows } from './lines.ts';

export const jsonFormat: FileFormat = {
  name: 'json',
  inferSchema: (paths, options) => inferJson(paths, jsonOptions(options, 'UTC')),
  tasks(path, sizeBytes, options, schema) {
    const { multiLine } = jsonOptions(options, 'UTC');
    return splitFile(path, sizeBytes, { reader: 'json', options, schema, whole: multiLine });
  },
  createReader: (kernels) => new JsonReader(kernels),
};

class JsonReader implements TaskReader {
  readonly #kernels: JsonKernels;

  constructor(kernels: JsonKernels) {
    this.#kernels = kernels;
  }

  *read(task: ScanTask, request: ReadRequest): Generator<RecordBatch> {
    const file = task.payload as FileTask; // made by jsonFormat.tasks
    const options = jsonOptions(file.options, request.timeZone);
    const bytes = readTask(file, request.arena);
    const context = { ...request, kernels: this.#kernels };
    const batches = options.multiLine ? documents(bytes, request) : rawLines(bytes, context);
    for (const lines of batches) {
      const parsed = this.#parse(lines, options, request);
      if (parsed.column.length === 0) continue;
      yield { schema: request.schema, length: parsed.column.length, columns: parsed.column.children };
    }
  }

  /** Rows of a reader are documents: blank lines are none, an array is as many as it has elements. */
  #parse(lines: BytesColumn, options: JsonOptions, request: ReadRequest): ParsedJson {
    const { arena, schema } = request;
    const context = { arena, kernels: this.#kernels };
    // A damaged record is an error only once arrays have been taken apart.
    const first = parseJsonColumn(lines, schema, { ...options, mode: 'PERMISSIVE' }, context);
    const expanded = first.badRows === 0 ? undefined : expandArrays(lines, first.bad, request);
    const parsed =
      expanded === undefined ? first : parseJsonColumn(expanded, schema, { ...options, mode: 'PERMISSIVE' }, context);
    const documents = expanded ?? lines;
    const dropped = options.mode === 'DROPMALFORMED' && parsed.badRows > 0;
    if (parsed.blankRows === 0 && !dropped && (parsed.badRows === 0 || options.mode !== 'FAILFAST')) return parsed;
    const blank = parsed.column.validity;
    const absent = blank === undefined ? parsed.bad.map(() => 0) : blank.map((byte) => ~byte);
    return parseJsonColumn(
      withoutRows(documents, dropped ? union(absent, parsed.bad) : absent, arena),
      schema,
      options,
      context,
    );
  }
}

/** `lines` with every array among the damaged rows replaced by its elements; undefined where there is none. */
function expandArrays(lines: BytesColumn, bad: Uint8Array, { arena }: ReadRequest): BytesColumn | undefined {
  let found = false;
  const ranges: (readonly [number, number])[] = [];
  for (let row = 0; row < lines.length; row++) {
    const range: readonly [number, number] = [lines.offsets[row] ?? 0, lines.offsets[row + 1] ?? 0];
    const damaged = (((bad[row >> 3] ?? 0) >> (row & 7)) & 1) === 1;
    const elements = damaged ? arrayElements(lines.data, range[0], range[1]) : undefined;
    found ||= elements !== undefined;
    ranges.push(...(elements ?? [range]));
  }
  return found ? fromRanges(lines.data, ranges, arena) : undefined;
}

/** The documents of a whole file: one, or the elements of an array, in batches. */
function* documents(bytes: Uint8Array, { arena, batchRowsMax }: ReadRequest): Generator<BytesColumn> {
  const ranges = arrayElements(bytes, 0, bytes.length) ?? [[0, bytes.length] as const];
  for (let at = 0; at < ranges.length; at += batchRowsMax) {
    yield fromRanges(bytes, ranges.slice(at, at + batchRowsMax), arena);
  }
}
