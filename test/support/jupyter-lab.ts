/** A real JupyterLab from .venv on a free port of 127.0.0.1, over a folder of the test's. */
import { createServer } from 'node:net';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from './processes.ts';
import { JUPYTER } from './requirements.ts';

export interface JupyterLab {
  readonly url: string;
  readonly token: string;
  stop(): Promise<void>;
}

export async function startJupyterLab(folder: string, env: Readonly<Record<string, string>> = {}): Promise<JupyterLab> {
  const port = await freePort();
  const token = crypto.randomUUID();
  // Settings and history of the person who runs the tests stay out of it.
  const home = mkdtempSync(join(tmpdir(), 'millrace-lab-'));
  writeSettings(join(home, 'settings'));
  const lab = startProcess(
    JUPYTER,
    [
      'lab',
      '--no-browser',
      '--allow-root',
      '--ServerApp.ip=127.0.0.1',
      `--ServerApp.port=${port}`,
      '--ServerApp.port_retries=0',
      `--ServerApp.root_dir=${folder}`,
      `--IdentityProvider.token=${token}`,
      '--LabApp.news_url=',
      '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
    ],
    {
      cwd: folder,
      env: {
        JUPYTER_CONFIG_DIR: join(home, 'config'),
        JUPYTER_RUNTIME_DIR: join(home, 'runtime'),
        JUPYTERLAB_SETTINGS_DIR: join(home, 'settings'),
        JUPYTERLAB_WORKSPACES_DIR: join(home, 'workspaces'),
        ...env,
      },
    },
  );
  await lab.waitFor(/is running at:/, 60_000);
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    stop: async () => {
      await lab.stop(10_000);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** All cells are in the page, whether in sight or not, and no question about news stands in front of them. */
function writeSettings(folder: string): void {
  const settings = {
    'apputils-extension/notification': { fetchNews: 'false', checkForUpdates: false },
    'notebook-extension/tracker': { windowingMode: 'none' },
  };
  for (const [name, values] of Object.entries(settings)) {
    const file = join(folder, '@jupyterlab', `${name}.jupyterlab-settings`);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, JSON.stringify(values));
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
