/** Nexmark's queries over JSON lines: in batch beside DuckDB and Spark, as streams beside Spark. */
import { nexmarkData } from '../../nexmark/data.ts';
import { nexmarkQueries } from '../../nexmark/queries.ts';
import { FASTEST, type Missing, type Section, type Size, type Suite } from '../contract.ts';
import { duckDbInBatch } from '../nexmark/duckdb.ts';
import { queryComparison, type EngineOrMissing, type NexmarkEngine } from '../nexmark/engine.ts';
import { millraceInBatch, millraceInStreams } from '../nexmark/millrace.ts';
import { sparkInBatch, sparkInStreams } from '../nexmark/spark.ts';

const EVENTS: Readonly<Record<Size, number>> = { small: 20_000, full: 1_000_000 };
/** Of event time; events come up to two seconds late, which the watermark waits for. */
const DATA = { seed: 1, eventsPerSecond: 1000, disorderMs: 2000, startMs: Date.UTC(2026, 0, 1), parts: 8 };

export const nexmark: Suite = {
  name: 'nexmark',
  sections: [
    section('batch', { ours: millraceInBatch, peers: [duckDbInBatch, sparkInBatch] }),
    section('streaming', { ours: millraceInStreams, peers: [sparkInStreams] }),
  ],
};

interface Engines {
  readonly ours: (data: string) => Promise<NexmarkEngine>;
  readonly peers: readonly ((data: string) => Promise<EngineOrMissing>)[];
}

function section(name: 'batch' | 'streaming', engines: Engines): Section {
  return {
    name,
    async open({ size }) {
      const data = await nexmarkData({ ...DATA, events: EVENTS[size] });
      const ours = await engines.ours(data);
      const peers: NexmarkEngine[] = [];
      const missing: Missing[] = [];
      for (const start of engines.peers) {
        const started = await start(data);
        if ('missing' in started) missing.push(started.missing);
        else peers.push(started);
      }
      const queries = nexmarkQueries().filter(({ stream }) => name === 'batch' || stream !== undefined);
      const target = { kind: 'ratio', max: 1, peer: FASTEST } as const;
      return {
        comparisons: queries.map((query) => queryComparison(query, ours, peers, { rounds: 3, target })),
        missing,
        close: async () => {
          for (const engine of [ours, ...peers]) await engine.close();
        },
      };
    },
  };
}
