/** What `npm run compat` runs: suites of cases whose expected answers were given by a real engine. */

export interface CompatCase {
  /** Unique in its suite, and stable: it stays the same when other cases come, go or move. */
  readonly id: string;
  /** What the table groups by, in a reader's words: `window functions`. */
  readonly feature: string;
  /** Where a reader finds it: `test/slt/cases/joins.slt:12`. */
  readonly place: string;
  /** @returns undefined where Millrace answers as expected, else both answers as text. May throw, which counts as a failure. */
  run(): Promise<string | undefined>;
}

export interface CompatSuite {
  readonly name: 'slt' | 'stream' | 'nexmark' | 'tpch';
  /** For the table's heading. */
  readonly title: string;
  /** Makes a session and data; the cases run one after another in one process, then `close` is called. */
  open(): Promise<{ readonly cases: readonly CompatCase[]; close(): Promise<void> }>;
}
