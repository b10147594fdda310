/** The kernel as a front end meets it: start, a cell's round trip, completion, idle memory. Figures of ours alone; bounds are the project's. */
import { readFileSync } from 'node:fs';
import { KernelClient } from '../../jupyter/support/client.ts';
import { median, timed, type Comparison, type Suite } from '../runner.ts';

const MAIN = new URL('../../../dist/main.js', import.meta.url);
const start = (): Promise<KernelClient> => KernelClient.start({ main: MAIN, execArgv: [] });

export const kernelSuite: Suite = {
  name: 'kernel',
  async open() {
    const kernel = await start();
    await kernel.execute('1+1');
    const idleMb = memoryMb(kernel.process.pid ?? 0);
    const alone = (
      name: string,
      description: string,
      target: string,
      rounds: number,
      run: () => Promise<number>,
    ): Comparison => ({
      name,
      description,
      target,
      rounds,
      ours: { name: 'millrace', run: async () => ({ ms: await run() }) },
      peers: [],
    });
    return {
      comparisons: [
        alone('start to kernel_info', 'process start to kernel_info_reply', 'ms <= 250', 7, async () => {
          const { ms, value } = await timed(async () => {
            const started = await start();
            await started.request('shell', 'kernel_info_request', {});
            return started;
          });
          await value.shutdown();
          return ms;
        }),
        alone('1+1', 'median of 300 cells, request to reply', 'ms <= 1', 5, () => cellMs(kernel)),
        alone('completion, warm', 'median of 100 completions of spark.re', 'ms <= 15', 5, () =>
          medianOf(100, () => kernel.request('shell', 'complete_request', { code: 'spark.re', cursor_pos: 8 })),
        ),
        alone('completion, first', 'a fresh kernel, one cell, its first completion', 'ms <= 1500', 3, async () => {
          const started = await start();
          await started.execute('1+1');
          const { ms } = await timed(() =>
            started.request('shell', 'complete_request', { code: 'spark.re', cursor_pos: 8 }),
          );
          await started.shutdown();
          return ms;
        }),
        {
          ...alone(
            'idle memory',
            'resident set after the first cell, before engine and language service',
            'MB <= 120',
            1,
            () => Promise.resolve(idleMb),
          ),
          unit: 'MB',
        },
      ],
      close: async () => {
        await kernel.shutdown();
      },
    };
  },
};

/** From the request to its reply; the next one waits for the cell's idle. */
async function cellMs(kernel: KernelClient): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 300; i++) {
    const startedMs = performance.now();
    const id = await kernel.executeLater('1+1');
    await kernel.reply('shell', id);
    times.push(performance.now() - startedMs);
    await kernel.idle(id);
  }
  return median(times);
}

async function medianOf(count: number, action: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) times.push((await timed(action)).ms);
  return median(times);
}

function memoryMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}
