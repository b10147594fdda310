/**
 * Paired measuring: the contestants of a comparison take turns in one run, so that a machine that gets slower does so for
 * all of them, and the first of a round is another one each time. Answers are checked before a time counts.
 */
import { answerText, firstDifference } from './answers.ts';
import {
  FASTEST,
  NotYet,
  type Answer,
  type Comparison,
  type Contestant,
  type Engine,
  type Measure,
  type Missing,
} from './contract.ts';
import { startLoadMeter } from './machine.ts';
import type { ComparisonResult, Figure, MeasureResult, Verdict } from './results.ts';
import { spreadOf } from './statistics.ts';

/** Two contestants found different things: none of their times count. */
export class DifferentAnswers extends Error {
  override readonly name = 'DifferentAnswers';
}

/** A contestant, and what its counted rounds gave, by measure. */
interface Standing {
  readonly contestant: Contestant;
  readonly figures: Map<string, number[]>;
}

export interface CompareOptions {
  /** A comparison that has taken as long begins no further round; one is always counted. */
  readonly msMax?: number;
}

const MS_MAX = 180_000;

/** @throws DifferentAnswers, or what a contestant throws other than NotYet */
export async function compare(
  comparison: Comparison,
  { msMax = MS_MAX }: CompareOptions = {},
): Promise<ComparisonResult> {
  const startedMs = performance.now();
  const all = [comparison.ours, ...comparison.peers];
  const meter = startLoadMeter();
  const notYet: Missing[] = [];
  let standings: readonly Standing[] = all.map((contestant) => ({ contestant, figures: new Map() }));
  let reference: { readonly engine: string; readonly answer: Answer } | undefined;
  let counted = 0;
  // The first round warms caches, compilers and page tables up, and is not counted.
  for (let round = 0; round <= comparison.rounds; round++) {
    if (counted > 0 && performance.now() - startedMs > msMax) break;
    const refused = new Set<Standing>();
    for (const standing of inTurn(standings, round)) {
      const { engine } = standing.contestant;
      const measured = await runOnce(standing.contestant);
      if (measured instanceof NotYet) {
        notYet.push({ name: engine.name, reason: measured.message });
        refused.add(standing);
        continue;
      }
      const { answer } = measured;
      if (answer !== undefined) {
        reference ??= { engine: engine.name, answer };
        checkAnswer(reference, { engine: engine.name, answer }, comparison.rounding);
      }
      if (round > 0) record(standing.figures, measured.figures);
    }
    standings = standings.filter((standing) => !refused.has(standing));
    if (standings.length === 0) break;
    counted = round;
  }
  const figuresOf = (contestant: Contestant): ReadonlyMap<string, readonly number[]> =>
    standings.find((standing) => standing.contestant === contestant)?.figures ?? new Map<string, number[]>();
  const { name, description } = comparison;
  const othersCpu = meter.othersCpu();
  return {
    name,
    description,
    rounds: counted,
    measures: comparison.measures.map((measure) => measureResult(measure, comparison, figuresOf)),
    notYet,
    ...(reference === undefined ? {} : { answer: reference.answer }),
    ...(othersCpu === undefined ? {} : { othersCpu: Number(othersCpu.toFixed(3)) }),
  };
}

/** Round 1 begins with the second contestant, round 2 with the third, … */
function inTurn(standings: readonly Standing[], round: number): readonly Standing[] {
  const first = round % standings.length;
  return [...standings.slice(first), ...standings.slice(0, first)];
}

async function runOnce(contestant: Contestant) {
  try {
    return await contestant.run();
  } catch (error) {
    if (error instanceof NotYet) return error;
    throw new Error(`${contestant.engine.name} failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

interface Answered {
  readonly engine: string;
  readonly answer: Answer;
}

function checkAnswer(reference: Answered, { engine, answer }: Answered, rounding: number | undefined): void {
  const difference = firstDifference(reference.answer, answer, rounding);
  if (difference === undefined) return;
  throw new DifferentAnswers(
    `${engine} and ${reference.engine} differ in ${difference}: ` +
      `${engine} found ${answerText(answer)}; ${reference.engine} found ${answerText(reference.answer)}`,
  );
}

function record(into: Map<string, number[]>, figures: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(figures)) into.set(name, [...(into.get(name) ?? []), value]);
}

function measureResult(
  measure: Measure,
  { ours, peers }: Comparison,
  figuresOf: (contestant: Contestant) => ReadonlyMap<string, readonly number[]>,
): MeasureResult {
  const figure = ({ engine }: { readonly engine: Engine }, values: readonly number[] = []): Figure => ({
    engine: engine.name,
    ...(values.length === 0 ? {} : { spread: spreadOf(values) }),
  });
  const own = figure(ours, figuresOf(ours).get(measure.name));
  const others = peers.map((peer): Figure => {
    const theirs = figure(peer, figuresOf(peer).get(measure.name));
    // Of nothing lost there is no ratio.
    if (own.spread === undefined || theirs.spread === undefined || measure.unit === 'count') return theirs;
    return { ...theirs, ratio: own.spread.median / theirs.spread.median };
  });
  const { name, unit, target } = measure;
  const result = { name, unit, ours: own, peers: others };
  return target === undefined ? result : { ...result, target, verdict: judge(target, own, others) };
}

/** Whether a bound is kept. */
export function judge(target: NonNullable<Measure['target']>, ours: Figure, peers: readonly Figure[]): Verdict {
  switch (target.kind) {
    case 'figure':
      if (ours.spread === undefined) return 'unjudged';
      return ours.spread.median <= target.max ? 'met' : 'missed';
    case 'ratio': {
      const ratios = peers.flatMap(({ engine, ratio }) =>
        ratio !== undefined && (target.peer === FASTEST || engine === target.peer) ? [ratio] : [],
      );
      if (ratios.length === 0) return 'unjudged';
      return Math.max(...ratios) <= target.max ? 'met' : 'missed';
    }
  }
}
