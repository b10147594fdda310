/**
 * Everything that is published. Consecutive text of the same cell and stream is merged for a few milliseconds and goes
 * out before anything else that is published, so that the order in which a cell made its outputs holds.
 */
import { MESSAGE_COST, leaveGate } from './output-gate.ts';
import type { SendQueue } from './send-queue.ts';
import type { Parent, WireCodec } from './wire.ts';

const MERGE_MS = 15;
const MERGED_CHARACTERS_MAX = 256 * 1024;

export type StreamName = 'stdout' | 'stderr';

export interface Publication {
  readonly parent: Parent | undefined;
  readonly content: string;
  readonly metadata?: string;
  readonly buffers?: readonly Uint8Array[];
  /** What to give back to the output gate once it is sent. */
  readonly cost?: number;
}

interface PendingStream {
  readonly parent: Parent;
  readonly name: StreamName;
  text: string;
  cost: number;
  readonly timer: NodeJS.Timeout;
}

export class IoPub {
  readonly #codec: WireCodec;
  readonly #queue: SendQueue;
  readonly #gate: Int32Array;
  #stream: PendingStream | undefined;

  constructor(codec: WireCodec, queue: SendQueue, gate: Int32Array) {
    this.#codec = codec;
    this.#queue = queue;
    this.#gate = gate;
  }

  status(parent: Parent | undefined, state: 'starting' | 'busy' | 'idle'): void {
    this.publish('status', { parent, content: `{"execution_state":"${state}"}` });
  }

  publish(type: string, publication: Publication): void {
    this.flush();
    this.#send(type, publication);
  }

  stream(parent: Parent, name: StreamName, text: string, cost: number): void {
    const pending = this.#stream;
    if (pending !== undefined && pending.parent === parent && pending.name === name) {
      pending.text += text;
      pending.cost += cost;
    } else {
      this.flush();
      this.#stream = { parent, name, text, cost, timer: setTimeout(() => this.flush(), MERGE_MS) };
    }
    if ((this.#stream?.text.length ?? 0) > MERGED_CHARACTERS_MAX) this.flush();
  }

  /** Sends the text that waits for more. */
  flush(): void {
    const pending = this.#stream;
    if (pending === undefined) return;
    this.#stream = undefined;
    clearTimeout(pending.timer);
    const content = JSON.stringify({ name: pending.name, text: pending.text });
    this.#send('stream', { parent: pending.parent, content, cost: pending.cost });
  }

  #send(type: string, publication: Publication): void {
    const { cost = 0, ...message } = publication;
    this.#queue.push(
      () => this.#codec.encode({ ...message, type, prefix: [`kernel.${this.#codec.session}.${type}`] }),
      cost === 0 ? undefined : () => leaveGate(this.#gate, cost),
    );
  }
}

/** The cost of a message with so many characters, for both sides of the gate. */
export function costOf(characters: number): number {
  return characters + MESSAGE_COST;
}
