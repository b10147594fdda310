/** Each real server ends, with all its processes, when the process that started it is killed. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { ROOT } from '../support/requirements.ts';
import { SERVICES } from './registry.ts';
import { skipWithoutServices } from './skip.ts';
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';
import { descendants, thoseThatStay } from './traces.ts';

const REGISTRY = new URL('registry.ts', import.meta.url).href;

const programFor = (name: string): string => `
  import { SERVICES } from ${JSON.stringify(REGISTRY)};
  const service = await SERVICES.find(({ name }) => name === ${JSON.stringify(name)}).start();
  console.log(service.address);
  setInterval(() => undefined, 1000);`;

describe('when the process that started it is killed', { timeout: 600_000 }, () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await temporaryFolder('crash'); // nobody is left who would remove the data
    await chmod(folder.path, 0o755); // PostgreSQL runs as another user
  });
  after(() => folder.remove());

  for (const service of SERVICES) {
    it(`${service.name} ends`, async (t) => {
      const missing = await skipWithoutServices(service);
      if (missing !== false) {
        t.skip(missing);
        return;
      }
      const starter = spawn(
        process.execPath,
        ['--import', 'tsx', '--input-type=module', '-e', programFor(service.name)],
        {
          cwd: ROOT,
          env: { ...process.env, TMPDIR: folder.path },
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      const exit = once(starter, 'exit');
      const [address] = (await Promise.race([once(createInterface(starter.stdout), 'line'), exit])) as [unknown];
      assert.match(String(address), /^127\.0\.0\.1:\d+/);
      const processes = descendants(starter.pid ?? 0);
      assert.ok(processes.length >= 2, 'a guard and a server run');
      starter.kill('SIGKILL');
      await exit;
      assert.deepEqual(await thoseThatStay(processes), []);
    });
  }
});
