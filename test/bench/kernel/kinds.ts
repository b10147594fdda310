/** The kernels that are compared: how each is started, and the programs that it understands. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetchKernels } from '../../../kernel/bin/fetch-kernels.mjs';
import { KernelClient, type StartOptions } from '../../jupyter/support/client.ts';
import { PYTHON as PYTHON_PATH, ROOT } from '../../support/requirements.ts';
import type { Engine, Missing } from '../contract.ts';
import { millraceEngine } from '../subject.ts';
import { DENO, MILLRACE, PYTHON, TSLAB, type Programs } from './programs.ts';

export interface KernelKind {
  readonly engine: Engine;
  readonly start: StartOptions;
  /** As its kernelspec says: a message on the control channel, or SIGINT. */
  readonly interruptMode: 'message' | 'signal';
  readonly programs: Programs;
}

export interface KernelKinds {
  readonly ours: KernelKind;
  readonly peers: readonly KernelKind[];
  readonly missing: readonly Missing[];
}

export async function kernelKinds(): Promise<KernelKinds> {
  const ours: KernelKind = {
    engine: millraceEngine('as its kernelspec starts it: `node dist/main.js`'),
    start: { main: new URL('../../../dist/main.js', import.meta.url), execArgv: [] },
    interruptMode: 'message',
    programs: MILLRACE,
  };
  const peers: KernelKind[] = [];
  const missing: Missing[] = [];
  for (const [name, find] of [
    ['ipykernel', ipykernel],
    ['Deno and tslab', npmKernels],
  ] as const) {
    try {
      peers.push(...(await find()));
    } catch (error) {
      missing.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { ours, peers, missing };
}

async function ipykernel(): Promise<readonly KernelKind[]> {
  const script = 'import ipykernel, sys; print(ipykernel.__version__, "%d.%d.%d" % sys.version_info[:3])';
  const { stdout } = await promisify(execFile)(PYTHON_PATH, ['-c', script]);
  const [version = '', python = ''] = stdout.trim().split(' ');
  return [
    {
      engine: { name: 'ipykernel', version, settings: `\`python -m ipykernel_launcher\`, Python ${python}` },
      start: { argv: [PYTHON_PATH, '-m', 'ipykernel_launcher', '-f', '{connection_file}'] },
      interruptMode: 'signal',
      programs: PYTHON,
    },
  ];
}

async function npmKernels(): Promise<readonly KernelKind[]> {
  const { home, versions } = await fetchKernels();
  const modules = join(home, 'node_modules');
  return [
    {
      engine: { name: 'Deno', version: versions.deno, settings: 'its own executable, `deno jupyter --kernel`' },
      start: {
        argv: [join(modules, 'deno', 'deno'), 'jupyter', '--kernel', '--conn', '{connection_file}'],
        cwd: home,
        env: { DENO_NO_UPDATE_CHECK: '1' },
      },
      interruptMode: 'signal',
      programs: DENO,
    },
    {
      engine: {
        name: 'tslab',
        version: versions.tslab,
        settings: 'started by the same Node, in a folder with `@types/node`, without which it has no types of Node',
      },
      start: {
        argv: [
          process.execPath,
          join(modules, 'tslab', 'bin', 'tslab'),
          'kernel',
          '--config-path',
          '{connection_file}',
        ],
        cwd: home,
      },
      interruptMode: 'signal',
      programs: TSLAB,
    },
  ];
}

/** A kernel that has answered and is heard. */
export async function startKernel({ start }: KernelKind): Promise<KernelClient> {
  const client = await KernelClient.launch({ ...start, cwd: start.cwd ?? ROOT });
  await client.join();
  return client;
}
