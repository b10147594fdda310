/** The record as a table, for a terminal and for README.md. */
import type { CompatRecord, SuiteRecord } from './ratchet.ts';

interface Counts {
  readonly passed: number;
  readonly total: number;
}

/** In the order of the README. */
export const TITLES: Readonly<Record<string, string>> = {
  slt: 'Spark SQL: queries with the answers of Spark',
  stream: 'Structured Streaming: programs with the answers of Spark, batch by batch',
  nexmark: 'Nexmark, q0–q22',
  tpch: 'TPC-H, 22 queries',
};

const COLUMNS = 3;

export function terminalTable(record: CompatRecord): string {
  const lines: string[] = [];
  for (const [name, suite] of Object.entries(record)) {
    lines.push('', TITLES[name] ?? name);
    for (const [feature, counts] of featuresOf(suite)) lines.push(`  ${feature.padEnd(48)} ${ratio(counts)}`);
    lines.push(`  ${'in all'.padEnd(48)} ${ratio(sum(suite))}`);
  }
  return lines.slice(1).join('\n');
}

/** One table per suite; the features of a large one stand beside each other. */
export function markdownTable(record: CompatRecord): string {
  return Object.keys(TITLES)
    .flatMap((name) => {
      const suite = record[name];
      return suite === undefined ? [] : [`**${TITLES[name] ?? name}**: ${ratio(sum(suite)).trim()}`, ...wide(suite)];
    })
    .join('\n\n');
}

/** A suite of a single feature has said everything in its heading. */
function wide(suite: SuiteRecord): readonly string[] {
  const features = featuresOf(suite);
  if (features.length === 1) return [];
  const columns = Math.min(COLUMNS, features.length);
  const height = Math.ceil(features.length / columns);
  const row = (index: number): string => {
    const cells = Array.from({ length: columns }, (_, column) => features[column * height + index]);
    return `| ${cells.map((cell) => (cell === undefined ? ' | ' : `${cell[0]} | ${ratio(cell[1]).trim()}`)).join(' | ')} |`;
  };
  const head = `|${' feature | passed |'.repeat(columns)}\n|${'---|---|'.repeat(columns)}`;
  return [[head, ...Array.from({ length: height }, (_, index) => row(index))].join('\n')];
}

function featuresOf(suite: SuiteRecord): readonly (readonly [string, Counts])[] {
  return Object.entries(suite).map(([feature, { total, passing }]) => [feature, { total, passed: passing.length }]);
}

function sum(suite: SuiteRecord): Counts {
  const counts = featuresOf(suite).map(([, each]) => each);
  return {
    passed: counts.reduce((total, { passed }) => total + passed, 0),
    total: counts.reduce((total, each) => total + each.total, 0),
  };
}

function ratio({ passed, total }: Counts): string {
  return `${String(passed).padStart(4)} / ${total}`;
}

const BEGIN = '<!-- Made by `npm run compat`: what stands between these marks is written over. -->';
const END = '<!-- End of the table. -->';

/** @returns README.md with the table in it. @throws where it lacks the marks */
export function withTable(readme: string, record: CompatRecord): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README.md lacks the marks\n${BEGIN}\n${END}`);
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${markdownTable(record)}\n\n${readme.slice(end)}`;
}
