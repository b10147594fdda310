/** `millrace install` and `uninstall`: the kernelspec, where Jupyter looks for kernels. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MillraceError } from '../../core/errors.ts';

export interface SpecPlace {
  /** A Python environment or another prefix: PREFIX/share/jupyter. */
  readonly prefix?: string | undefined;
  /** The running Python environment ($VIRTUAL_ENV or $CONDA_PREFIX). */
  readonly sysPrefix?: boolean | undefined;
}

/** @returns the folder that the kernelspec was written to */
export function installKernelspec(place: SpecPlace): string {
  const folder = specFolder(place);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'kernel.json'), kernelspecText());
  return folder;
}

export function uninstallKernelspec(place: SpecPlace): string {
  const folder = specFolder(place);
  rmSync(folder, { recursive: true, force: true });
  return folder;
}

/** kernel/bin/setup.mjs writes the same for .venv/, before anything is built. */
function kernelspecText(): string {
  const spec = {
    argv: [
      process.execPath,
      '--no-force-async-hooks-checks',
      fileURLToPath(new URL('./main.js', import.meta.url)),
      '{connection_file}',
    ],
    display_name: 'Millrace',
    language: 'typescript',
    interrupt_mode: 'message',
    metadata: { debugger: false },
  };
  return `${JSON.stringify(spec, undefined, 2)}\n`;
}

function specFolder({ prefix, sysPrefix }: SpecPlace): string {
  if (prefix !== undefined) return join(prefix, 'share', 'jupyter', 'kernels', 'millrace');
  if (sysPrefix === true) {
    const environment = process.env['VIRTUAL_ENV'] ?? process.env['CONDA_PREFIX'];
    if (environment === undefined) {
      throw new MillraceError('COMMAND_USAGE', {
        problem: 'No Python environment is active, so --sys-prefix names no place',
        remedy: 'Activate one, or give --prefix DIR.',
      });
    }
    return join(environment, 'share', 'jupyter', 'kernels', 'millrace');
  }
  return join(userDataFolder(), 'kernels', 'millrace');
}

function userDataFolder(): string {
  const { JUPYTER_DATA_DIR: chosen, XDG_DATA_HOME: xdg } = process.env;
  if (chosen !== undefined && chosen !== '') return chosen;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Jupyter');
  return join(xdg !== undefined && xdg !== '' ? xdg : join(homedir(), '.local', 'share'), 'jupyter');
}
