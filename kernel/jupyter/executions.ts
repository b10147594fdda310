/**
 * Execute requests: one runs on the main thread, the others wait here, where an error or an interrupt can abort them.
 *
 * A cell's messages: busy, execute_input, its outputs, its result or error, the reply, idle. The outcome comes through
 * the same port as the outputs, so whatever the cell has written before its end is published before its idle.
 */
import type { CellError } from '../session/contract.ts';
import { ContentReader } from './content.ts';
import { errorContent } from './errors.ts';
import type { History } from './history.ts';
import type { IoPub } from './iopub.ts';
import type { OutcomeMessage, ToHost } from './thread-protocol.ts';
import type { IncomingMessage } from './wire.ts';

interface ExecuteRequest {
  readonly code: string;
  readonly silent: boolean;
  readonly storeHistory: boolean;
  readonly allowStdin: boolean;
  readonly stopOnError: boolean;
  readonly userExpressions: Readonly<Record<string, string>>;
}

interface Running {
  readonly epoch: number;
  readonly executionCount: number;
  readonly message: IncomingMessage;
  readonly request: ExecuteRequest;
  /** The outcome has come; its messages are on their way. */
  isEnding: boolean;
}

export interface ExecutionPorts {
  readonly iopub: IoPub;
  readonly history: History;
  readonly toHost: (message: ToHost) => void;
  readonly reply: (message: IncomingMessage, content: string) => void;
  /** Resolves once every request that has already reached the sockets was handed to `enqueue`. */
  readonly allReceived: () => Promise<void>;
  /** Resolves once no interrupt is in progress. */
  readonly interruptEnded: () => Promise<void> | undefined;
  readonly onStart: (message: IncomingMessage) => void;
  /** A cell ended without an error. */
  readonly onSuccess: (code: string) => void;
}

const INTERRUPTED: CellError = {
  ename: 'Interrupted',
  evalue: 'The cell was interrupted.',
  traceback: ['\u001b[31mInterrupted\u001b[39m: The cell was interrupted.'],
};

export class Executions {
  readonly #ports: ExecutionPorts;
  readonly #queue: IncomingMessage[] = [];
  #running: Running | undefined;
  #epoch = 0;
  #executionCount = 0;

  constructor(ports: ExecutionPorts) {
    this.#ports = ports;
  }

  get runningEpoch(): number | undefined {
    return this.#running?.isEnding === false ? this.#running.epoch : undefined;
  }

  /** The message whose cell runs. */
  get runningMessage(): IncomingMessage | undefined {
    return this.#running?.message;
  }

  get queuedCount(): number {
    return this.#queue.length;
  }

  enqueue(message: IncomingMessage): void {
    this.#queue.push(message);
    this.#startNext();
  }

  /** Ends the running cell; an outcome that is late is ignored. */
  async finish(epoch: number, outcome: OutcomeMessage): Promise<void> {
    const running = this.#running;
    if (running?.epoch !== epoch || running.isEnding) return;
    running.isEnding = true;
    this.#publishOutcome(running, outcome);
    if (outcome.status !== 'ok' && running.request.stopOnError && !running.request.silent) {
      await this.#ports.allReceived();
      this.#replyTo(running, outcome);
      this.abortQueued();
    } else this.#replyTo(running, outcome);
    this.#ports.iopub.status(running.message.parent, 'idle');
    this.#remember(running, outcome);
    // A termination that comes late must not hit the next cell.
    await this.#ports.interruptEnded();
    this.#running = undefined;
    this.#startNext();
  }

  /** Answers what waits without running it. */
  abortQueued(): void {
    for (const message of this.#queue.splice(0)) {
      this.#ports.iopub.status(message.parent, 'busy');
      this.#ports.reply(message, JSON.stringify({ status: 'aborted', execution_count: this.#executionCount }));
      this.#ports.iopub.status(message.parent, 'idle');
    }
  }

