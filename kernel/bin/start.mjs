/** `npm start [-- ARGS]`: sets up what is missing, then JupyterLab on notebooks/. ARGS go to `jupyter lab`. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { configureLab, ROOT, setUp, VENV } from './setup.mjs';

await setUp('lab');
configureLab();

const env = { ...process.env, PATH: `${join(VENV, 'bin')}:${process.env.PATH ?? ''}`, VIRTUAL_ENV: VENV };
const args = [
  'lab',
  `--ServerApp.root_dir=${join(ROOT, 'notebooks')}`,
  '--ServerApp.ip=127.0.0.1',
  ...process.argv.slice(2),
];
// As root (in a container) jupyter wants to be told that this is meant.
if (process.getuid?.() === 0) args.push('--allow-root');
const lab = spawn(join(VENV, 'bin', 'jupyter'), args, { stdio: 'inherit', env });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => lab.kill(signal));
lab.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 0)));
