/** The kernels of wasm/kernels/json*.ts and text.ts. */
import type { Pointer } from './kernels.ts';

export interface JsonKernels {
  /**
   * Parses JSON documents into columns; blocks and codes in json-schema.ts.
   * @returns JSON_DONE, or JSON_FULL where a buffer is to be enlarged before the next call
   */
  json_parse(state: Pointer): number;
  /**
   * The starts of the lines in `[data + start, data + end)`, relative to `data`, as u32; line i is `starts[i] .. starts[i + 1]`
   * with its line end. Room for `capacity` + 1 entries. `skipEmpty` 1: an empty line hangs on the line before it.
   * @returns how many lines; where there are more than `capacity`, the entry after the last is the next one's start
   */
  text_split_lines(
    data: Pointer,
    start: number,
    end: number,
    starts: Pointer,
    capacity: number,
    skipEmpty: number,
  ): number;
  /** Lines without their ends as a bytes column. @returns the bytes written to `output` */
  text_copy_lines(data: Pointer, starts: Pointer, count: number, outputOffsets: Pointer, output: Pointer): number;
}
