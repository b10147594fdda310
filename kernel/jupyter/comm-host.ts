/** Comms on the main thread: hands what front ends send to the targets of the user's code. */
import type { CommChannel, CommTargets } from '../session/contract.ts';
import type { CommRequest, FromHost } from './thread-protocol.ts';

export interface CommHostPorts {
  readonly post: (message: FromHost) => void;
  /** Takes room for so many characters from the output gate; returns what was taken. */
  readonly enter: (characters: number) => number;
  readonly runningCellId: () => string | undefined;
}

interface OpenComm {
  onMessage: (data: unknown, buffers: readonly Uint8Array[]) => void;
  onClose: (data: unknown) => void;
}

export class CommHost {
  readonly #targets: CommTargets;
  readonly #ports: CommHostPorts;
  readonly #open = new Map<string, OpenComm>();
  /** The comm message that is being handled, the parent of what its handler sends. */
  #handling: string | undefined;

  constructor(targets: CommTargets, ports: CommHostPorts) {
    this.#targets = targets;
    this.#ports = ports;
  }

  receive(request: CommRequest): void {
    this.#handling = request.cellId;
    try {
      this.#handle(request);
    } finally {
      this.#handling = undefined;
      this.#ports.post({ type: 'comm-done', requestId: request.requestId });
    }
  }

  #handle(request: CommRequest): void {
    const { commId, data, buffers } = request;
    switch (request.type) {
      case 'comm-open':
        if (this.#targets.has(request.target)) this.#targets.open(this.#channel(commId, request.target), data, buffers);
        else this.#send('comm_close', commId, { data: {} });
        return;
      case 'comm-msg':
        this.#open.get(commId)?.onMessage(data, buffers);
        return;
      case 'comm-close': {
        const comm = this.#open.get(commId);
        this.#open.delete(commId);
        comm?.onClose(data);
        return;
      }
    }
  }

  #channel(commId: string, target: string): CommChannel {
    const comm: OpenComm = { onMessage: () => undefined, onClose: () => undefined };
    this.#open.set(commId, comm);
    return {
      commId,
      target,
      send: (data, options = {}) => {
        if (this.#open.has(commId)) this.#send('comm_msg', commId, { data, ...options });
      },
      close: (data = {}) => {
        if (this.#open.delete(commId)) this.#send('comm_close', commId, { data });
      },
      onMessage: (handler) => {
        comm.onMessage = handler;
      },
      onClose: (handler) => {
        comm.onClose = handler;
      },
    };
  }

  #send(
    messageType: 'comm_msg' | 'comm_close',
    commId: string,
    message: {
      readonly data: unknown;
      readonly metadata?: Readonly<Record<string, unknown>>;
      readonly buffers?: readonly Uint8Array[];
    },
  ): void {
    const content = JSON.stringify({ comm_id: commId, data: message.data });
    const buffers = message.buffers ?? [];
    const size = buffers.reduce((sum, buffer) => sum + buffer.byteLength, content.length);
    this.#ports.post({
      type: 'comm-send',
      cellId: this.#handling ?? this.#ports.runningCellId(),
      messageType,
      commId,
      content,
      buffers,
      cost: this.#ports.enter(size),
      ...(message.metadata === undefined ? {} : { metadata: JSON.stringify(message.metadata) }),
    });
  }
}
