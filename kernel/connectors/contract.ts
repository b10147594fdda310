/**
 * Connectors: where rows come from and where they go. A source is a sequence of rows addressed by offsets; a micro-batch is
 * the half-open range `(start, end]`, and reading a range again gives the same rows: recovery stands on that.
 */
import type { RecordBatch } from '../arrow/column.ts';
import type { Arena, EngineMemory } from '../arrow/memory.ts';
import type { ScanLease, TaskReader } from '../arrow/scan.ts';
import type { Schema } from '../arrow/types.ts';
import type { Clock } from '../core/clock.ts';

/** Option names are case-insensitive, as in Spark: providers look them up by `getOption`. */
export type ConnectorOptions = Readonly<Record<string, string>>;

export interface ScanRequest {
  readonly options: ConnectorOptions;
  readonly paths: readonly string[];
  /** The user's schema, if one was given. */
  readonly schema: Schema | undefined;
  readonly streaming: boolean;
}

/**
 * An offset as it stands in the offset log: one line of JSON. Equal offsets are equal texts (canonical: keys sorted).
 * `null` as a start means: before the first row.
 */
export type Offset = string;

export type ReadLimit =
  | { readonly kind: 'all' }
  /** As much as the source's own options allow per trigger (maxFilesPerTrigger, maxOffsetsPerTrigger, rowsPerSecond). */
  | { readonly kind: 'trigger' };

export interface SourceContext {
  readonly memory: EngineMemory;
  readonly clock: Clock;
  /** A folder in the checkpoint for the source's own log (the file source's seen files); undefined for a batch read. */
  readonly metadataPath: string | undefined;
}

/** A running streaming source, on the engine thread. Calls do not overlap. */
export interface StreamSource {
  /** For progress: `KafkaV2[Subscribe[events]]`, `FileStreamSource[file:…]`. */
  readonly description: string;
  /** Where a query without a checkpoint begins. Called once, before the first batch, and logged. `null`: before the first row. */
  initialOffset(): Promise<Offset | null>;
  /** The newest offset that a batch starting at `start` should read to; `start` itself (or null) where there is nothing new. */
  latestOffset(start: Offset | null, limit: ReadLimit): Promise<Offset | null>;
  /**
   * Trigger availableNow: what is there at this moment is the end; `latestOffset` never goes beyond it from now on. Called
   * once, before the first batch of the run. A source without it is read in one batch, its own limits ignored.
   */
  prepareForAvailableNow?(): Promise<void>;
  /**
   * The rows of `(start, end]`. Called with logged offsets again after a crash.
   * @throws STREAMING_DATA_LOSS where rows are gone
   */
  scan(start: Offset | null, end: Offset, arena: Arena): AsyncIterable<ScanLease>;
  /** Batches up to `end` are committed: what lies before may be forgotten. */
  commit(end: Offset): Promise<void>;
  /** The newest offset there is, for progress (`latestOffset`), where it is cheap; else undefined. */
  reportLatest?(): Offset | undefined;
  /** A source that knows at once when rows come calls `wake` then, so that an idle query need not wait for its next look. */
  onRows?(wake: () => void): void;
  stop(): Promise<void>;
}

export interface SourceProvider {
  /** `kafka`, `rate`, `json`, … */
  readonly format: string;
  /** Synchronous: called while a DataFrame is built. @throws UNABLE_TO_INFER_SCHEMA, PATH_NOT_FOUND, DATA_SOURCE_OPTION */
  schema(request: ScanRequest): Schema;
  /** A bounded read. Absent: the source cannot be read in batch. */
  batch?(request: ScanRequest, schema: Schema, context: SourceContext, arena: Arena): AsyncIterable<ScanLease>;
  /** Absent: the source cannot be streamed. */
  stream?(request: ScanRequest, schema: Schema, context: SourceContext): Promise<StreamSource>;
}

/** The readers that turn scan tasks into rows, by name; registered in every compute worker. */
export type TaskReaders = ReadonlyMap<string, TaskReader>;

export interface SinkContext {
  readonly clock: Clock;
  readonly queryName: string | undefined;
  readonly queryId: string;
  readonly outputMode: 'append' | 'update' | 'complete';
}

/** A batch's rows, in engine memory, valid during `addBatch`. */
export interface SinkBatch {
  readonly batchId: number;
  readonly schema: Schema;
  readonly batches: readonly RecordBatch[];
  readonly rowCount: number;
}

export interface Sink {
  readonly description: string;
  /** Delivers a batch durably. Called again with the same id after a crash; an idempotent sink ignores what it has. */
  addBatch(batch: SinkBatch): Promise<void>;
  stop(): Promise<void>;
}

export interface SinkProvider {
  readonly format: string;
  readonly outputModes: readonly SinkContext['outputMode'][];
  create(
    request: { readonly options: ConnectorOptions; readonly paths: readonly string[]; readonly schema: Schema },
    context: SinkContext,
  ): Promise<Sink>;
}

/** @returns the option's value, its name compared without case. */
export function getOption(options: ConnectorOptions, name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (const [key, value] of Object.entries(options)) if (key.toLowerCase() === wanted) return value;
  return undefined;
}
