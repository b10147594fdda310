/** Questions of cells to the user: one input_request each, answered in their order by input_reply. */
import { ContentReader } from './content.ts';
import type { SendQueue } from './send-queue.ts';
import type { IncomingMessage, WireCodec } from './wire.ts';

export interface InputQuestion {
  readonly inputId: number;
  readonly prompt: string;
  readonly password: boolean;
}

export class Stdin {
  readonly #codec: WireCodec;
  readonly #queue: SendQueue;
  readonly #answer: (inputId: number, value: string) => void;
  #asked: number[] = [];

  constructor(codec: WireCodec, queue: SendQueue, answer: (inputId: number, value: string) => void) {
    this.#codec = codec;
    this.#queue = queue;
    this.#answer = answer;
  }

  /** Asks the client that sent `request`. */
  ask(request: IncomingMessage, { inputId, prompt, password }: InputQuestion): void {
    this.#asked.push(inputId);
    const content = JSON.stringify({ prompt, password });
    this.#queue.push(() =>
      this.#codec.encode({ type: 'input_request', parent: request.parent, content, prefix: request.identities }),
    );
  }

  /** A reply that nobody asked for is ignored. */
  receive(reply: IncomingMessage): void {
    if (reply.header.msg_type !== 'input_reply') return;
    const value = new ContentReader('input_reply', reply.content).text('value');
    const inputId = this.#asked.shift();
    if (inputId !== undefined) this.#answer(inputId, value);
  }

  /** Another cell starts: nobody waits for the answers any more. */
  forget(): void {
    this.#asked = [];
  }
}