  #startNext(): void {
    while (this.#running === undefined) {
      const message = this.#queue.shift();
      if (message === undefined) return;
      this.#start(message);
    }
  }

  #start(message: IncomingMessage): void {
    const { iopub, history, reply, toHost, onStart } = this.#ports;
    const request = readRequest(message);
    if ('error' in request) {
      iopub.status(message.parent, 'busy');
      reply(message, JSON.stringify({ ...errorContent(request.error), execution_count: this.#executionCount }));
      iopub.status(message.parent, 'idle');
      return;
    }
    const { code, silent, storeHistory, allowStdin, userExpressions } = request;
    const executionCount = this.#executionCount + 1;
    if (storeHistory) this.#executionCount = executionCount;
    this.#epoch += 1;
    this.#running = { epoch: this.#epoch, executionCount, message, request, isEnding: false };
    onStart(message);
    toHost({
      type: 'execute',
      epoch: this.#epoch,
      cellId: message.parent.id,
      origin: originOf(message, code),
      request: { code, silent, storeHistory, allowStdin, executionCount, userExpressions },
    });
    iopub.status(message.parent, 'busy');
    if (!silent)
      iopub.publish('execute_input', {
        parent: message.parent,
        content: JSON.stringify({ code, execution_count: executionCount }),
      });
    if (storeHistory) history.noteInput(executionCount, code);
  }

  #publishOutcome(running: Running, outcome: OutcomeMessage): void {
    const { iopub } = this.#ports;
    const { message, request, executionCount } = running;
    iopub.flush();
    if (outcome.status !== 'ok') {
      iopub.publish('error', { parent: message.parent, content: JSON.stringify(errorOf(outcome)) });
      return;
    }
    const { result } = outcome;
    if (result !== undefined && !request.silent) {
      const content = `{"execution_count":${executionCount},"data":${result.data},"metadata":${result.metadata}}`;
      iopub.publish('execute_result', { parent: message.parent, content });
    }
  }

  /** What can wait until the front end has its answer. */
  #remember({ request, executionCount }: Running, outcome: OutcomeMessage): void {
    if (outcome.status !== 'ok') return;
    const plainText = outcome.result?.plainText;
    if (plainText !== undefined && request.storeHistory) this.#ports.history.noteOutput(executionCount, plainText);
    this.#ports.onSuccess(request.code);
  }

  #replyTo({ message, executionCount }: Running, outcome: OutcomeMessage): void {
    const content =
      outcome.status === 'ok'
        ? `{"status":"ok","execution_count":${executionCount},"user_expressions":${outcome.userExpressions},"payload":${outcome.payload}}`
        : JSON.stringify({
            status: 'error',
            ...errorOf(outcome),
            execution_count: executionCount,
            user_expressions: {},
            payload: [],
          });
    this.#ports.reply(message, content);
  }
}

/** JupyterLab and VS Code send the cell's id; elsewhere the same code is taken for the same cell. */
function originOf({ metadata }: IncomingMessage, code: string): string {
  const { cellId } = metadata;
  return typeof cellId === 'string' && cellId !== '' ? `cell:${cellId}` : `code:${code}`;
}

function errorOf(outcome: Exclude<OutcomeMessage, { status: 'ok' }>): CellError {
  if (outcome.status === 'interrupted') return INTERRUPTED;
  const { ename, evalue, traceback } = outcome.error;
  return { ename, evalue, traceback };
}

/** Silent cells leave no history. */
function readRequest(message: IncomingMessage): ExecuteRequest | { readonly error: unknown } {
  try {
    const content = new ContentReader('execute_request', message.content);
    const silent = content.flag('silent', false);
    return {
      code: content.text('code'),
      silent,
      storeHistory: content.flag('store_history', !silent) && !silent,
      allowStdin: content.flag('allow_stdin', true),
      stopOnError: content.flag('stop_on_error', true),
      userExpressions: content.texts('user_expressions'),
    };
  } catch (error) {
    return { error };
  }
}
