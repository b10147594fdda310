/** A reporter for node:test that prints failures and skips only, each once, with the file it stands in. */
export default async function* failures(source) {
  for await (const event of source) {
    const { data } = event;
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
}

function indent(text) {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}
