/** The kernel's own log: standard error, written at once even while the main thread computes. */
import { writeSync } from 'node:fs';

export type Log = (text: string) => void;

const STDERR = 2;

export const stderrLog: Log = (text) => {
  try {
    writeSync(STDERR, `[millrace] ${text}\n`);
  } catch {
    // Standard error was closed by whoever started the kernel: there is nobody left to tell.
  }
};
