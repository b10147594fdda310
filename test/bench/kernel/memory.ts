/** The memory of a process and of all below it, as Linux counts it. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Memory {
  /** Pages in memory, those shared with other processes counted in full. */
  readonly residentMb: number;
  /** The same, a page shared by n processes counted as an nth. */
  readonly proportionalMb: number;
}

export function memoryOf(pid: number): Memory {
  const processes = [pid, ...descendants(pid)].map((process) => {
    const text = readFileSync(`/proc/${process}/smaps_rollup`, 'utf8');
    const mb = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) / 1024;
    return { residentMb: mb('Rss'), proportionalMb: mb('Pss') };
  });
  return {
    residentMb: processes.reduce((sum, { residentMb }) => sum + residentMb, 0),
    proportionalMb: processes.reduce((sum, { proportionalMb }) => sum + proportionalMb, 0),
  };
}

function descendants(pid: number): readonly number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return children.flatMap((child) => [child, ...descendants(child)]);
}
