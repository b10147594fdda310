/** V8 quotes the generated text in its messages: `(0 , __b_f.v) is not a function`. The user wrote `f`. */
export function cleanMessage(message: string): string {
  if (!message.includes('__')) return message;
  return message
    .replace(/\(0\s*,\s*(__(?:b_[\w$]+\.v|g\.[\w$]+))\)/g, '$1')
    .replace(/__b_([\w$]+)\.v/g, '$1')
    .replace(/__[gk]\.([\w$]+)/g, '$1')
    .replace(/__w\(\.\.\.\)/g, '(intermediate value)');
}

/** Cleans an error that user code caught, where its message is its own. */
export function cleanCaught(error: unknown): void {
  if (!(error instanceof Error) || typeof error.message !== 'string' || !error.message.includes('__')) return;
  const cleaned = cleanMessage(error.message);
  if (cleaned !== error.message && Object.isExtensible(error)) error.message = cleaned;
}
