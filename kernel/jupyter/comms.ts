/**
 * Comms, as the jupyter worker sees them: which are open, and which messages the main thread has not handled yet. Their
 * targets live with the user's code on the main thread.
 */
import { ContentReader } from './content.ts';
import type { IoPub } from './iopub.ts';
import type { CommRequest } from './thread-protocol.ts';
import type { IncomingMessage, Parent } from './wire.ts';

export interface CommPorts {
  readonly iopub: IoPub;
  readonly toHost: (request: CommRequest) => void;
  readonly log: (text: string) => void;
}

export class Comms {
  readonly #ports: CommPorts;
  /** Comm id → target. */
  readonly #open = new Map<string, string>();
  readonly #waiting = new Map<number, Parent>();
  #requests = 0;

  constructor(ports: CommPorts) {
    this.#ports = ports;
  }

  /** Messages that the main thread has yet to handle. */
  get waitingCount(): number {
    return this.#waiting.size;
  }

  info(target: string | undefined): Readonly<Record<string, { readonly target_name: string }>> {
    const comms = [...this.#open].filter(([, name]) => target === undefined || name === target);
    return Object.fromEntries(comms.map(([id, name]) => [id, { target_name: name }]));
  }

  /** @throws JUPYTER_REQUEST_INVALID */
  receive(type: CommRequest['type'], message: IncomingMessage): void {
    const content = new ContentReader(message.header.msg_type, message.content);
    const commId = content.text('comm_id');
    const target = type === 'comm-open' ? content.text('target_name') : '';
    if (type === 'comm-open') this.#open.set(commId, target);
    else if (!this.#open.has(commId)) {
      this.#ports.log(`${message.header.msg_type} to the unknown comm ${JSON.stringify(commId.slice(0, 60))}`);
      return;
    }
    if (type === 'comm-close') this.#open.delete(commId);
    this.#requests += 1;
    const requestId = this.#requests;
    this.#ports.iopub.status(message.parent, 'busy');
    this.#waiting.set(requestId, message.parent);
    this.#forward({
      requestId,
      cellId: message.parent.id,
      commId,
      data: content.data('data'),
      buffers: message.buffers.map((buffer) => new Uint8Array(buffer)),
      ...(type === 'comm-open' ? { type, target } : { type }),
    });
  }

  noteClosed(commId: string): void {
    this.#open.delete(commId);
  }

  done(requestId: number): void {
    const parent = this.#waiting.get(requestId);
    if (parent === undefined) return;
    this.#waiting.delete(requestId);
    this.#ports.iopub.status(parent, 'idle');
  }

  /** The main thread was terminated: what it was handling will not be answered. */
  allDone(): void {
    for (const requestId of [...this.#waiting.keys()]) this.done(requestId);
  }

  #forward(request: CommRequest): void {
    try {
      this.#ports.toHost(request);
    } catch (error) {
      // Data nested too deep to be cloned.
      this.#ports.log(`a comm message cannot be handed over: ${String(error)}`);
      this.done(request.requestId);
    }
  }
}
