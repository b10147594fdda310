/** Where the compute worker's program lies: the bundle beside ours, or the sources when the kernel runs from them. */
import { existsSync } from 'node:fs';

export interface WorkerEntry {
  readonly url: URL;
}

/**
 * @param moduleUrl `import.meta.url` of the caller's bundle, or of this file in the sources
 * A worker inherits no loader for TypeScript, so that sources are started by a line of JavaScript that registers one.
 */
export function computeWorkerEntry(moduleUrl: string = import.meta.url): WorkerEntry {
  const bundled = new URL('./compute-worker.js', moduleUrl);
  if (existsSync(bundled)) return { url: bundled };
  const source = new URL('../compute.ts', moduleUrl);
  const loader = import.meta.resolve('tsx/esm/api');
  const program = `import { register } from ${JSON.stringify(loader)}; register(); await import(${JSON.stringify(source.href)});`;
  return { url: new URL(`data:text/javascript,${encodeURIComponent(program)}`) };
}
