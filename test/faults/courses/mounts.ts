/**
 * Mounts that only the programs of a torture run see: a holder process keeps a mount namespace, others are run inside it by
 * `nsenter`. The holder reads a pipe of ours, so the mounts are gone once we are, however we end. Linux only.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';

export interface MountNamespace {
  /** Put before a command, it runs it inside. */
  readonly within: readonly string[];
  /** Runs a shell script inside. @throws with what it wrote to standard error */
  readonly run: (script: string, ...args: readonly string[]) => void;
  close(): Promise<void>;
}

const HOLDER = ['unshare', '--user', '--map-root-user', '--mount', '--propagation', 'private'] as const;

/** Why there can be no mounts here; undefined where there can. */
export function mountsMissing(): string | undefined {
  const [command, ...args] = HOLDER;
  const tried = spawnSync(command, [...args, 'sh', '-c', 'mount -t tmpfs -o size=64k tmpfs /mnt'], {
    encoding: 'utf8',
  });
  if (tried.status === 0) return undefined;
  const reason = tried.error?.message ?? tried.stderr.trim().split('\n').at(-1) ?? '';
  return `no mounts in a namespace of one's own: ${reason}`;
}

export async function openMountNamespace(): Promise<MountNamespace> {
  const [command, ...args] = HOLDER;
  const holder = spawn(command, [...args, 'sh', '-c', 'echo ready; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  await ready(holder);
  const within = ['nsenter', '--preserve-credentials', '--user', '--mount', `--target=${holder.pid ?? 0}`];
  return {
    within,
    run(script, ...values) {
      const [enter = '', ...options] = within;
      const done = spawnSync(enter, [...options, 'sh', '-ec', script, 'sh', ...values], { encoding: 'utf8' });
      if (done.status !== 0) throw new Error(`${script}: ${done.stderr}`);
    },
    close: () =>
      new Promise((resolve) => {
        holder.once('close', () => resolve());
        holder.stdin.end();
      }),
  };
}

function ready(holder: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    holder.stdout?.once('data', () => resolve());
    holder.once('error', reject);
    holder.once('close', (code) => reject(new Error(`unshare ended with ${String(code)}`)));
  });
}
