/** Secrets in options never reach an output, a log, a plan or a checkpoint. */
export const REDACTED = '*********(redacted)';

const SECRET_KEY = /password|passwd|secret|token|access.?key|credential|sasl\.jaas\.config|ssl\..*key/i;

/** Whether an option's value must not be shown. `kafka.ssl.keystore.location` counts too: over-redacting is harmless. */
export function isSecretOption(key: string): boolean {
  return SECRET_KEY.test(key);
}

/** `'key', 'value'`, `key: 'value'`, `key="value"`, as option calls, objects and JAAS entries have them. */
const OPTION_TEXT = /((['"`]?)([\w.-]+)\2\s*[,:=]\s*)(['"`])((?:\\.|(?!\4).)*)\4/g;

/** Source text, as an error quotes it, with the values of secret options starred out; its columns stay where they are. */
export function redactSource(text: string): string {
  return text.replace(OPTION_TEXT, (_, before: string, _quote, key: string, quote: string, value: string) => {
    const shown = isSecretOption(key) ? '*'.repeat(value.length) : redactSource(value);
    return `${before}${quote}${shown}${quote}`;
  });
}

/** The options with the values of secret ones replaced, keys as they are. */
export function redactOptions(options: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [key, isSecretOption(key) ? REDACTED : value]),
  );
}
