/**
 * Paired benchmarks: the contestants of a comparison take turns in one run, so that a machine that gets slower does so for
 * all of them. Answers are checked to be equal before a time counts; medians and the ratio ours/peer are printed.
 */

/** One measured run: its time, and what it found, which must be the same for all contestants. */
export interface Measured {
  /** Milliseconds. */
  readonly ms: number;
  /** Absent where there is nothing to compare. */
  readonly answer?: string;
}

export interface Contestant {
  readonly name: string;
  run(): Promise<Measured>;
}

export interface Comparison {
  readonly name: string;
  /** What is measured, and how the peer is set up. */
  readonly description: string;
  readonly ours: Contestant;
  /** Empty: a figure of ours alone. */
  readonly peers: readonly Contestant[];
  /** The bound that the project set itself, for the table: `ratio <= 0.5`, `ms <= 250`. */
  readonly target: string;
  readonly rounds: number;
  /** Of the figures; milliseconds unless it says otherwise. */
  readonly unit?: 'MB';
  /** Peers that could not be had, with the reason. */
  readonly missing?: readonly string[];
}

export interface Suite {
  readonly name: string;
  /** Makes data and servers; what it returns is measured, then closed. */
  open(): Promise<{ readonly comparisons: readonly Comparison[]; close(): Promise<void> }>;
}

export interface ContestantResult {
  readonly name: string;
  readonly medianMs: number;
  readonly minMs: number;
  readonly maxMs: number;
}

export interface ComparisonResult {
  readonly suite: string;
  readonly name: string;
  readonly description: string;
  readonly target: string;
  readonly rounds: number;
  readonly unit: 'ms' | 'MB';
  readonly ours: ContestantResult;
  readonly peers: readonly (ContestantResult & { /** ours / peer */ readonly ratio: number })[];
  readonly missing: readonly string[];
}

/** @throws where two contestants answer differently */
export async function compare(suite: string, comparison: Comparison): Promise<ComparisonResult> {
  const contestants = [comparison.ours, ...comparison.peers];
  const times = contestants.map((): number[] => []);
  // The first round warms caches, compilers and page tables up, and is not counted.
  for (let round = 0; round <= comparison.rounds; round++) {
    let answer: string | undefined;
    for (const [index, contestant] of contestants.entries()) {
      const measured = await contestant.run();
      answer ??= measured.answer;
      if (measured.answer !== undefined && measured.answer !== answer) {
        throw new Error(
          `${suite}/${comparison.name}: ${contestant.name} answers ${measured.answer}, ${comparison.ours.name} ${answer ?? ''}`,
        );
      }
      if (round > 0) times[index]?.push(measured.ms);
    }
  }
  const results = contestants.map((contestant, index) => summarise(contestant.name, times[index] ?? []));
  const [ours = summarise(comparison.ours.name, []), ...peers] = results;
  const { name, description, target, rounds, unit = 'ms', missing = [] } = comparison;
  return {
    suite,
    name,
    description,
    target,
    rounds,
    unit,
    ours,
    peers: peers.map((peer) => ({ ...peer, ratio: ours.medianMs / peer.medianMs })),
    missing,
  };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

export async function timed<T>(action: () => Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const startedMs = performance.now();
  const value = await action();
  return { ms: performance.now() - startedMs, value };
}

function summarise(name: string, times: readonly number[]): ContestantResult {
  return { name, medianMs: median(times), minMs: Math.min(...times), maxMs: Math.max(...times) };
}
