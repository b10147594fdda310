/**
 * The query's watermark (SEMANTICS.md 1-4). Each watermark node has one of its own: the greatest event time seen, less its
 * delay, floored to ms; the query's is the least or the greatest of them, and never retreats.
 */
import type { EventTimeStats } from '../physical/ports.ts';

export type WatermarkPolicy = 'min' | 'max';

export class WatermarkTracker {
  readonly #policy: WatermarkPolicy;
  readonly #nodes: Map<number, number>;
  #currentMs: number;

  /** @param startMs the query's watermark as the checkpoint has it; the nodes' own are not kept there and begin at 0 */
  constructor(policy: WatermarkPolicy, watermarkIds: readonly number[], startMs: number) {
    this.#policy = policy;
    this.#nodes = new Map(watermarkIds.map((id) => [id, 0]));
    this.#currentMs = startMs;
  }

  get currentMs(): number {
    return this.#currentMs;
  }

  /** Takes in what a batch saw; applies from the next batch on. */
  update(stats: readonly EventTimeStats[]): void {
    for (const { watermarkId, delayMicros, count, maxMicros } of stats) {
      if (count === 0) continue;
      const candidateMs = Number(floorToMs(maxMicros) - floorToMs(delayMicros));
      this.#nodes.set(watermarkId, Math.max(this.#nodes.get(watermarkId) ?? 0, candidateMs));
    }
    if (this.#nodes.size === 0) return;
    const ofNodes = [...this.#nodes.values()];
    const chosenMs = this.#policy === 'min' ? Math.min(...ofNodes) : Math.max(...ofNodes);
    this.#currentMs = Math.max(this.#currentMs, chosenMs);
  }
}

/** Floors µs to ms, also before 1970. */
export function floorToMs(micros: bigint): bigint {
  const quotient = micros / 1000n;
  return micros < 0n && quotient * 1000n !== micros ? quotient - 1n : quotient;
}
