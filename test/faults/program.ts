/** What a torture run runs: a streaming program, told by what it reads, what it computes and where it writes. */
import type { OutputMode } from '../../kernel/plan/runner-port.ts';

export const SOURCES = ['files', 'traffic', 'kafka'] as const;
export const QUERIES = ['append', 'update', 'complete', 'deduplicate'] as const;
export const SINKS = ['files', 'memory', 'postgres', 'kafka'] as const;

export type SourceName = (typeof SOURCES)[number];
/** A count by window and key in one of the output modes, or a deduplication. */
export type QueryName = (typeof QUERIES)[number];
export type SinkName = (typeof SINKS)[number];

export interface Program {
  readonly source: SourceName;
  readonly query: QueryName;
  readonly sink: SinkName;
  /** The input is cut into so many micro-batches. */
  readonly batches: number;
  /** The program is wrong on purpose, so that tests see that the harness notices. */
  readonly flaw?: Flaw;
}

/** After a restart the program drops a row, hangs, or its sink keeps what an earlier try of a batch has written. */
export type Flaw = 'loses' | 'doubles' | 'hangs';

/** What the child process is told, as JSON in the variable `FAULTS_PROGRAM`. */
export interface Assignment extends Program {
  /** Holds `checkpoint`, and `sink` of the sink `files`. */
  readonly folder: string;
  /** The folder of the files, the broker and topic (`host:port/topic`), or the seed of `traffic`. */
  readonly input: string;
  /** A database's URL and schema (`url#schema`), or a broker and topic. */
  readonly target: string;
  /** Before this batch goes to the sink the program writes `gate` to its output and waits for a line. */
  readonly gateAt?: number;
}

export const OUTPUT_MODES: Readonly<Record<QueryName, OutputMode>> = {
  append: 'append',
  update: 'update',
  complete: 'complete',
  deduplicate: 'append',
};

/** What a sink promises. */
export const GUARANTEES: Readonly<Record<SinkName, 'exactly once' | 'at least once'>> = {
  files: 'exactly once',
  memory: 'exactly once',
  postgres: 'exactly once',
  kafka: 'at least once',
};

/** Records that a micro-batch takes. */
export const RECORDS_PER_BATCH: Readonly<Record<SourceName, number>> = { files: 40, traffic: 250, kafka: 200 };

/**
 * Keys that records fall to by turns. The mark of a record is one of 15, which those of a key take by turns: two records of a
 * window, which are at most 1500 apart, never share a key and a mark.
 */
export const KEYS = 100;
export const MARKS = 15;

export function recordsOf({ source, batches }: Program): number {
  return batches * RECORDS_PER_BATCH[source];
}

/** Only a memory table in complete mode is whole after a restart; its rows come from the state. */
export function isSound({ query, sink }: Pick<Program, 'query' | 'sink'>): boolean {
  return sink !== 'memory' || query === 'complete';
}

/** `files/append/postgres` */
export function nameOf({ source, query, sink }: Pick<Program, 'source' | 'query' | 'sink'>): string {
  return `${source}/${query}/${sink}`;
}
