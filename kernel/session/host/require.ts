import { createRequire } from 'node:module';
import { join } from 'node:path';

/** `require` as in a CommonJS file of that folder. */
export function requireBeside(folder: string): NodeJS.Require {
  return createRequire(join(folder, 'notebook-cell.cjs'));
}
