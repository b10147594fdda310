/** The kernel process, as Jupyter starts it: `node main.js CONNECTION_FILE`. The sockets answer while the rest still loads. */
import { readFileSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import { startJupyter, type JupyterHost } from './jupyter/kernel-host.ts';
import type { InterruptCell, LanguageInfo } from './session/contract.ts';

const LANGUAGE: LanguageInfo = {
  name: 'typescript',
  version: '6.0',
  mimetype: 'text/x-typescript',
  file_extension: '.ts',
  pygments_lexer: 'typescript',
  codemirror_mode: { name: 'text/typescript' },
  nbconvert_exporter: 'script',
};

const [, , connectionFile] = process.argv;
if (connectionFile === undefined) {
  process.stderr.write('Millrace is started by Jupyter, with a connection file: node main.js CONNECTION_FILE\n');
  process.exit(2);
}
process.exit(await serve(connectionFile));

async function serve(file: string): Promise<number> {
  const interrupt: InterruptCell = { flag: new Int32Array(new SharedArrayBuffer(4)) };
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  // The interpreter needs the host for live views, the host the interpreter for cells: the ports wait for the host.
  let resolveHost: (host: JupyterHost) => void = () => undefined;
  const hostReady = new Promise<JupyterHost>((resolve) => (resolveHost = resolve));
  const interpreter = import('./notebook-kernel.ts').then(
    ({ createNotebookKernel }) =>
      createNotebookKernel({
        cwd: process.cwd(),
        interrupt,
        live: { attachOutputPort: (port: MessagePort) => void hostReady.then((host) => host.attachOutputPort(port)) },
        onCatalog: (catalog) => void hostReady.then((host) => host.noteCatalog(catalog)),
      }).interpreter,
  );
  const host = await startJupyter({
    connectionFile: file,
    interpreter,
    interrupt,
    kernel: {
      version,
      banner: `Millrace ${version}: streaming analytics in TypeScript and SQL`,
      language: LANGUAGE,
      helpLinks: [{ text: 'Apache Spark SQL functions', url: 'https://spark.apache.org/docs/latest/api/sql/' }],
    },
    workerUrl: new URL('./jupyter-worker.js', import.meta.url),
    languageWorkerUrl: new URL('./language-worker.js', import.meta.url),
  });
  resolveHost(host);
  return host.closed;
}
