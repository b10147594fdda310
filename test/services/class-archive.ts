/**
 * Java's archives of loaded classes (AppCDS), with which a server starts in half the time. Java writes one at the end of a first
 * run and maps it in later ones; one that does not fit the jars any more is ignored by Java, which then only starts slower.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { javaVersion } from './java.ts';

export interface ClassArchive {
  /** Where it is kept, without what tells this Java's from others'. */
  readonly prefix: string;
  /** Runs the program once to its orderly end, with these options. */
  readonly train: (options: readonly string[]) => Promise<void>;
}

/** @returns Java's options to use the archive, which is made first where it is missing */
export async function withClassArchive({ prefix, train }: ClassArchive): Promise<readonly string[]> {
  const java = createHash('sha256')
    .update(await javaVersion())
    .digest('hex')
    .slice(0, 12);
  const archive = `${prefix}-${java}.jsa`;
  if (!existsSync(archive)) {
    const partial = `${archive}.partial-${process.pid}`;
    try {
      await train([`-XX:ArchiveClassesAtExit=${partial}`]);
      await rename(partial, archive);
    } finally {
      await rm(partial, { force: true });
    }
  }
  return [`-XX:SharedArchiveFile=${archive}`];
}
