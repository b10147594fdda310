/** Where the compute worker's program lies: the bundle beside ours, or the sources when the kernel runs from them. */
import { existsSync } from 'node:fs';

export interface WorkerEntry {
  readonly url: URL;
  readonly execArgv: readonly string[];
}

/**
 * @param moduleUrl `import.meta.url` of the caller's bundle, or of this file in the sources
 * Sources need a loader for TypeScript in the worker, which inherits none from a test runner's flags.
 */
export function computeWorkerEntry(moduleUrl: string = import.meta.url): WorkerEntry {
  const bundled = new URL('./compute-worker.js', moduleUrl);
  if (existsSync(bundled)) return { url: bundled, execArgv: [] };
  const source = new URL('../compute.ts', moduleUrl);
  return { url: source, execArgv: ['--import', 'tsx'] };
}
