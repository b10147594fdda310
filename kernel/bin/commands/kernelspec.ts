/** `millrace install` and `uninstall`: the kernelspec, where Jupyter looks for kernels. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MillraceError } from '../../core/errors.ts';
import { kernelspecText } from '../kernelspec.mjs';

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
  writeFileSync(join(folder, 'kernel.json'), kernelspecText(fileURLToPath(new URL('./main.js', import.meta.url))));
  return folder;
}

/** @returns the folder, and whether there was something in it */
export function uninstallKernelspec(place: SpecPlace): { readonly folder: string; readonly wasThere: boolean } {
  const folder = specFolder(place);
  const wasThere = existsSync(folder);
  rmSync(folder, { recursive: true, force: true });
  return { folder, wasThere };
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
