/**
 * `memory-stream`: rows that a program adds while the stream runs, for trying things out and for tests. An offset is the
 * number of the newest chunk of rows, from 0 (as Spark's MemoryStream counts). Chunks live in this process only. They are
 * freed once every query that reads the stream has committed a batch with them; a query that starts later begins with what
 * is left. Where a checkpoint of another process counts more chunks than there are here, those here follow the ones counted.
 */
import type { RecordBatch } from '../../arrow/column.ts';
import type { EngineMemory } from '../../arrow/memory.ts';
import type { ScanLease } from '../../arrow/scan.ts';
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
  /** `chunks[i]` has the number `first + i`. */
  readonly chunks: (readonly RecordBatch[])[];
  first: number;
  /** The queries that read the stream now. */
  readonly readers: Set<MemoryStreamReader>;
}

export function createMemoryStreams(): { readonly streams: MemoryStreams; readonly provider: SourceProvider } {
  const byId = new Map<string, Chunks>();
  const chunksOf = (streamId: string): Chunks => {
    const known = byId.get(streamId) ?? { chunks: [], first: 0, readers: new Set() };
    byId.set(streamId, known);
    return known;
  };
  return {
    streams: {
      append(streamId, chunk) {
        const stream = chunksOf(streamId);
        stream.chunks.push(chunk);
        for (const reader of stream.readers) reader.wake();
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
        return Promise.resolve(new MemoryStreamReader(streamId, chunksOf(streamId), schema, memory));
      },
    },
  };
}

class MemoryStreamReader implements StreamSource {
  readonly description: string;
  readonly #streamId: string;
  readonly #stream: Chunks;
  readonly #memory: EngineMemory;
  /** Chunks that the checkpoint counts from before this process: an offset less this is a chunk's number. */
  #elsewhere: number | undefined;
  /** All chunks below this number are committed. */
  doneBefore: number;
  wake: () => void = () => undefined;

  constructor(streamId: string, stream: Chunks, schema: Schema, memory: EngineMemory) {
    this.description = `MemoryStream[${schema.fields.map(({ name }) => name).join(',')}]`;
    this.#streamId = streamId;
    this.#stream = stream;
    this.#memory = memory;
    this.doneBefore = stream.first;
    stream.readers.add(this);
  }

  initialOffset(): Promise<string | null> {
    return Promise.resolve(this.#stream.first === 0 ? null : String(this.#stream.first - 1));
  }

  latestOffset(start: string | null): Promise<string | null> {
    const newest = this.#newest() + this.#baseFor(start);
    return Promise.resolve(newest <= numberOf(start) ? start : String(newest));
  }

  scan(start: string | null, end: string): AsyncIterable<ScanLease> {
    const base = this.#baseFor(start);
    const from = numberOf(start) + 1 - base;
    const to = numberOf(end) + 1 - base;
    if (from < this.#stream.first || to > this.#newest() + 1) {
      throw new MillraceError('NOT_SUPPORTED', {
        feature: `Reading the rows ${from} to ${to - 1} of memory stream ${this.#streamId} again, which ended with their process,`,
        remedy:
          'Start with a new checkpointLocation, and use a lasting source, such as files, where rows must survive.',
      });
    }
    const { chunks, first } = this.#stream;
    return leaseBatches(chunks.slice(from - first, to - first).flat(), this.#memory);
  }

  commit(end: string): Promise<void> {
    this.doneBefore = numberOf(end) + 1 - (this.#elsewhere ?? 0);
    this.#free();
    return Promise.resolve();
  }

  reportLatest(): string | undefined {
    const newest = this.#newest() + (this.#elsewhere ?? 0);
    return newest < 0 ? undefined : String(newest);
  }

  onRows(wake: () => void): void {
    this.wake = wake;
  }

  stop(): Promise<void> {
    this.#stream.readers.delete(this);
    return Promise.resolve();
  }

  #newest(): number {
    return this.#stream.first + this.#stream.chunks.length - 1;
  }

  /** Told by the first start. */
  #baseFor(start: string | null): number {
    this.#elsewhere ??= numberOf(start) > this.#newest() ? numberOf(start) + 1 - this.#stream.first : 0;
    return this.#elsewhere;
  }

  #free(): void {
    const doneBefore = Math.min(...[...this.#stream.readers].map((reader) => reader.doneBefore));
    const count = Math.max(0, doneBefore - this.#stream.first);
    this.#stream.chunks.splice(0, count);
    this.#stream.first += count;
  }
}

function numberOf(offset: string | null): number {
  if (offset === null) return -1;
  const number = Number(offset);
  assert(Number.isSafeInteger(number) && number >= -1, 'an offset of a memory stream is the number of a chunk');
  return number;
}
