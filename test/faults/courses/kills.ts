/** The process is killed at named points, or after random times, and started again until it is done. */
import type { Ending } from '../child.ts';
import { faultSetting, type Kill, type RandomKills } from '../fault.ts';
import { toTheEnd, troubleOf, type Course, type Run, type RunOptions } from './course.ts';

export async function killed(run: Run, { points }: Pick<Kill, 'points'>): Promise<Course> {
  const course = await killedEach(
    run,
    points.map((point) => ({ fault: faultSetting(point) })),
  );
  return course.problem === undefined ? await toTheEnd(run, course) : course;
}

export async function killedAtRandom(run: Run, { delaysMs }: RandomKills): Promise<Course> {
  const course = await killedEach(
    run,
    delaysMs.map((killAfterMs) => ({ killAfterMs })),
  );
  return course.problem === undefined ? await toTheEnd(run, course) : course;
}

/** Kills at each start until the program is done before it is killed. */
export async function killedEach(run: Run, starts: readonly RunOptions[]): Promise<Course> {
  let kills = 0;
  for (const options of starts) {
    const ending = await run(options);
    if (hasFailed(ending)) return { kills, ...troubleOf(ending) };
    if (ending.signal === null) break;
    kills += 1;
  }
  return { kills };
}

function hasFailed({ hung, signal, code }: Ending): boolean {
  return hung || (signal === null && code !== 0);
}
