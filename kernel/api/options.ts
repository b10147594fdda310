/** Options of readers and writers. */
import type { Options } from '../plan/logical-plan.ts';

export type OptionValue = string | number | boolean;

/** Later options win; names are compared without case. */
export function mergeOptions(old: Options, values: Readonly<Record<string, OptionValue>>): Options {
  const merged = new Map(Object.entries(old).map(([key, value]) => [key.toLowerCase(), [key, value] as const]));
  for (const [key, value] of Object.entries(values)) merged.set(key.toLowerCase(), [key, String(value)]);
  return Object.fromEntries(merged.values());
}
