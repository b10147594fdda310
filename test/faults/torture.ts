/** One run: the program is disturbed as the fault says, and what its sink holds in the end compared with an undisturbed run's. */
import type { Course } from './courses/course.ts';
import { runnerOf } from './courses/course.ts';
import { damaged } from './courses/damaged.ts';
import { killed, killedAtRandom } from './courses/kills.ts';
import { diskFull, outage, readOnlyCheckpoint, readOnlyInput } from './courses/meanwhile.ts';
import type { Fault } from './fault.ts';
import { GUARANTEES, OUTPUT_MODES, type Assignment, type Program } from './program.ts';
import type { Stage } from './stage.ts';
import { compare, type Difference } from './verdict.ts';

export interface Outcome extends Course, Difference {
  /** Whether all is as it was promised. A sink that promises each row at least once may have some twice. */
  readonly good: boolean;
  readonly ms: number;
}

const NOTHING: Difference = { lost: 0, doubled: 0, wrong: 0 };

export async function runOnce(stage: Stage, program: Program, fault: Fault): Promise<Outcome> {
  const missing = await missingServer(stage, program);
  if (missing !== undefined) return { ...NOTHING, kills: 0, skipped: missing, good: true, ms: 0 };
  const expected = await stage.undisturbed(program);
  const startMs = performance.now();
  const assignment = await stage.assign(program);
  const course = await disturb(stage, assignment, fault);
  const isComparable = course.problem === undefined && course.skipped === undefined;
  const difference = isComparable
    ? compare(expected, await stage.contentOf(assignment), OUTPUT_MODES[program.query])
    : NOTHING;
  const { lost, doubled, wrong } = difference;
  const mayDouble = GUARANTEES[program.sink] === 'at least once';
  const good = course.problem === undefined && lost === 0 && wrong === 0 && (doubled === 0 || mayDouble);
  return { ...course, ...difference, good, ms: performance.now() - startMs };
}

async function missingServer({ servers }: Stage, { source, sink }: Program): Promise<string | undefined> {
  for (const server of ['kafka', 'postgres'] as const) {
    const missing = source === server || sink === server ? await servers.missing(server) : undefined;
    if (missing !== undefined) return missing;
  }
  return undefined;
}

async function disturb(stage: Stage, assignment: Assignment, fault: Fault): Promise<Course> {
  const run = runnerOf(assignment, stage.boundMs);
  const { folder, input } = assignment;
  switch (fault.kind) {
    case 'kill':
      return await killed(run, fault);
    case 'random kills':
      return await killedAtRandom(run, fault);
    case 'checkpoint':
      return await damaged(run, folder, fault);
    case 'disk full':
      return await diskFull(run, folder, fault);
    case 'read-only':
      return fault.folder === 'input' ? await readOnlyInput(run, input) : await readOnlyCheckpoint(run, folder, fault);
    case 'outage':
      return await outage(run, await stage.servers.interruptible(fault.server), fault);
  }
}
