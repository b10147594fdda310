/** What a test needs beyond Node: found, or skipped aloud; with CI=true a missing one is a failure. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The Python environment that set-up makes. */
export const PYTHON = join(ROOT, '.venv', 'bin', 'python');
export const JUPYTER = join(ROOT, '.venv', 'bin', 'jupyter');

const CHROMIUM_PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** For node:test's `skip`: false where everything is there. */
export function skipWithout(...needs: readonly Need[]): string | false {
  const reasons = needs.map((need) => need()).filter((reason) => reason !== undefined);
  if (reasons.length === 0) return false;
  const reason = reasons.join('; ');
  if (process.env['CI'] === 'true') throw new Error(`${reason} (and CI=true makes that a failure)`);
  return reason;
}

/** @returns why it is missing */
export type Need = () => string | undefined;

export const needsPython: Need = () => (existsSync(PYTHON) ? undefined : 'no .venv: run npm test, which makes it');
export const needsBuild: Need = () =>
  existsSync(join(ROOT, 'dist', 'main.js')) ? undefined : 'no dist/: run npm run build';
export const needsChromium: Need = () =>
  chromiumPath() === undefined ? 'no Chromium: install the package chromium, or set CHROMIUM' : undefined;

export function chromiumPath(): string | undefined {
  return [process.env['CHROMIUM'] ?? '', ...CHROMIUM_PLACES].find((path) => path !== '' && existsSync(path));
}
