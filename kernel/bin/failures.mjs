/**
 * A reporter for node:test that prints failures and skips only, each once, with the file it stands in. MILLRACE_TEST_TIMES=1
 * ends with the slowest files, in ms.
 */
export default async function* failures(source) {
  const fileMs = new Map();
  for await (const event of source) {
    const { data } = event;
    if ((event.type === 'test:pass' || event.type === 'test:fail') && data.nesting === 0)
      fileMs.set(data.file, (fileMs.get(data.file) ?? 0) + data.details.duration_ms);
    if (event.type === 'test:fail' && data.details?.error?.failureType !== 'subtestsFailed') {
      const error = data.details.error.cause ?? data.details.error;
      const text = error?.stack ?? String(error);
      yield `\n✗ ${data.name}  (${data.file ?? ''}:${data.line ?? ''})\n${indent(text)}\n`;
    } else if (event.type === 'test:pass' && data.skip !== undefined && data.skip !== false) {
      yield `\n– skipped: ${data.name}${typeof data.skip === 'string' ? `: ${data.skip}` : ''}\n`;
    } else if (event.type === 'test:stderr' && process.env.MILLRACE_TEST_VERBOSE) {
      yield data.message;
    }
  }
  if (process.env.MILLRACE_TEST_TIMES) yield slowest(fileMs);
}

function slowest(fileMs) {
  const files = [...fileMs].sort(([, a], [, b]) => b - a).slice(0, 30);
  return files.map(([file, ms]) => `${String(Math.round(ms)).padStart(8)}  ${file}\n`).join('');
}

function indent(text) {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}
