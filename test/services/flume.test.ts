import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { flumeService, startFlume, type Flume } from './flume.ts';
import { skipWithoutServices } from './skip.ts';
import { watchTraces, type Traces } from './traces.ts';

const lines = (name: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${name} ${i}, größer 🙂`);
const textOf = (events: readonly string[]): string => events.map((event) => `${event}\n`).join('');

/** Sends lines over TCP, and waits for the OK that the netcat source gives for each. */
async function sendLines(port: number, events: readonly string[]): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk;
    if (answer.length >= events.length * 3) socket.end();
  });
  socket.write(textOf(events));
  await once(socket, 'close');
  assert.equal(answer, 'OK\n'.repeat(events.length));
}

/** Sinks work a moment later than sources. @returns what is there once it has the last event, or at the end of the time */
async function written(flume: Flume, sink: string, last: string | undefined): Promise<string> {
  assert.ok(last !== undefined);
  for (const endMs = performance.now() + 20_000; performance.now() < endMs;) {
    const text = await flume.written(sink);
    if (text.includes(`${last}\n`)) return text;
    await delay(50);
  }
  return flume.written(sink);
}

describe('Flume', { skip: await skipWithoutServices(flumeService), timeout: 180_000 }, () => {
  let traces: Traces;
  let flume: Flume;

  before(async () => {
    traces = await watchTraces();
    flume = await startFlume({
      sources: { lines: { type: 'netcat' }, rpc: { type: 'avro' } },
      sinks: { files: { type: 'file_roll' }, copies: { type: 'file_roll' }, log: { type: 'logger' } },
    });
  });

  after(async () => {
    await flume.stop();
    await traces.end();
  });

  it('writes the lines that come over TCP into the files of each sink, in order', async () => {
    const events = lines('tcp', 500);
    await sendLines(flume.port('lines'), events);
    assert.equal(await written(flume, 'files', events.at(-1)), textOf(events));
    assert.equal(await written(flume, 'copies', events.at(-1)), textOf(events));
    assert.match(await flume.log(), /Event: \{ headers:\{\} body: .* tcp 0, gr/);
  });

  it('writes the events that its own Avro client sends, after those that came before', async () => {
    const file = path.join(tmpdir(), 'events.txt');
    await writeFile(file, textOf(lines('avro', 120)));
    await flume.sendByAvro('rpc', file);
    await rm(file);
    const events = [...lines('tcp', 500), ...lines('avro', 120)];
    assert.equal(await written(flume, 'files', events.at(-1)), textOf(events));
  });

  it('tells its version', async () => {
    assert.equal(await flumeService.version(flume), 'Flume 1.11.0');
  });

  it('stops without a trace', () => traces.stopsWithoutTrace(flume));
});

describe('two Flume agents', { skip: await skipWithoutServices(flumeService), timeout: 180_000 }, () => {
  it('lose nothing when the second is down meanwhile', async () => {
    const second = await startFlume({ sources: { rpc: { type: 'avro' } }, channel: { type: 'file' } });
    try {
      const onward = { type: 'avro', hostname: '127.0.0.1', port: second.port('rpc') };
      const first = await startFlume({ sinks: { onward }, channel: { type: 'file' } });
      try {
        const [before, meanwhile] = [lines('before', 50), lines('meanwhile', 50)];
        await sendLines(first.port('lines'), before);
        assert.equal(await written(second, 'files', before.at(-1)), textOf(before));
        await second.pause();
        await sendLines(first.port('lines'), meanwhile);
        await second.resume();
        // What the second had not confirmed when it was killed comes again.
        const arrived = new Set((await written(second, 'files', meanwhile.at(-1))).trimEnd().split('\n'));
        assert.deepEqual([...arrived], [...before, ...meanwhile]);
      } finally {
        await first.stop();
      }
    } finally {
      await second.stop();
    }
  });
});
