/** Spark as a contestant of the Nexmark suite: a process of its own, started once. */
import { NEXMARK_WATERMARK } from '../../nexmark/queries.ts';
import { measuredBy } from '../batch/engine.ts';
import { startSpark } from '../batch/python.ts';
import { NotYet } from '../contract.ts';
import { fileTables, type EngineOrMissing } from './engine.ts';

/** @param data the folder of `nexmarkData` */
export async function sparkInBatch(data: string): Promise<EngineOrMissing> {
  const spark = await startSpark();
  if ('missing' in spark) return spark;
  await spark.peer.ask({ do: 'files', tables: fileTables(data, data) });
  const summarised = new Set<string>();
  return {
    engine: { name: 'Spark', version: spark.version, settings: `${spark.settings}; results to the \`noop\` sink` },
    run: async ({ id, sql }) => {
      const summary = !summarised.has(id);
      summarised.add(id);
      return measuredBy(await spark.peer.ask({ do: 'sql', text: sql, summary }));
    },
    close: () => spark.close(),
  };
}

/** @param data the folder of `nexmarkData` */
export async function sparkInStreams(data: string): Promise<EngineOrMissing> {
  const spark = await startSpark();
  if ('missing' in spark) return spark;
  const summarised = new Set<string>();
  return {
    engine: {
      name: 'Spark',
      version: spark.version,
      settings: `${spark.settings}; \`availableNow\`, checkpoints on disk, sink \`noop\``,
    },
    run: async ({ id, sql, stream }) => {
      if (stream === undefined) throw new NotYet('it has it in batch only');
      const { side_input, ...events } = fileTables(stream.needsClosing ? `${data}/closed` : data, data);
      await spark.peer.ask({ do: 'files', tables: { side_input } });
      const summary = !summarised.has(id);
      summarised.add(id);
      const request = { tables: events, watermark: NEXMARK_WATERMARK, text: sql, mode: stream.mode, summary };
      return measuredBy(await spark.peer.ask({ do: 'stream', ...request }));
    },
    close: () => spark.close(),
  };
}
