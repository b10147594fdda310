/**
 * Backpressure from the sockets to the code that prints: characters that the main thread has posted and the jupyter
 * worker has not sent yet. Where they exceed the limit, the printing thread waits; nothing is dropped.
 *
 * One 32-bit word in shared memory: the main thread adds before it posts, the worker subtracts after it has sent.
 */
const CHARACTERS_MAX = 2 * 1024 * 1024;
const WAIT_MS = 50;
/** What a message costs beside its text. */
export const MESSAGE_COST = 256;

export function createGate(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Waits for room unless `interrupted`, then takes it. Only a thread that may block calls this. */
export function enterGate(gate: Int32Array, cost: number, interrupted: () => boolean): void {
  for (;;) {
    const pending = Atomics.load(gate, 0);
    if (pending < CHARACTERS_MAX || interrupted()) break;
    Atomics.wait(gate, 0, pending, WAIT_MS);
  }
  Atomics.add(gate, 0, cost);
}

export function leaveGate(gate: Int32Array, cost: number): void {
  if (cost === 0) return;
  const before = Atomics.sub(gate, 0, cost);
  if (before >= CHARACTERS_MAX) Atomics.notify(gate, 0);
}
