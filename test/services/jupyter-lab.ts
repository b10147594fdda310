/** A real JupyterLab from .venv on a free port of 127.0.0.1, over a folder of the test's. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { JUPYTER, needsPython } from '../support/requirements.ts';
import type { RunningService, ServiceEntry } from './contract.ts';
import { freePort } from './free-port.ts';
import { startGuarded } from './guarded-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

const READY_MS_MAX = 60_000;
const GRACE_MS = 10_000;

export interface JupyterLab extends RunningService {
  /** `http://127.0.0.1:port`, without a slash at its end. */
  readonly url: string;
  readonly token: string;
  /** What its file browser shows. */
  readonly folder: string;
  readonly logFile: string;
}

export interface JupyterLabOptions {
  /** The notebooks' folder; without it an empty one, removed at the end. */
  readonly folder?: string;
  /** Added to our own environment; kernels inherit it. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function startJupyterLab({ folder, env = {} }: JupyterLabOptions = {}): Promise<JupyterLab> {
  const port = await freePort();
  const token = crypto.randomUUID();
  // Settings and history of the person who runs the tests stay out of it.
  const home = await temporaryFolder('jupyter-lab');
  const notebooks = folder ?? path.join(home.path, 'notebooks');
  await mkdir(notebooks, { recursive: true });
  await writeSettings(path.join(home.path, 'settings'));
  const lab = await startGuarded(JUPYTER, ['lab', ...labArguments({ notebooks, port, token })], {
    cwd: notebooks,
    env: {
      TMPDIR: home.path, // what kernels leave in it goes with the rest
      JUPYTER_CONFIG_DIR: path.join(home.path, 'config'),
      JUPYTER_RUNTIME_DIR: path.join(home.path, 'runtime'),
      JUPYTERLAB_SETTINGS_DIR: path.join(home.path, 'settings'),
      JUPYTERLAB_WORKSPACES_DIR: path.join(home.path, 'workspaces'),
      ...env,
    },
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await lab.stop({ graceMs: GRACE_MS });
    await home.remove();
  };
  try {
    await lab.ready(() => ask(`${url}/api/status`, token), { timeoutMs: READY_MS_MAX });
  } catch (error) {
    await stop();
    throw error;
  }
  return { address: `127.0.0.1:${port}`, url, token, folder: notebooks, logFile: lab.logFile, stop };
}

/** Why JupyterLab cannot be started here. */
export const jupyterLabMissing = (): string | undefined => needsPython();

export const jupyterLabService: ServiceEntry = {
  name: 'JupyterLab',
  missing: () => Promise.resolve(jupyterLabMissing()),
  start: () => startJupyterLab(),
  async version({ url, token }: JupyterLab) {
    const page = await ask(`${url}/lab`, token);
    return /"appVersion":\s*"([^"]+)"/.exec(page)?.[1] ?? 'unknown';
  },
};

async function ask(url: string, token: string): Promise<string> {
  const reply = await fetch(url, { headers: { authorization: `token ${token}` } });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${url} answers ${reply.status}`);
  return text;
}

interface Place {
  readonly notebooks: string;
  readonly port: number;
  readonly token: string;
}

function labArguments({ notebooks, port, token }: Place): readonly string[] {
  return [
    '--no-browser',
    '--allow-root',
    '--ServerApp.ip=127.0.0.1',
    `--ServerApp.port=${port}`,
    '--ServerApp.port_retries=0',
    `--ServerApp.root_dir=${notebooks}`,
    `--IdentityProvider.token=${token}`,
    '--LabApp.news_url=',
    '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
  ];
}

/** All cells are in the page, whether in sight or not, and no question about news stands in front of them. */
async function writeSettings(folder: string): Promise<void> {
  const settings = {
    'apputils-extension/notification': { fetchNews: 'false', checkForUpdates: false },
    'notebook-extension/tracker': { windowingMode: 'none' },
  };
  for (const [name, values] of Object.entries(settings)) {
    const file = path.join(folder, '@jupyterlab', `${name}.jupyterlab-settings`);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify(values));
  }
}
