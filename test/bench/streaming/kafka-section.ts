/** What sections over Kafka share: a broker, a folder for each run, the contestants that can be had. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka, type KafkaService } from '../../services/kafka.ts';
import type { Comparison, Contestant, Measured, OpenedSection } from '../contract.ts';
import { millraceHost, streamingPeers, type ProgramHost } from './peers.ts';

export interface KafkaBench {
  readonly kafka: KafkaService;
  /** All contestants of a comparison; `measure` runs one of them once, in a new folder. */
  readonly contestants: (measure: (host: ProgramHost, folder: string) => Promise<Measured>) => {
    readonly ours: Contestant;
    readonly peers: readonly Contestant[];
  };
}

export async function openKafkaSection(
  comparisonsOf: (bench: KafkaBench) => Promise<readonly Comparison[]>,
): Promise<OpenedSection> {
  const { hosts, missing } = await streamingPeers();
  const kafka = await startKafka();
  const root = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const close = async (): Promise<void> => {
    await kafka.stop();
    rmSync(root, { recursive: true, force: true });
  };
  let runs = 0;
  try {
    const comparisons = await comparisonsOf({
      kafka,
      contestants(measure) {
        const contestant = (host: ProgramHost): Contestant => ({
          engine: host.engine,
          run: async () => {
            const folder = join(root, String(runs++));
            try {
              return await measure(host, folder);
            } finally {
              rmSync(folder, { recursive: true, force: true });
            }
          },
        });
        return { ours: contestant(millraceHost), peers: hosts.map(contestant) };
      },
    });
    return { comparisons, missing, close };
  } catch (error) {
    await close();
    throw error;
  }
}
