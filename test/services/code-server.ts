/** A real code-server for tests: VS Code in a browser, on a free port of 127.0.0.1, over a folder of the test's. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fetchCodeServer } from '../../kernel/bin/fetch-code-server.mjs';
import type { RunningService, ServiceEntry } from './contract.ts';
import { freePort } from './free-port.ts';
import { startGuarded } from './guarded-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

const READY_MS_MAX = 60_000;

export interface CodeServer extends RunningService {
  /** Opens the folder in a browser. */
  readonly url: string;
  readonly folder: string;
  readonly logFile: string;
  log(): Promise<string>;
}

export interface CodeServerOptions {
  /** What it has open; without it an empty one, removed at the end. */
  readonly folder?: string;
  /** Folders of extensions, each with its package.json; installed by a copy. */
  readonly extensions?: readonly string[];
  /** Of the editor, beside those that keep it quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Nothing is looked up elsewhere, and nothing lies over the folder's files. */
const QUIET = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
};

export async function startCodeServer(options: CodeServerOptions = {}): Promise<CodeServer> {
  const { node, program } = await fetchCodeServer();
  const port = await freePort();
  const home = await temporaryFolder('code-server');
  const place = (name: string): string => path.join(home.path, name);
  const folder = options.folder ?? place('folder');
  await mkdir(folder, { recursive: true });
  await mkdir(place('data/User'), { recursive: true });
  await writeFile(place('data/User/settings.json'), JSON.stringify({ ...QUIET, ...options.settings }));
  await installExtensions(options.extensions ?? [], place('extensions'));
  const server = await startGuarded(node, [program, ...serverArguments(port, place)], {
    cwd: home.path,
    env: {
      HOME: home.path,
      TMPDIR: home.path,
      XDG_CONFIG_HOME: place('config'),
      XDG_DATA_HOME: place('share'),
      XDG_CACHE_HOME: place('cache'),
      XDG_RUNTIME_DIR: home.path,
      // In a terminal of VS Code it would open the folder there.
      VSCODE_IPC_HOOK_CLI: undefined,
      NODE_OPTIONS: undefined,
    },
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await home.remove();
  };
  const address = `127.0.0.1:${port}`;
  const url = `http://${address}/?folder=${encodeURIComponent(folder)}`;
  try {
    await server.ready(() => servesWorkbench(url), { timeoutMs: READY_MS_MAX });
  } catch (error) {
    await stop();
    throw error;
  }
  return { address, url, folder, logFile: server.logFile, log: () => server.log(), stop };
}

/** Why code-server cannot be started here. Fetches it where it is not there yet. */
export function codeServerMissing(): Promise<string | undefined> {
  return fetchCodeServer().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

export const codeServerService: ServiceEntry = {
  name: 'code-server',
  missing: codeServerMissing,
  start: () => startCodeServer(),
  async version(server: CodeServer) {
    return /code-server (\d+\.\d+\.\d+)/.exec(await server.log())?.[1] ?? 'unknown';
  },
};

function serverArguments(port: number, place: (name: string) => string): readonly string[] {
  return [
    `--bind-addr=127.0.0.1:${port}`,
    '--auth=none',
    `--config=${place('config.yaml')}`,
    `--user-data-dir=${place('data')}`,
    `--extensions-dir=${place('extensions')}`,
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-workspace-trust',
    '--disable-getting-started-override',
  ];
}

/** The editor takes what lies there at its first start. */
async function installExtensions(folders: readonly string[], to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const folder of folders) {
    const text = await readFile(path.join(folder, 'package.json'), 'utf8');
    const { publisher, name, version } = JSON.parse(text) as Readonly<Record<string, string>>;
    await cp(folder, path.join(to, `${publisher}.${name}-${version}`), { recursive: true });
  }
}

/** The editor behind the server starts at the first request for a page. */
async function servesWorkbench(url: string): Promise<void> {
  const reply = await fetch(url);
  const page = await reply.text();
  if (!reply.ok || !page.includes('workbench')) throw new Error(`${url} answers ${reply.status}`);
}
