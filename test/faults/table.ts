/** source × sink × fault → what was lost, doubled, wrong, and what the program said. */
import type { Draw } from './draw.ts';
import { rowOf } from './fault.ts';
import type { Outcome } from './torture.ts';

export interface Finished {
  readonly draw: Pick<Draw, 'program' | 'fault'>;
  readonly outcome: Outcome;
}

interface Line {
  readonly source: string;
  readonly sink: string;
  readonly fault: string;
  readonly runs: number;
  readonly skipped: number;
  readonly lost: number;
  readonly doubled: number;
  readonly wrong: number;
  readonly said: string;
}

const HEADINGS = ['source', 'sink', 'fault', 'runs', 'lost', 'doubled', 'wrong', 'what was said'] as const;

export function textTable(finished: readonly Finished[]): string {
  const rows = [HEADINGS, ...linesOf(finished).map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function markdownTable(finished: readonly Finished[]): string {
  const escaped = (row: readonly string[]): string =>
    `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = `|${HEADINGS.map((heading) => (['runs', 'lost', 'doubled', 'wrong'].includes(heading) ? '--:' : '---')).join('|')}|`;
  return [escaped(HEADINGS), rule, ...linesOf(finished).map(cellsOf).map(escaped)].join('\n');
}

function linesOf(finished: readonly Finished[]): readonly Line[] {
  const groups = new Map<string, Outcome[]>();
  for (const { draw, outcome } of finished) {
    const name = `${draw.program.source}	${draw.program.sink}	${rowOf(draw.fault)}`;
    groups.set(name, [...(groups.get(name) ?? []), outcome]);
  }
  return [...groups]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, outcomes]) => {
      const [source = '', sink = '', fault = ''] = name.split('\t');
      const total = (count: (outcome: Outcome) => number): number =>
        outcomes.reduce((sum, outcome) => sum + count(outcome), 0);
      return {
        source,
        sink,
        fault,
        runs: outcomes.filter(({ skipped }) => skipped === undefined).length,
        skipped: outcomes.filter(({ skipped }) => skipped !== undefined).length,
        lost: total(({ lost }) => lost),
        doubled: total(({ doubled }) => doubled),
        wrong: total(({ wrong }) => wrong),
        said: [...new Set(outcomes.map(saidIn))].filter((text) => text !== '').join('; '),
      };
    });
}

function cellsOf({ source, sink, fault, runs, lost, doubled, wrong, said }: Line): readonly string[] {
  return [source, sink, fault, ...[runs, lost, doubled, wrong].map(String), said];
}

/** In few words; numbers of batches as N, so that runs of one kind agree. */
export function saidIn({ problem, error, skipped }: Pick<Outcome, 'problem' | 'error' | 'skipped'>): string {
  if (skipped !== undefined) return `not run: ${skipped}`;
  if (error === undefined) return problem ?? '';
  const core = error
    .replace(/^.*terminated with exception: /, '')
    .replace(/ Nothing was overwritten.*$/, '')
    .replace(/(?<=offsets\/|commits\/|sources\/\d+\/|state\/\d+\/|offsets\/ is |batch is )\d+/g, 'N')
    .replace(/\.\w+\.\w+\.[\d-]+\.tmp/, '….tmp')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT');
  return problem === undefined ? core : `${problem.toUpperCase()}: ${core}`;
}
