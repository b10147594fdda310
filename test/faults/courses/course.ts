/** How a run went, and the ways in which the disturbed program is started again. */
import { runChild, type ChildOptions, type Ending } from '../child.ts';
import type { Assignment } from '../program.ts';

/** How a run went, before its sink is looked at. */
export interface Course {
  /** Whatever is in the sink, this is not as it was promised. */
  readonly problem?: Problem;
  /** The first error that the program gave, in one line, paths relative to the run's folder. */
  readonly error?: string;
  /** How often the process was killed. */
  readonly kills: number;
  /** Nothing was done to the program, for this reason. */
  readonly skipped?: string;
}

/** It hangs; it fails though nothing is wrong any more; its error does not name what is; it has changed what it refused. */
export type Problem = 'hangs' | 'fails' | 'names nothing' | 'overwrites';

/** Starts the assignment's program once. */
export type Run = (options?: RunOptions) => Promise<Ending>;
export type RunOptions = Omit<ChildOptions, 'boundMs'> & Pick<Assignment, 'gateAt'>;

export function runnerOf(assignment: Assignment, boundMs: number): Run {
  return async ({ gateAt, ...options } = {}) => {
    const ending = await runChild(
      { ...assignment, ...(gateAt === undefined ? {} : { gateAt }) },
      { ...options, boundMs },
    );
    return { ...ending, errors: ending.errors.replaceAll(`${assignment.folder}/`, '') };
  };
}

/** Starts the program a last time: nothing keeps it from ending well. */
export async function toTheEnd(run: Run, course: Course, options: RunOptions = {}): Promise<Course> {
  const ending = await run(options);
  return ending.code === 0 ? course : { ...course, ...troubleOf(ending) };
}

/** What to make of an end that should have been a good one. */
export function troubleOf(ending: Ending): { readonly problem: Problem; readonly error: string } {
  return { problem: ending.hung ? 'hangs' : 'fails', error: errorOf(ending) };
}

/** The line that says what is wrong. */
export function errorOf({ errors, signal, hung }: Ending): string {
  if (hung) return 'it did not end by itself';
  const lines = errors.split('\n').map((line) => line.trim());
  const found = lines.find((line) => /\[[A-Z_]+\]|^\w*Error\b/.test(line)) ?? lines.findLast((line) => line !== '');
  return found ?? `nothing was said${signal === null ? '' : `, ended by ${signal}`}`;
}
