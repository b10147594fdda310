/**
 * A reporter for node:test that prints failures and skips only, each once, with the file it stands in. It ends a file that hangs,
 * with all its processes: by itself, node:test waits for ever for one that outlives SIGTERM. CI's runs end with the slowest files.
 */
import { relative } from 'node:path';
import { TestFiles } from './test-files.mjs';

const MINUTE_MS = 60_000;

export default async function* report(source) {
  const files = new TestFiles({
    fileMsMax: Number(process.env.MILLRACE_TEST_FILE_MS_MAX ?? 15 * MINUTE_MS),
    runMsMax: Number(process.env.MILLRACE_TEST_RUN_MS_MAX ?? 60 * MINUTE_MS),
  });
  for await (const { type, data } of source) {
    const isFile = data.name !== undefined && data.name === data.file;
    if (isFile && type === 'test:dequeue') files.started(data.file);
    if (isFile && type === 'test:complete') files.ended(data.file);
    if (type === 'test:fail' && data.details?.error?.failureType !== 'subtestsFailed') {
      const error = data.details.error.cause ?? data.details.error;
      const text = (isFile && files.whyEnded(data.file)) || (error?.stack ?? String(error));
      yield `\n✗ ${data.name}  (${data.file ?? ''}:${data.line ?? ''})\n${indent(text)}\n`;
    } else if (type === 'test:pass' && data.skip !== undefined && data.skip !== false) {
      yield `\n– skipped: ${data.name}${typeof data.skip === 'string' ? `: ${data.skip}` : ''}\n`;
    } else if (type === 'test:stderr' && process.env.MILLRACE_TEST_VERBOSE) {
      yield data.message;
    }
  }
  if (process.env.CI) yield `\nSlowest files, in seconds:\n${slowest(files.durationsMs)}`;
}

function slowest(durationsMs) {
  const files = [...durationsMs].sort(([, a], [, b]) => b - a).slice(0, 20);
  return files.map(([file, ms]) => `${(ms / 1000).toFixed(1).padStart(8)}  ${relative('.', file)}\n`).join('');
}

function indent(text) {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}
