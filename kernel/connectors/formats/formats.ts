/** The file formats that can be read, by name. */
import type { TaskReader } from '../../arrow/scan.ts';
import type { TaskReaders } from '../contract.ts';
import type { JsonKernels } from '../../../wasm/abi/json-kernels.ts';
import type { FileFormat } from './contract.ts';
import { csvFormat } from './csv.ts';
import { jsonFormat } from './json-lines.ts';
import { textFormat } from './text.ts';

export const fileFormats: ReadonlyMap<string, FileFormat> = new Map(
  [csvFormat, jsonFormat, textFormat].map((format) => [format.name, format]),
);

/** The readers of all formats' tasks, for one engine thread. */
export function createFormatReaders(kernels: JsonKernels): TaskReaders {
  return new Map<string, TaskReader>(
    [...fileFormats.values()].map((format) => [format.name, format.createReader(kernels)]),
  );
}
