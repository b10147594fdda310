/** docs/faults.md: what is done to the programs, what is promised, and the table of one session. */
import { markdownTable, type Finished } from './table.ts';

export function page(finished: readonly Finished[], seed: number): string {
  const runs = finished.filter(({ outcome }) => outcome.skipped === undefined).length;
  const bad = finished.filter(({ outcome }) => !outcome.good).length;
  return `# Faults

\`npm run torture -- --runs ${finished.length} --seed ${seed} --markdown docs/faults.md\` has written this page: ${runs} runs, ${bad} of them bad.

Each run starts a streaming program in a process of its own, disturbs it, starts it again until it is done, and compares what
its sink holds in the end with what an undisturbed run leaves. The programs count by window and key in append, update and
complete mode, or remove duplicates. Each record has a digit of its own in the sums, so that lost and doubled ones are counted
one by one.

| fault | what is done | what is promised |
|---|---|---|
| \`kill@POINT\` | SIGKILL at a named step of a batch | nothing lost, nothing doubled |
| \`kill random\` | SIGKILL after random times, three times | the same |
| \`checkpoint …\` | killed, then a file of the checkpoint is cut short, has a bit flipped, is removed, copied to the next number, or changes places with the one before, each with its checksum | the same result, or an error that names a file, with nothing overwritten; with the file restored it goes on |
| \`disk full\` | the checkpoint's disk has 0 to 60 kB left, later it has space again | an error, then nothing lost or doubled |
| \`read-only …\` | the folder cannot be written to for a while | the same; an input may always be read-only |
| \`broker killed\`, \`database killed\` | the server is killed for 0.1 to 3 s | an error or a pause, then nothing lost or doubled |

lost, doubled: records; wrong: rows that the undisturbed run does not have, or has in another batch. The sink \`files\` writes a
file per batch by \`foreachBatch\`, \`postgres\` a transaction with the batch's id, \`memory\` is the table of complete mode. The sink
\`kafka\` is a plain producer, which writes a repeated batch again: there doubled records are expected, and show that they are seen.

${markdownTable(finished)}
`;
}
