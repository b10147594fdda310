#!/usr/bin/env node
/**
 * Brings code-server, VS Code in a browser, and the Node that it needs, from npm into `.cache/code-server/<version>`. Prints the
 * folder. Safe to run again, and by several processes at once: the folder appears complete by one rename.
 *
 * Its own installer would compile two native modules, which it can do without: the editor's log files and a watchdog of its
 * parent. So no package's script runs here, and no compiler is needed.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const CODE_SERVER_VERSION = '4.139.1';
const NODE_VERSION = '24.21.0';
/** What the package `node` brings by a script: one package for each system. */
const NODE_PACKAGE = `node-${process.platform}-${process.arch}`;
const DOWNLOAD_MS_MAX = 300_000;
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const INSTALL = ['install', '--ignore-scripts', '--omit=dev', '--no-fund', '--no-audit', '--loglevel=error'];

/**
 * @returns {Promise<{ node: string, program: string }>} what runs it, and the file to run
 * @throws Error where npm fails, with its reason
 */
export async function fetchCodeServer() {
  const home = path.join(root, '.cache', 'code-server', `${CODE_SERVER_VERSION}-node-${NODE_VERSION}`);
  const found = {
    node: path.join(home, 'node_modules', NODE_PACKAGE, 'bin', 'node'),
    program: path.join(home, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
  };
  if (existsSync(home)) return found;
  await mkdir(path.dirname(home), { recursive: true });
  const work = await mkdtemp(`${home}.partial-`);
  try {
    const dependencies = { 'code-server': CODE_SERVER_VERSION, [NODE_PACKAGE]: NODE_VERSION };
    await writeFile(path.join(work, 'package.json'), JSON.stringify({ private: true, dependencies }));
    // The editor and its extensions are packages inside the package, each with a lock file.
    const editor = path.join(work, 'node_modules', 'code-server', 'lib', 'vscode');
    for (const cwd of [work, editor, path.join(editor, 'extensions')]) await install(cwd);
    await rename(work, home).catch((error) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // another process was faster
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return found;
}

async function install(cwd) {
  try {
    await promisify(execFile)('npm', INSTALL, { cwd, timeout: DOWNLOAD_MS_MAX });
  } catch (error) {
    throw new Error(`npm could not bring code-server: ${reasonOf(error)}`, { cause: error });
  }
}

/** The first line that says more than a code; or that there is no npm. */
function reasonOf(error) {
  const lines = String(error.stderr || error.message).split('\n');
  const told = lines.map((line) => line.replace(/^npm (error|warn)\s*/, '').trim());
  return told.find((line) => line !== '' && !/^(code|errno|syscall|path|Unknown)\b/.test(line)) ?? error.message;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${path.dirname((await fetchCodeServer()).program)}\n`);
}
