/** Which services can be started here, and why one cannot. */
import type { ServiceEntry } from './contract.ts';

export type Finding =
  | { readonly kind: 'startable' }
  | { readonly kind: 'started'; readonly version: string; readonly readyMs: number }
  | { readonly kind: 'missing'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

export interface FindOptions {
  /** `check` only looks; `start` also starts it, asks its version and stops it. */
  readonly how: 'check' | 'start';
}

export async function find(entry: ServiceEntry, { how }: FindOptions): Promise<Finding> {
  try {
    const reason = await entry.missing();
    if (reason !== undefined) return { kind: 'missing', reason };
    switch (how) {
      case 'check':
        return { kind: 'startable' };
      case 'start': {
        const startMs = performance.now();
        const service = await entry.start();
        const readyMs = performance.now() - startMs;
        try {
          return { kind: 'started', version: await entry.version(service), readyMs };
        } finally {
          await service.stop();
        }
      }
    }
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Those whose names have one of the given words, in any case; all without words. @throws Error for a word that no name has */
export function choose(entries: readonly ServiceEntry[], words: readonly string[]): readonly ServiceEntry[] {
  const has = ({ name }: ServiceEntry, word: string): boolean => name.toLowerCase().includes(word.toLowerCase());
  const unknown = words.find((word) => !entries.some((entry) => has(entry, word)));
  if (unknown !== undefined) {
    throw new Error(`There is no service ${unknown}; there are ${entries.map(({ name }) => name).join(', ')}.`);
  }
  return words.length === 0 ? entries : entries.filter((entry) => words.some((word) => has(entry, word)));
}

/** One line of the table: the service, its version, and the seconds until it answered, or why it cannot be started. */
export function lineOf(name: string, finding: Finding, nameChars: number): string {
  const line = (version: string, rest: string): string => `${name.padEnd(nameChars)}  ${version.padEnd(20)}  ${rest}`;
  switch (finding.kind) {
    case 'startable':
      return line('', 'can be started');
    case 'started':
      return line(finding.version, `ready in ${(finding.readyMs / 1000).toFixed(1)} s`);
    case 'missing':
      return line('–', finding.reason);
    case 'failed':
      return line('failed', finding.reason);
  }
}

/** A service that is there and does not start is a failure; one that is missing is a failure in CI only. */
export function exitStatus(findings: readonly Finding[], { ci }: { readonly ci: boolean }): 0 | 1 {
  return findings.some(({ kind }) => kind === 'failed' || (ci && kind === 'missing')) ? 1 : 0;
}
