/** A test that needs a real server: skipped aloud where it cannot be had; with CI=true that is a failure, as in requirements.ts. */
import type { ServiceEntry } from './contract.ts';

/** For node:test's `skip`: false where every service can be started here. @throws Error with CI=true where one cannot */
export async function skipWithoutServices(...entries: readonly ServiceEntry[]): Promise<string | false> {
  const reasons: string[] = [];
  for (const entry of entries) {
    const reason = await entry.missing();
    if (reason !== undefined) reasons.push(`no ${entry.name}: ${reason}`);
  }
  if (reasons.length === 0) return false;
  const reason = reasons.join('; ');
  if (process.env['CI'] === 'true') throw new Error(`${reason} (and CI=true makes that a failure)`);
  process.stderr.write(`${reason}\n`);
  return reason;
}
