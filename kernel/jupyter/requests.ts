/** Requests that need no cell: each is answered between its busy and its idle, also when it fails or is unknown. */
import { MillraceError } from '../core/errors.ts';
import { ContentReader } from './content.ts';
import { errorContent } from './errors.ts';
import type { Handlers, RequestType } from './handlers.ts';
import type { IoPub } from './iopub.ts';
import type { Log } from './log.ts';
import type { IncomingMessage } from './wire.ts';

export type RequestChannel = 'shell' | 'control';

/** Requests with an effect on the kernel itself, beside those of `Handlers`. */
const OTHER_REQUESTS = ['execute_request', 'interrupt_request', 'shutdown_request'];
const NAME_CHARACTERS_MAX = 60;

export interface RequestPorts {
  readonly handlers: Handlers;
  readonly iopub: IoPub;
  readonly reply: (message: IncomingMessage, channel: RequestChannel, content: string) => void;
  readonly interrupt: () => void;
  /** Called once the shutdown's reply is on its way. */
  readonly leave: () => void;
  readonly log: Log;
}

export class Requests {
  readonly #ports: RequestPorts;

  constructor(ports: RequestPorts) {
    this.#ports = ports;
  }

  receive(message: IncomingMessage, channel: RequestChannel): void {
    const { iopub, log } = this.#ports;
    const { msg_type: type } = message.header;
    if (!type.endsWith('_request')) {
      log(`a message of the unknown type ${JSON.stringify(type.slice(0, NAME_CHARACTERS_MAX))} on ${channel}`);
      return;
    }
    iopub.status(message.parent, 'busy');
    this.#answer(message)
      .catch(errorContent)
      .then((content) => this.#finish(message, channel, content))
      .catch((error: unknown) => log(`${type} failed: ${String(error)}`));
  }

  #finish(message: IncomingMessage, channel: RequestChannel, content: object): void {
    const { iopub, reply, leave } = this.#ports;
    reply(message, channel, JSON.stringify(content));
    iopub.status(message.parent, 'idle');
    if (message.header.msg_type === 'shutdown_request' && 'restart' in content) leave();
  }

  async #answer(message: IncomingMessage): Promise<object> {
    const { handlers, interrupt } = this.#ports;
    const { msg_type: type } = message.header;
    const content = new ContentReader(type, message.content);
    if (isRequestType(handlers, type)) return handlers[type](content);
    switch (type) {
      case 'interrupt_request':
        interrupt();
        return { status: 'ok' };
      case 'shutdown_request':
        return { status: 'ok', restart: content.flag('restart', false) };
      case 'debug_request':
        throw new MillraceError('NOT_SUPPORTED', {
          feature: 'The debugger',
          remedy: 'Print with console.log or display instead.',
        });
      default:
        throw new MillraceError('JUPYTER_REQUEST_UNKNOWN', {
          type: type.slice(0, NAME_CHARACTERS_MAX),
          known: [...Object.keys(handlers), ...OTHER_REQUESTS].join(', '),
        });
    }
  }
}

function isRequestType(handlers: Handlers, type: string): type is RequestType {
  return Object.hasOwn(handlers, type);
}
