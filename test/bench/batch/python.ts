/** Polars and Spark, each in a Python process of its own, as contestants of the batch suite. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Missing } from '../contract.ts';
import { startPythonPeer, type PythonPeer } from '../peers/python-peer.ts';
import { measuredBy, THREADS, type BatchEngine } from './engine.ts';
import type { Question } from './questions.ts';

const HEAP = '3g';

/** As a peer of Polars' lazy queries: its own engine for results larger than caches, which is the quicker one here. */
const POLARS_ENGINE = 'streaming';

export type PeerOrMissing = BatchEngine | { readonly missing: Missing };

export async function polarsBatch(): Promise<PeerOrMissing> {
  const peer = startPythonPeer('polars_peer.py', { POLARS_MAX_THREADS: String(THREADS) });
  const version = await versionOf('Polars', peer);
  if (typeof version !== 'string') return version;
  return {
    engine: {
      name: 'Polars',
      version,
      settings: `in a Python process of its own, ${THREADS} threads, lazy queries by its ${POLARS_ENGINE} engine; frames in memory with decimals as doubles, results as frames`,
    },
    load: async (folder, tables) => {
      await peer.ask({ do: 'load', tables: files(folder, tables, 'arrow') });
    },
    ask: async ({ name, polars = name, argument }) =>
      measuredBy(await peer.ask({ do: 'question', name: polars, argument, engine: POLARS_ENGINE })),
    close: () => peer.close(),
  };
}

export interface StartedSpark {
  readonly peer: PythonPeer;
  readonly version: string;
  /** What holds of it whatever it is asked. */
  readonly settings: string;
  close(): Promise<void>;
}

export async function startSpark(): Promise<StartedSpark | { readonly missing: Missing }> {
  const scratch = mkdtempSync(join(tmpdir(), 'millrace-bench-spark-'));
  const peer = startPythonPeer('spark_peer.py', { THREADS: String(THREADS), HEAP, SCRATCH: scratch });
  const close = async (): Promise<void> => {
    await peer.close();
    rmSync(scratch, { recursive: true, force: true });
  };
  const version = await versionOf('Spark', { ...peer, close });
  if (typeof version !== 'string') return version;
  const settings = `PySpark in a process of its own, \`local[${THREADS}]\`, ${THREADS} shuffle partitions, ${HEAP} of heap, no UI`;
  return { peer, version, settings, close };
}

export async function sparkBatch(): Promise<PeerOrMissing> {
  const spark = await startSpark();
  if ('missing' in spark) return spark;
  const { peer, version, settings } = spark;
  const summarised = new Set<Question>();
  return {
    engine: {
      name: 'Spark',
      version,
      settings: `${settings}; tables cached in memory, results to the \`noop\` sink, which throws them away (its answer is checked by an untimed query in the first round)`,
    },
    load: async (folder, tables) => {
      await peer.ask({ do: 'load', tables: files(folder, tables, 'parquet'), cached: true });
    },
    async ask(question) {
      const summary = !summarised.has(question);
      summarised.add(question);
      const { sql, spark: text = sql, setUp = [] } = question;
      return measuredBy(await peer.ask({ do: 'sql', setUp, text, summary }));
    },
    close: () => spark.close(),
  };
}

function files(folder: string, tables: readonly string[], kind: string): Readonly<Record<string, string>> {
  return Object.fromEntries(tables.map((name) => [name, join(folder, `${name}.${kind}`)]));
}

/** The version of a started peer; one that does not start is missing. */
async function versionOf(
  name: string,
  peer: ReturnType<typeof startPythonPeer>,
): Promise<string | { readonly missing: Missing }> {
  try {
    return String((await peer.ask({ do: 'version' }))['version']);
  } catch (error) {
    await peer.close();
    return { missing: { name, reason: error instanceof Error ? error.message : String(error) } };
  }
}
