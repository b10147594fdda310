/** Results as text: for the terminal, line by line, and the words that the page shares. */
import { answerText } from './answers.ts';
import type { Measure, Missing, Target } from './contract.ts';
import { OTHERS_CPU_MAX } from './machine.ts';
import type { ComparisonResult, Figure, MeasureResult, Verdict } from './results.ts';

interface Scale {
  readonly suffix: string;
  readonly number: (value: number) => string;
}

/** Long times are read in seconds. */
function scaleOf(value: number, unit: Measure['unit']): Scale {
  if (unit === 'count') return { suffix: '', number: (count) => String(Math.round(count)) };
  if (unit === 'ms' && value >= 10_000) return { suffix: ' s', number: (ms) => digits(ms / 1000) };
  return { suffix: ` ${unit}`, number: digits };
}

function digits(value: number): string {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

export function targetText(target: Target, unit: Measure['unit']): string {
  switch (target.kind) {
    case 'figure':
      return `≤ ${unit === 'count' ? target.max : `${target.max} ${unit}`}`;
    case 'ratio':
      return `≤ ${target.max} × ${target.peer}`;
  }
}

const VERDICTS: Readonly<Record<Verdict, string>> = { met: 'met', missed: 'missed', unjudged: 'not judged' };

export function verdictText(verdict: Verdict): string {
  return VERDICTS[verdict];
}

/** `median (min – max)`, without the bracket where there is no spread. */
export function spreadText({ spread }: Figure, unit: Measure['unit']): string {
  if (spread === undefined) return '–';
  const { suffix, number } = scaleOf(spread.median, unit);
  const middle = `${number(spread.median)}${suffix}`;
  return spread.min === spread.max ? middle : `${middle} (${number(spread.min)} – ${number(spread.max)})`;
}

/** What a comparison says on the terminal. */
export function comparisonLines(place: string, result: ComparisonResult): readonly string[] {
  const { name, description, measures, notYet, answer, othersCpu, failure } = result;
  const lines = [`${place}/${name}`, `  ${description}`];
  if (failure !== undefined) return [...lines, `  NO TIME COUNTS: ${failure}`];
  for (const measure of measures) lines.push(...measureLines(measure));
  for (const missing of notYet) lines.push(`  ${missingText(missing)}`);
  if (answer !== undefined) lines.push(`  all found: ${answerText(answer)}`);
  if (othersCpu !== undefined && othersCpu > OTHERS_CPU_MAX)
    lines.push(`  warning: other processes took ${Math.round(othersCpu * 100)} % of the CPUs; measure again`);
  return lines;
}

export function missingText({ name, reason }: Missing): string {
  return `${name}: ${reason}`;
}

function measureLines({ name, unit, target, verdict, ours, peers }: MeasureResult): readonly string[] {
  const bound =
    target === undefined || verdict === undefined
      ? ''
      : `   ${targetText(target, unit)}: ${verdictText(verdict).toUpperCase()}`;
  const line = (figure: Figure, after: string): string =>
    `  ${name.padEnd(14)} ${figure.engine.padEnd(10)} ${spreadText(figure, unit)}${after}`;
  return [
    line(ours, bound),
    ...peers.map((peer) => line(peer, peer.ratio === undefined ? '' : `   ours/peer ${peer.ratio.toFixed(3)}`)),
  ];
}
