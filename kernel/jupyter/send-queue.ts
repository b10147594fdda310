/** One queue per socket: zeromq.js allows one send in flight per socket. */
import type { Log } from './log.ts';

export interface MessageSink {
  send(frames: (Buffer | string | Uint8Array)[]): Promise<void>;
}

interface Queued {
  /** Encodes when its turn comes, so that signing a burst does not hold up other channels. */
  readonly encode: () => (Buffer | string | Uint8Array)[];
  readonly sent?: () => void;
}

export class SendQueue {
  readonly #socket: MessageSink;
  readonly #log: Log;
  #queue: Queued[] = [];
  #draining: Promise<void> | undefined;

  constructor(socket: MessageSink, log: Log) {
    this.#socket = socket;
    this.#log = log;
  }

  push(encode: Queued['encode'], sent?: () => void): void {
    this.#queue.push(sent === undefined ? { encode } : { encode, sent });
    this.#draining ??= this.#drain();
  }

  /** Resolves once everything pushed so far is handed to zeromq. */
  async flushed(): Promise<void> {
    while (this.#draining !== undefined) await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      for (const queued of batch) {
        try {
          await this.#socket.send(queued.encode());
        } catch (error) {
          this.#log(`a message could not be sent: ${String(error)}`);
        }
        queued.sent?.();
      }
    }
    this.#draining = undefined;
  }
}
