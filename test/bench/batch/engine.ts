/** A dataframe engine as the batch suite knows it: it loads the shared tables, and answers questions over them. */
import { availableParallelism } from 'node:os';
import { took, TIME, type Answer, type Comparison, type Engine, type Measure, type Measured } from '../contract.ts';
import type { Question } from './questions.ts';

/** Of every contestant. */
export const THREADS = availableParallelism();

export interface BatchEngine {
  readonly engine: Engine;
  /** Takes the tables of the folder into memory, under their names. */
  load(folder: string, tables: readonly string[]): Promise<void>;
  /** Times the question up to its result as a table in memory. @throws NotYet */
  ask(question: Question): Promise<Measured>;
  close(): Promise<void>;
}

export function questionComparison(
  question: Question,
  ours: BatchEngine,
  peers: readonly BatchEngine[],
  options: { readonly target?: Measure['target']; readonly rounds: number },
): Comparison {
  const contestant = (engine: BatchEngine) => ({ engine: engine.engine, run: () => engine.ask(question) });
  const { target, rounds } = options;
  return {
    name: `${question.name}: ${question.title}`,
    description: question.description ?? 'from the query’s text to its result as a table in memory',
    measures: [target === undefined ? TIME : { ...TIME, target }],
    rounds,
    ...(question.rounding === undefined ? {} : { rounding: question.rounding }),
    ours: contestant(ours),
    peers: peers.map(contestant),
  };
}

/** What a peer's process says of a run. */
export function measuredBy(answer: Readonly<Record<string, unknown>>): Measured {
  return took(Number(answer['ms']), answer['answer'] as Answer | undefined);
}
