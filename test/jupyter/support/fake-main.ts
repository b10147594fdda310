/** The composition root of the protocol tests: `node --import tsx fake-main.ts CONNECTION_FILE`. */
import { MessageChannel } from 'node:worker_threads';
import { startJupyter } from '../../../kernel/jupyter/kernel-host.ts';
import { FakeInterpreter } from './fake-interpreter.ts';

const [connectionFile = ''] = process.argv.slice(2);
const flag = new Int32Array(new SharedArrayBuffer(4));
/** Blocks the main thread for a while, as loading modules does. */
async function load(blockMs: number): Promise<FakeInterpreter> {
  await new Promise((resolve) => setTimeout(resolve, blockMs));
  const endMs = performance.now() + blockMs;
  while (performance.now() < endMs);
  return new FakeInterpreter((text) => process.stderr.write(`${text}\n`));
}

const host = await startJupyter({
  connectionFile,
  interpreter: load(Number(process.env['FAKE_LOAD_MS'] ?? 0)),
  interrupt: { flag },
  kernel: {
    version: '0.0.0',
    banner: 'Fake',
    language: {
      name: 'typescript',
      version: '6.0',
      mimetype: 'text/typescript',
      file_extension: '.ts',
      pygments_lexer: 'typescript',
      codemirror_mode: 'typescript',
      nbconvert_exporter: 'script',
    },
    helpLinks: [],
  },
  workerUrl: new URL('./jupyter-worker.mjs', import.meta.url),
  languageWorkerUrl: new URL('./language-worker.mjs', import.meta.url),
});
const { port1, port2 } = new MessageChannel();
host.attachOutputPort(port2);
port1.unref();
const globals = globalThis as unknown as Record<string, unknown>;
globals['frame'] = (cellId: string, displayId: string, text: string) =>
  port1.postMessage({ type: 'live-frame', cellId, displayId, data: { 'text/plain': text } });
globals['noteTable'] = (name: string) => host.noteCatalog({ tables: [{ name, columns: [] }] });
process.exit(await host.closed);
