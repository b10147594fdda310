/**
 * `memory-stream`: rows that a program adds while the stream runs, for trying things out and for tests. An offset is the
 * number of the newest chunk of rows, from 0 (as Spark's MemoryStream counts). Chunks live in this process only: nothing is
 * left of them after a restart. They are freed once a batch with them is committed.
 */
import type { RecordBatch } from '../../arrow/column.ts';
import type { Schema } from '../../arrow/types.ts';
import { assert } from '../../core/assert.ts';
import { MillraceError } from '../../core/errors.ts';
import type { SourceProvider, StreamSource } from '../contract.ts';
import { optionReader } from '../options.ts';
import { leaseBatches } from './heap-batches.ts';

/** The memory streams of a process, by id. */
export interface MemoryStreams {
  /** @returns the offset of the added chunk: once it is processed, so are its rows */
  append(streamId: string, chunk: readonly RecordBatch[]): number;
}

interface Chunks {
  /** `chunks[i]` has the offset `first + i`. */
  readonly chunks: (readonly RecordBatch[])[];
  first: number;
}

export function createMemoryStreams(): { readonly streams: MemoryStreams; readonly provider: SourceProvider } {
  const byId = new Map<string, Chunks>();
  const chunksOf = (streamId: string): Chunks => {
    const known = byId.get(streamId) ?? { chunks: [], first: 0 };
    byId.set(streamId, known);
    return known;
  };
  return {
    streams: {
      append(streamId, chunk) {
        const stream = chunksOf(streamId);
        stream.chunks.push(chunk);
        return stream.first + stream.chunks.length - 1;
      },
    },
    provider: {
      format: 'memory-stream',
      schema({ schema }) {
        assert(schema !== undefined, 'a memory stream is made with its schema');
        return schema;
      },
      stream({ options }, schema, { memory }) {
        const streamId = optionReader('memory-stream', options).required('streamId', 'Use new MemoryStream(...).');
        return Promise.resolve(memoryStream(streamId, chunksOf(streamId), schema, memory));
      },
    },
  };
}

function memoryStream(
  streamId: string,
  stream: Chunks,
  schema: Schema,
  memory: Parameters<typeof leaseBatches>[1],
): StreamSource {
  const newest = (): number => stream.first + stream.chunks.length - 1;
  return {
    description: `MemoryStream[${schema.fields.map(({ name }) => name).join(',')}]`,
    initialOffset: () => Promise.resolve(null),
    latestOffset: (start) => Promise.resolve(newest() < 0 ? start : String(Math.max(newest(), numberOf(start)))),
    scan(start, end) {
      const from = numberOf(start) + 1;
      const to = numberOf(end) + 1;
      if (from < stream.first || to > newest() + 1) {
        throw new MillraceError('STREAMING_DATA_LOSS', {
          source: `memory stream ${streamId}`,
          problem: `rows ${from} to ${to - 1} are no longer in memory, where they live until the process ends`,
        });
      }
      return leaseBatches(stream.chunks.slice(from - stream.first, to - stream.first).flat(), memory);
    },
    commit(end) {
      const count = numberOf(end) + 1 - stream.first;
      if (count > 0) {
        stream.chunks.splice(0, count);
        stream.first += count;
      }
      return Promise.resolve();
    },
    reportLatest: () => (newest() < 0 ? undefined : String(newest())),
    stop: () => Promise.resolve(),
  };
}

function numberOf(offset: string | null): number {
  if (offset === null) return -1;
  const number = Number(offset);
  assert(Number.isSafeInteger(number) && number >= -1, 'an offset of a memory stream is the number of a chunk');
  return number;
}
