/**
 * What a fresh clone needs before anything else runs: npm packages, dist/, a Python environment in .venv/ with the
 * kernelspec in it. Each step is skipped when it is done already. Plain JavaScript without imports from node_modules,
 * since nothing is installed when it begins.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kernelspecText } from './kernelspec.mjs';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const VENV = join(ROOT, '.venv');
const NODE_MINIMUM = [20, 19];

/** Ends the process with one sentence: what is missing and what to do. */
function giveUp(sentence) {
  console.error(sentence);
  process.exit(1);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor < NODE_MINIMUM[1])) {
    giveUp(
      `Millrace needs Node ${NODE_MINIMUM.join('.')} or newer, and this is ${process.versions.node}: install a newer Node and start again.`,
    );
  }
}

/** @param groups of Python packages; without any no Python is needed */
export async function setUp(...groups) {
  checkNode();
  if (groups.length > 0) checkPython();
  installPackages();
  await buildKernel();
  if (groups.length === 0) return;
  preparePython(groups);
  installKernelspec();
}

/** npm packages as the lock file says; run again when the lock file has changed. */
function installPackages() {
  const lock = join(ROOT, 'package-lock.json');
  const stamp = join(ROOT, 'node_modules', '.millrace-lock');
  const digest = createHash('sha256').update(readFileSync(lock)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  step('Installing npm packages', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, digest);
}

async function buildKernel() {
  const { build } = await import('./build.mjs');
  const startedMs = performance.now();
  const { built } = await build();
  if (built) console.error(`✓ Built the kernel (${seconds(startedMs)})`);
}

/**
 * Python packages by what they are for: `lab` to work, `test` for the tests of the kernel, `oracle` for the engines whose answers
 * are ours to give, `servers` for the services of tests, `bench` for further peers. Versions are pinned where answers or figures hang on them.
 */
const REQUIREMENTS = {
  lab: ['jupyterlab==4.6.*'],
  test: ['jupyter-kernel-test==0.7.*', 'nbclient', 'papermill', 'psutil', 'pyzmq'],
  oracle: [
    'pyspark==4.3.0',
    'pandas==3.1.1',
    'pyarrow==26.0.1',
    'numpy==2.4.6',
    'grpcio==1.85.1',
    'grpcio-status==1.85.1',
    'googleapis-common-protos==1.76.0',
    'zstandard==0.25.0',
    'duckdb==2.0.0',
    'tpchgen-cli==4.0.0',
  ],
  servers: ['moto[server]==5.2.5', 'boto3==1.44.5', 'kafka-python==3.0.12'],
  bench: ['polars==2.1.0', 'bytewax==0.21.1', 'confluent-kafka==2.16.1', 'orjson==3.13.0'],
};

export const ALL_GROUPS = Object.keys(REQUIREMENTS);

/** What the project can do without: a failure to install them is told, and what needs them says so. */
const OPTIONAL = new Set(['oracle', 'servers', 'bench']);

const LABELS = {
  lab: 'Installing JupyterLab',
  test: 'Installing test packages',
  oracle: 'Installing Spark and DuckDB',
  servers: 'Installing servers for tests',
  bench: 'Installing benchmark peers',
};

/** So that a missing Python is told before anything is installed. */
function checkPython() {
  if (!existsSync(join(VENV, 'bin', 'python'))) findPython();
}

/** Makes .venv/ where it is missing, and installs what the given groups need. */
function preparePython(groups) {
  const python = join(VENV, 'bin', 'python');
  if (!existsSync(python)) {
    const base = findPython();
    step('Making a Python environment in .venv', base, ['-m', 'venv', VENV]);
  }
  for (const group of groups) {
    const stamp = join(VENV, `.millrace-${group}`);
    const wanted = REQUIREMENTS[group].join('\n');
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) continue;
    if (installPython(python, group)) writeFileSync(stamp, wanted);
  }
}

/** By uv where it can be had (three times as fast), else by pip. @returns false where something optional cannot be had */
function installPython(python, group) {
  const startedMs = performance.now();
  const packages = REQUIREMENTS[group];
  const uv = join(VENV, 'bin', 'uv');
  if (!existsSync(uv)) spawnSync(python, ['-m', 'pip', 'install', '--quiet', 'uv'], { stdio: 'ignore' });
  if (existsSync(uv)) {
    const { status } = spawnSync(uv, ['pip', 'install', '--quiet', '--python', python, ...packages], {
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    if (status === 0) {
      console.error(`✓ ${LABELS[group]} (${seconds(startedMs)})`);
      return true;
    }
  }
  const optional = OPTIONAL.has(group);
  return step(LABELS[group], python, ['-m', 'pip', 'install', '--quiet', ...packages], { optional });
}

function findPython() {
  for (const name of ['python3', 'python']) {
    const asked = spawnSync(name, ['-c', 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])'], {
      encoding: 'utf8',
    });
    if (asked.status !== 0) continue;
    const [major = 0, minor = 0] = asked.stdout.trim().split('.').map(Number);
    if (major === 3 && minor >= 9) return name;
  }
  return giveUp(
    'Millrace needs Python 3.9 or newer (with its venv module) for JupyterLab, and none was found: install python3 and python3-venv and start again.',
  );
}

/** Writes the `millrace` kernelspec into .venv/, so that its JupyterLab finds it. */
function installKernelspec() {
  const file = join(VENV, 'share', 'jupyter', 'kernels', 'millrace', 'kernel.json');
  if (writeWhereNew(file, kernelspecText(join(ROOT, 'dist', 'main.js'))))
    console.error('✓ Registered the Millrace kernel in .venv');
}

/** JupyterLab's defaults in .venv/: no question about news in front of the first notebook. */
export function configureLab() {
  // JupyterLab runs a yarn.js of its own at its start, which must not be taken for a module of this package.
  writeWhereNew(join(VENV, 'package.json'), '{ "type": "commonjs" }\n');
  const settings = { '@jupyterlab/apputils-extension:notification': { fetchNews: 'false', checkForUpdates: false } };
  const file = join(VENV, 'share', 'jupyter', 'lab', 'settings', 'overrides.json');
  writeWhereNew(file, `${JSON.stringify(settings, undefined, 2)}\n`);
}

/** @returns whether the file was other than `text` */
function writeWhereNew(file, text) {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return false;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return true;
}

/** Runs a command to its end and shows one line for it. @returns false where it fails and is optional; else gives up, with the end of its output */
function step(label, command, args, { optional = false } = {}) {
  const startedMs = performance.now();
  const shown = process.stderr.isTTY === true;
  if (shown) process.stderr.write(`… ${label}`);
  const done = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (shown) process.stderr.write('\r\u001b[K');
  if (done.status !== 0) {
    const lines = optional ? 1 : 20;
    const output = `${done.stdout ?? ''}${done.stderr ?? ''}`.trim().split('\n').slice(-lines).join('\n');
    if (optional) {
      console.error(`– ${label} failed: ${output || done.error?.message}`);
      return false;
    }
    giveUp(`✗ ${label} failed (${command} ${args.join(' ')}):\n${output || done.error?.message}`);
  }
  console.error(`✓ ${label} (${seconds(startedMs)})`);
  return true;
}

function seconds(startedMs) {
  return `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
}
