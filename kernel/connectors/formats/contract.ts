/** What a file format is: how its schema is found, how a file is cut into tasks, how a task becomes rows. */
import type { ScanTask, TaskReader } from '../../arrow/scan.ts';
import type { Schema } from '../../arrow/types.ts';
import type { ConnectorOptions } from '../contract.ts';
import type { JsonKernels } from '../../../wasm/abi/json-kernels.ts';

export interface FileFormat {
  /** `json`, `csv`, `text`: the name users give and the name of its task reader. */
  readonly name: string;
  /**
   * Reads what it needs of the files, synchronously.
   * @throws UNABLE_TO_INFER_SCHEMA where the files tell nothing, DATA_SOURCE_OPTION, NOT_SUPPORTED
   */
  inferSchema(paths: readonly string[], options: ConnectorOptions): Schema;
  /** Pieces of one file that can be read independently, in order. @throws DATA_SOURCE_OPTION, NOT_SUPPORTED */
  tasks(path: string, sizeBytes: number, options: ConnectorOptions, schema: Schema): ScanTask[];
  /** The reader of this format's tasks, for one engine thread. */
  createReader(kernels: JsonKernels): TaskReader;
}

/** The payload of a file format's ScanTask: plain data. */
export interface FileTask {
  readonly path: string;
  /** Lines whose first byte lies in `[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** The file is read as a whole: compressed, or its records span lines. */
  readonly whole: boolean;
  readonly options: ConnectorOptions;
  /** All fields of the file in their order; a request asks for some. */
  readonly schema: Schema;
}
