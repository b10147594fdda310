/** An engine as the Nexmark suite knows it: it reads the events from JSON lines each time it answers. */
import type { Comparison, Contestant, Engine, Measure, Measured, Missing } from '../contract.ts';
import { TIME } from '../contract.ts';
import { NEXMARK_SCHEMA, type NexmarkQuery } from '../../nexmark/queries.ts';

export interface NexmarkEngine {
  readonly engine: Engine;
  /** Times the query, from its text to its last row. @throws NotYet */
  run(query: NexmarkQuery): Promise<Measured>;
  close(): Promise<void>;
}

export type EngineOrMissing = NexmarkEngine | { readonly missing: Missing };

/** A table of events or the side input in files, for engines in other processes. */
export interface FileTable {
  readonly schema: string;
  readonly format: 'json' | 'csv';
  readonly path: string;
}

/** @param folder of `nexmarkData`, or its `closed` */
export function fileTables(folder: string, side: string): Readonly<Record<string, FileTable>> {
  const table = (name: keyof typeof NEXMARK_SCHEMA): FileTable =>
    name === 'side_input'
      ? { schema: NEXMARK_SCHEMA[name], format: 'csv', path: `${side}/${name}` }
      : { schema: NEXMARK_SCHEMA[name], format: 'json', path: `${folder}/${name}` };
  return { person: table('person'), auction: table('auction'), bid: table('bid'), side_input: table('side_input') };
}

export function queryComparison(
  query: NexmarkQuery,
  ours: NexmarkEngine,
  peers: readonly NexmarkEngine[],
  { rounds, target }: { readonly rounds: number; readonly target: NonNullable<Measure['target']> },
): Comparison {
  const contestant = (engine: NexmarkEngine): Contestant => ({ engine: engine.engine, run: () => engine.run(query) });
  return {
    name: `${query.id}: ${query.title}`,
    description: 'from the query’s text over JSON lines to its last row',
    measures: [{ ...TIME, target }],
    rounds,
    ours: contestant(ours),
    peers: peers.map(contestant),
  };
}
