/** Lines of a task's bytes, as columns of at most so many rows. */
import { allocateBytesColumn, allocateInt32 } from '../../arrow/make.ts';
import { pointerOf } from '../../arrow/open.ts';
import type { BytesColumn } from '../../arrow/column.ts';
import type { Arena } from '../../arrow/memory.ts';
import { Types } from '../../arrow/types.ts';
import type { JsonKernels } from '../../../wasm/abi/json-kernels.ts';

export interface LineRequest {
  readonly arena: Arena;
  readonly kernels: JsonKernels;
  readonly batchRowsMax: number;
}

/**
 * The lines with their ends, as ranges of `bytes` itself: nothing is copied. Empty lines hang on the line before them.
 * A column is valid until the next one is asked for.
 */
export function* rawLines(bytes: Uint8Array, request: LineRequest): Generator<BytesColumn> {
  yield* split(bytes, request, 1);
}

/** As `rawLines`, empty ones too. */
export function* endedLines(bytes: Uint8Array, request: LineRequest): Generator<BytesColumn> {
  yield* split(bytes, request, 0);
}

/** The lines without their ends, empty ones too, copied. */
export function* plainLines(bytes: Uint8Array, request: LineRequest): Generator<BytesColumn> {
  const { arena, kernels } = request;
  for (const { offsets, length } of split(bytes, request, 0)) {
    const total = (offsets[length] ?? 0) - (offsets[0] ?? 0);
    const lines = allocateBytesColumn(Types.string, length, total, arena);
    const [data, starts] = [pointerOf(bytes), pointerOf(offsets)];
    const written = kernels.text_copy_lines(data, starts, length, pointerOf(lines.offsets), pointerOf(lines.data));
    yield { ...lines, data: lines.data.subarray(0, written) };
  }
}

function* split(bytes: Uint8Array, request: LineRequest, skipEmpty: 0 | 1): Generator<BytesColumn> {
  const { arena, kernels, batchRowsMax } = request;
  const starts = allocateInt32(batchRowsMax + 1, arena);
  const data = pointerOf(bytes);
  let at = 0;
  while (at < bytes.length) {
    const length = kernels.text_split_lines(data, at, bytes.length, pointerOf(starts), batchRowsMax, skipEmpty);
    if (length === 0) return;
    yield {
      layout: 'bytes',
      type: Types.string,
      length,
      validity: undefined,
      offsets: starts.subarray(0, length + 1),
      data: bytes,
    };
    at = starts[length] ?? bytes.length;
  }
}

/** The rows of `lines` whose bit is not set. */
export function withoutRows(lines: BytesColumn, dropped: Uint8Array, arena: Arena): BytesColumn {
  const ranges: [number, number][] = [];
  for (let row = 0; row < lines.length; row++) {
    if (((dropped[row >> 3] ?? 0) >> (row & 7)) & 1) continue;
    ranges.push([lines.offsets[row] ?? 0, lines.offsets[row + 1] ?? 0]);
  }
  return fromRanges(lines.data, ranges, arena);
}

/** A column of pieces of `data`, copied. */
export function fromRanges(
  data: Uint8Array,
  ranges: readonly (readonly [number, number])[],
  arena: Arena,
): BytesColumn {
  const total = ranges.reduce((sum, [from, to]) => sum + to - from, 0);
  const column = allocateBytesColumn(Types.string, ranges.length, total, arena);
  let written = 0;
  column.offsets[0] = 0;
  ranges.forEach(([from, to], row) => {
    column.data.set(data.subarray(from, to), written);
    written += to - from;
    column.offsets[row + 1] = written;
  });
  return column;
}

export function union(a: Uint8Array, b: Uint8Array): Uint8Array {
  return Uint8Array.from(a, (byte, i) => byte | (b[i] ?? 0));
}
