/** Millrace as a user's script has it: the built package's public module, one session a suite. */
import type * as Public from '../../kernel/index.ts';

export async function millrace() {
  const module = (await import(new URL('../../dist/index.js', import.meta.url).href)) as typeof Public;
  const spark = module.SparkSession.builder.appName('bench').getOrCreate();
  return { spark, functions: module };
}
