/** What is measured of a kernel; each function runs one round on a running kernel, or on a fresh one. */
import { setTimeout as delay } from 'node:timers/promises';
import { KernelClient, type Message } from '../../jupyter/support/client.ts';
import { ROOT } from '../../support/requirements.ts';
import { NotYet, type Measured } from '../contract.ts';
import { median, quantile, timed } from '../statistics.ts';
import { startKernel, type KernelKind } from './kinds.ts';
import { memoryOf } from './memory.ts';
import { Outputs } from './outputs.ts';

const IDLE_MS = 1000;
/** After which what has not come counts as lost. */
const QUIET_MS = 1500;
const FLOOD_MS = 20_000;
const INTERRUPT_MS = 5000;
/** So that the cell is in the middle of its work. */
const UNDER_WAY_MS = 200;

/** A fresh process up to its first answer, and up to its first cell's. */
export async function startTimes({ start, programs }: KernelKind): Promise<Measured> {
  const startedMs = performance.now();
  const client = await KernelClient.launch({ ...start, cwd: start.cwd ?? ROOT });
  try {
    await client.request('shell', 'kernel_info_request', {});
    const infoMs = performance.now() - startedMs;
    await client.reply('shell', await client.executeLater(programs.one));
    return { figures: { kernel_info: infoMs, 'first cell': performance.now() - startedMs } };
  } finally {
    await client.close();
  }
}

/** Of the process and all below it, a while after its first cell. */
export async function idleMemory(kind: KernelKind): Promise<Measured> {
  const client = await startKernel(kind);
  try {
    await client.execute(kind.programs.one);
    await delay(QUIET_MS);
    const { residentMb, proportionalMb } = memoryOf(client.process.pid ?? 0);
    return { figures: { resident: residentMb, proportional: proportionalMb } };
  } finally {
    await client.close();
  }
}

/** One cell after the other; each waits for the idle of the one before. */
export async function cells(client: KernelClient, { programs }: KernelKind, count: number): Promise<Measured> {
  client.forget();
  const outputs = new Outputs(client);
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const startedMs = performance.now();
    const id = await client.executeLater(programs.one);
    await client.reply('shell', id);
    times.push(performance.now() - startedMs);
    await outputs.idle(id, IDLE_MS);
  }
  await outputs.until(() => outputs.results.size === count, QUIET_MS);
  outputs.close();
  return {
    figures: {
      p50: median(times),
      p99: quantile(times, 0.99),
      'results lost': count - outputs.results.size,
      'results after idle': outputs.late.size,
    },
  };
}

/** Warm completions of a member of a declared array. @throws NotYet where the member is not offered */
export async function completions(client: KernelClient, kind: KernelKind, count: number): Promise<Measured> {
  client.forget();
  await client.execute(kind.programs.declare);
  const times: number[] = [];
  for (let i = 0; i <= count; i++) {
    const { ms } = await timed(() => complete(client, kind));
    // The first one may have had to read the cell above.
    if (i > 0) times.push(ms);
  }
  return { figures: { p50: median(times), p99: quantile(times, 0.99) } };
}

/** A completion that is asked for while a cell computes for a second and a half. */
export async function busyCompletion(client: KernelClient, kind: KernelKind): Promise<Measured> {
  client.forget();
  await client.execute(kind.programs.declare);
  const id = await client.executeLater(kind.programs.spin);
  await client.busy(id);
  await delay(UNDER_WAY_MS);
  const { ms } = await timed(() => complete(client, kind));
  await client.executed(id);
  return { figures: { time: ms } };
}

async function complete(client: KernelClient, { programs }: KernelKind): Promise<void> {
  const code = programs.complete;
  const { content } = await client.request('shell', 'complete_request', { code, cursor_pos: code.length });
  const matches = Array.isArray(content['matches']) ? content['matches'].map(String) : [];
  if (!matches.some((match) => match.includes(programs.match)))
    throw new NotYet(`its completion of ${code} does not offer ${programs.match}`);
}

/** From the request to the last of `count` updates of one display. */
export function updates(client: KernelClient, { programs }: KernelKind, count: number): Promise<Measured> {
  return flood(client, programs.updates(count), count, {
    count: ({ type }) => (type === 'update_display_data' ? 1 : 0),
  });
}

/** From the request to the last of `count` lines of standard output. */
export function lines(client: KernelClient, { programs }: KernelKind, count: number): Promise<Measured> {
  return flood(client, programs.lines(count), count, {
    count: ({ type, content }) => (type === 'stream' ? String(content['text']).split('\n').length - 1 : 0),
  });
}

async function flood(
  client: KernelClient,
  code: string,
  expected: number,
  of: { count(message: Message): number },
): Promise<Measured> {
  client.forget();
  const outputs = new Outputs(client);
  let received = 0;
  let lastMs = 0;
  outputs.listen((message) => {
    const more = of.count(message);
    received += more;
    if (more > 0) lastMs = performance.now();
  });
  const startedMs = performance.now();
  const id = await client.executeLater(code);
  await outputs.idle(id, FLOOD_MS);
  await outputs.until(() => received >= expected, QUIET_MS);
  outputs.close();
  if (received === 0) throw new NotYet('nothing of it came');
  return { figures: { time: lastMs - startedMs, lost: expected - received } };
}

/** Interrupts a cell; the time until it is idle, and whether variables are still there. */
export async function interrupt(client: KernelClient, kind: KernelKind, cell: 'loop' | 'wait'): Promise<Measured> {
  const { programs, interruptMode } = kind;
  client.forget();
  await client.execute(programs.set);
  const id = await client.executeLater(programs[cell]);
  await client.busy(id);
  await delay(UNDER_WAY_MS);
  const outputs = new Outputs(client);
  const startedMs = performance.now();
  if (interruptMode === 'message') await client.send('control', 'interrupt_request', {});
  else client.process.kill('SIGINT');
  const stopped = await outputs.idle(id, INTERRUPT_MS);
  const ms = performance.now() - startedMs;
  outputs.close();
  if (client.process.exitCode !== null || client.process.signalCode !== null)
    throw new NotYet('its process ends with the interrupt');
  if (!stopped) {
    // The next one who asks for this kernel has a new one started.
    await client.close();
    throw new NotYet(`the cell goes on ${INTERRUPT_MS / 1000} s after the interrupt`);
  }
  const { published } = await client.execute(programs.get);
  const kept = published.some(({ content }) =>
    JSON.stringify(content['data'] ?? content['text'] ?? '').includes('12345'),
  );
  return { figures: { time: ms, 'state lost': kept ? 0 : 1 } };
}
