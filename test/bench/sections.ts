/** Runs the sections that were asked for, one after the other; what fails is named in the result, and the rest goes on. */
import type { Comparison, Engine, OpenedSection, Section, SectionContext, Size, Suite } from './contract.ts';
import { thisMachine } from './machine.ts';
import type { ComparisonResult, SectionResult } from './results.ts';
import { compare } from './runner.ts';

/** `--only SUITE[/SECTION[/COMPARISON]]`, each part the beginning of a name. */
export interface Selection {
  readonly suite: string;
  readonly section: string;
  readonly comparison: string;
}

export function parseSelection(text: string): Selection {
  const [suite = '', section = '', ...rest] = text.split('/');
  return { suite, section, comparison: rest.join('/') };
}

export interface RunOptions {
  readonly size: Size;
  /** Counted rounds of every comparison, in place of its own. */
  readonly rounds?: number | undefined;
  readonly millrace: string;
  note(line: string): void;
  /** As soon as a comparison has its result. */
  onResult(place: Place, result: ComparisonResult): void;
}

export interface Place {
  readonly suite: string;
  readonly section: string;
}

export function chosenSections(
  suites: readonly Suite[],
  only: Selection,
): readonly { readonly suite: Suite; readonly section: Section }[] {
  return named(suites, only.suite).flatMap((suite) =>
    named(suite.sections, only.section).map((section) => ({ suite, section })),
  );
}

/** The one of that name, or all whose names begin so. */
function named<T extends { readonly name: string }>(all: readonly T[], wanted: string): readonly T[] {
  const exact = all.filter(({ name }) => name === wanted);
  return exact.length > 0 ? exact : all.filter(({ name }) => name.startsWith(wanted));
}

export async function runSection(
  suite: Suite,
  section: Section,
  only: Selection,
  options: RunOptions,
): Promise<SectionResult> {
  const { size, millrace } = options;
  const about = { size, machine: thisMachine(), millrace };
  const context: SectionContext = { size, note: (line) => options.note(line) };
  let opened: OpenedSection;
  try {
    opened = await section.open(context);
  } catch (error) {
    return { ...about, engines: [], missing: [], comparisons: [], failure: messageOf(error) };
  }
  const comparisons: ComparisonResult[] = [];
  const wanted = opened.comparisons.filter(({ name }) => name.startsWith(only.comparison));
  try {
    for (const comparison of wanted) {
      const rounds = options.rounds ?? comparison.rounds;
      const result = await attempt({ ...comparison, rounds });
      comparisons.push(result);
      options.onResult({ suite: suite.name, section: section.name }, result);
    }
  } finally {
    await opened.close();
  }
  return { ...about, engines: enginesOf(opened.comparisons), missing: opened.missing, comparisons };
}

/** A comparison's result, also where no time counts. */
async function attempt(comparison: Comparison): Promise<ComparisonResult> {
  try {
    return await compare(comparison);
  } catch (error) {
    const { name, description, rounds } = comparison;
    return { name, description, rounds, measures: [], notYet: [], failure: messageOf(error) };
  }
}

/** Each contestant once, as it is set up in this section. */
function enginesOf(comparisons: readonly Comparison[]): readonly Engine[] {
  const engines = comparisons.flatMap(({ ours, peers }) => [ours, ...peers].map(({ engine }) => engine));
  const distinct = new Map(engines.map((engine) => [JSON.stringify(engine), engine]));
  return [...distinct.values()];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
