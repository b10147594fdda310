/**
 * The process's own standard streams, taken before anything of the user's runs: an interpreter redirects what cells write, and
 * its output must not come back to it.
 */
const out = process.stdout.write.bind(process.stdout);
const err = process.stderr.write.bind(process.stderr);
/** As a shell reports a program that SIGPIPE has ended: 128 + 13. */
const READER_LEFT_CODE = 141;

export const terminal = {
  out: (text: string): void => void out(text),
  /** Colours are for people: a file or a pipe gets none. */
  err: (text: string): void => void err(process.stderr.isTTY ? text : withoutColours(text)),
} as const;

/** `millrace … | head -1`: a reader that has seen enough ends the program, without a word. */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(READER_LEFT_CODE);
      throw error;
    });
  }
}

function withoutColours(text: string): string {
  // eslint-disable-next-line no-control-regex -- the escape character is what is looked for
  return text.replace(/\u001b\[[\d;]*m/g, '');
}
