/**
 * A file of the checkpoint is damaged while the program is down. Either it goes on as if nothing had happened, or it refuses:
 * then its error names the file and nothing is overwritten, and with the file restored it goes on.
 */
import path from 'node:path';
import { faultSetting, type CheckpointDamage } from '../fault.ts';
import { copyFolder, damage, digestsOf, names, namesAny } from './checkpoint.ts';
import { errorOf, toTheEnd, type Course, type Run } from './course.ts';
import { killedEach } from './kills.ts';

export async function damaged(run: Run, folder: string, fault: CheckpointDamage): Promise<Course> {
  const course = await killedEach(run, [{ fault: faultSetting(fault.killedAt) }]);
  if (course.problem !== undefined) return course;
  const checkpoint = path.join(folder, 'checkpoint');
  const copy = path.join(folder, 'checkpoint-copy');
  copyFolder(checkpoint, copy);
  const files = damage(checkpoint, fault);
  if (files.length === 0) return { ...course, skipped: `this program has no file of the kind ${fault.file}` };
  const digests = digestsOf(checkpoint);
  const ending = await run();
  if (ending.code === 0) return course;
  const error = errorOf(ending);
  if (ending.hung) return { ...course, problem: 'hangs', error };
  const after = digestsOf(checkpoint);
  if (JSON.stringify(after) !== JSON.stringify(digests)) return { ...course, problem: 'overwrites', error };
  const isMoved = fault.damage === 'duplicate' || fault.damage === 'swap';
  if (!(isMoved ? namesAny(error) : names(error, files))) return { ...course, problem: 'names nothing', error };
  copyFolder(copy, checkpoint);
  return await toTheEnd(run, { ...course, error });
}
