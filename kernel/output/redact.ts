/** Secrets in options never reach an output, a log, a plan or a checkpoint. */
export const REDACTED = '*********(redacted)';

const SECRET_KEY = /password|passwd|secret|token|access.?key|credential|sasl\.jaas\.config|ssl\..*key/i;

/** Whether an option's value must not be shown. `kafka.ssl.keystore.location` counts too: over-redacting is harmless. */
export function isSecretOption(key: string): boolean {
  return SECRET_KEY.test(key);
}

/** The options with the values of secret ones replaced, keys as they are. */
export function redactOptions(options: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [key, isSecretOption(key) ? REDACTED : value]),
  );
}
