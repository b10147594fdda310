/** Millrace as a user's script has it: the built package's public module, one session a section. */
import { readFileSync } from 'node:fs';
import type * as Public from '../../kernel/index.ts';
import { NotYet, type Engine } from './contract.ts';

const PACKAGE = new URL('../../package.json', import.meta.url);

export const MILLRACE_VERSION = (JSON.parse(readFileSync(PACKAGE, 'utf8')) as { readonly version: string }).version;

/** Millrace as a contestant. */
export function millraceEngine(settings: string): Engine {
  return { name: 'Millrace', version: MILLRACE_VERSION, settings };
}

export async function millrace() {
  const module = (await import(new URL('../../dist/index.js', import.meta.url).href)) as typeof Public;
  const spark = module.SparkSession.builder.appName('bench').getOrCreate();
  return { spark, functions: module };
}

/** Runs something of ours: an error with a condition means that Millrace cannot do it yet. @throws NotYet */
export async function orNotYet<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    // By name: the class lies in the built package, not in the sources.
    if (error instanceof Error && error.name === 'MillraceError') throw new NotYet(error.message, { cause: error });
    throw error;
  }
}
