/** The kernel as a front end meets it, beside ipykernel, Deno and tslab, all spoken to by the same client. */
import type { KernelClient } from '../../jupyter/support/client.ts';
import type { Comparison, Measure, Measured, OpenedSection, Section, Size, Suite, Target } from '../contract.ts';
import { kernelKinds, startKernel, type KernelKind, type KernelKinds } from '../kernel/kinds.ts';
import {
  busyCompletion,
  cells,
  completions,
  idleMemory,
  interrupt,
  lines,
  startTimes,
  updates,
} from '../kernel/measures.ts';

const COUNTS: Readonly<Record<Size, { cells: number; completions: number; updates: number; lines: number }>> = {
  small: { cells: 20, completions: 5, updates: 100, lines: 500 },
  full: { cells: 300, completions: 50, updates: 3000, lines: 20_000 },
};

export const kernel: Suite = {
  name: 'kernel',
  sections: [
    { name: 'start', open: openStart },
    { name: 'cells', open: ({ size }) => openRunning((kinds, running) => cellComparisons(kinds, running, size)) },
    { name: 'interrupt', open: () => openRunning(interruptComparisons) },
  ] satisfies readonly Section[],
};

/** A kernel of each kind that runs; one that has ended is started again. */
type Running = (kind: KernelKind) => Promise<KernelClient>;

interface What extends Pick<Comparison, 'name' | 'description' | 'measures' | 'rounds'> {
  readonly run: (kind: KernelKind) => Promise<Measured>;
}

function between({ ours, peers }: KernelKinds, { run, ...about }: What): Comparison {
  const contestant = (kind: KernelKind) => ({ engine: kind.engine, run: () => run(kind) });
  return { ...about, ours: contestant(ours), peers: peers.map(contestant) };
}

async function openStart(): Promise<OpenedSection> {
  const kinds = await kernelKinds();
  return {
    comparisons: [
      between(kinds, {
        name: 'start',
        description: 'a fresh process up to its `kernel_info_reply`, and up to the reply to its first cell, `1+1`',
        measures: [figure('kernel_info', 'ms', 250), figure('first cell', 'ms')],
        rounds: 7,
        run: startTimes,
      }),
      between(kinds, {
        name: 'idle memory',
        description:
          'the process and those below it after the first cell; of ours, before engine and language service are used; the proportional set counts pages that other processes have too, such as those of Node, in part',
        measures: [figure('resident', 'MB', 120), figure('proportional', 'MB')],
        rounds: 3,
        run: idleMemory,
      }),
    ],
    missing: kinds.missing,
    close: () => Promise.resolve(),
  };
}

async function openRunning(
  comparisonsOf: (kinds: KernelKinds, running: Running) => readonly Comparison[],
): Promise<OpenedSection> {
  const kinds = await kernelKinds();
  const clients = new Map<KernelKind, KernelClient>();
  const running: Running = async (kind) => {
    const known = clients.get(kind);
    if (known !== undefined && known.process.exitCode === null && known.process.signalCode === null) return known;
    await known?.close();
    const client = await startKernel(kind);
    clients.set(kind, client);
    return client;
  };
  return {
    comparisons: comparisonsOf(kinds, running),
    missing: kinds.missing,
    close: async () => {
      for (const client of clients.values()) await client.close();
    },
  };
}

function cellComparisons(kinds: KernelKinds, running: Running, size: Size): readonly Comparison[] {
  const counts = COUNTS[size];
  return [
    between(kinds, {
      name: `1+1, ${counts.cells} cells`,
      description: 'one after the other, from the request to its reply, each sent after the idle of the one before',
      measures: [
        figure('p50', 'ms', 1),
        figure('p99', 'ms'),
        figure('results lost', 'count', 0),
        figure('results after idle', 'count', 0),
      ],
      rounds: 5,
      run: async (kind) => cells(await running(kind), kind, counts.cells),
    }),
    between(kinds, {
      name: 'completion, warm',
      description: `${counts.completions} completions of a member of a declared array`,
      measures: [figure('p50', 'ms', 15), figure('p99', 'ms')],
      rounds: 5,
      run: async (kind) => completions(await running(kind), kind, counts.completions),
    }),
    between(kinds, {
      name: 'completion while a cell computes',
      description: 'asked for 0.2 s into a cell that computes for 1.5 s',
      measures: [figure('time', 'ms', 100)],
      rounds: 3,
      run: async (kind) => busyCompletion(await running(kind), kind),
    }),
    between(kinds, {
      name: `${counts.updates} updates of a display`,
      description: 'from the request to the last update at the client',
      measures: [figure('time', 'ms'), figure('lost', 'count', 0)],
      rounds: 3,
      run: async (kind) => updates(await running(kind), kind, counts.updates),
    }),
    between(kinds, {
      name: `${counts.lines} lines of output`,
      description: 'from the request to the last line at the client; kernels may put several lines into one message',
      measures: [figure('time', 'ms'), figure('lost', 'count', 0)],
      rounds: 3,
      run: async (kind) => lines(await running(kind), kind, counts.lines),
    }),
  ];
}

function interruptComparisons(kinds: KernelKinds, running: Running): readonly Comparison[] {
  const cellsOf = { loop: 'an endless loop', wait: 'an await of 30 s' };
  return (['loop', 'wait'] as const).map((cell) =>
    between(kinds, {
      name: `interrupt of ${cellsOf[cell]}`,
      description:
        'from the interrupt, 0.2 s into the cell, to its idle; afterwards a variable of an earlier cell is read',
      measures: [figure('time', 'ms'), figure('state lost', 'count', 0)],
      rounds: 3,
      run: async (kind) => interrupt(await running(kind), kind, cell),
    }),
  );
}

function figure(name: string, unit: Measure['unit'], max?: number): Measure {
  if (max === undefined) return { name, unit };
  const target: Target = { kind: 'figure', max };
  return { name, unit, target };
}
