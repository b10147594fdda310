/**
 * The main thread's side: runs the cells that the jupyter worker sends, hands their outputs back.
 *
 * A terminated cell's promise may never settle, since the engine drops what was queued behind it. So every execution has
 * an epoch: after an interrupt the host waits a moment for the interpreter, then ends the cell itself; what comes later
 * with an old epoch is ignored.
 */
import { setTimeout } from 'node:timers';
import type { MessagePort } from 'node:worker_threads';
import { MillraceError } from '../core/errors.ts';
import type { CellOutcome, CellRequest, Interpreter } from '../session/contract.ts';
import { guardAsyncHooks } from './async-hooks-guard.ts';
import { PortCellOutput, type OutputPorts } from './cell-output.ts';
import { CommHost } from './comm-host.ts';
import { errorContent } from './errors.ts';
import { enterGate } from './output-gate.ts';
import { costOf } from './iopub.ts';
import type { FromHost, OutcomeMessage, ToHost } from './thread-protocol.ts';

/** How long an interrupted cell may take to end by itself. */
const ABANDON_MS = 15;

interface RunningCell {
  readonly epoch: number;
  readonly cellId: string;
  readonly origin: string;
  readonly allowStdin: boolean;
}

interface WaitingInput {
  readonly cellId: string;
  readonly resolve: (value: string) => void;
  readonly reject: (error: Error) => void;
}

export interface CellHostOptions {
  readonly port: MessagePort;
  readonly interpreter: Interpreter;
  readonly flag: Int32Array;
  readonly gate: Int32Array;
}

export class CellHost {
  readonly #port: MessagePort;
  readonly #interpreter: Interpreter;
  readonly #flag: Int32Array;
  readonly #outputs: OutputPorts;
  readonly #comms: CommHost;
  readonly #guard = guardAsyncHooks();
  readonly #inputs = new Map<number, WaitingInput>();
  #running: RunningCell | undefined;
  #endedEpoch = 0;
  #inputCount = 0;

  constructor({ port, interpreter, flag, gate }: CellHostOptions) {
    this.#port = port;
    this.#interpreter = interpreter;
    this.#flag = flag;
    const interrupted = (): boolean => Atomics.load(flag, 0) === 1;
    this.#outputs = {
      post: (message) => this.#post(message),
      gate,
      interrupted,
      askInput: (cellId, prompt, options) => this.#askInput(cellId, prompt, options),
    };
    this.#comms = new CommHost(interpreter.comms, {
      post: (message) => this.#post(message),
      enter: (characters) => {
        const cost = costOf(characters);
        enterGate(gate, cost, interrupted);
        return cost;
      },
      runningCellId: () => this.#running?.cellId,
    });
    port.on('message', (message: ToHost) => this.#receive(message));
    this.#post({ type: 'host-ready' });
  }

  #receive(message: ToHost): void {
    switch (message.type) {
      case 'execute':
        this.#execute(
          {
            epoch: message.epoch,
            cellId: message.cellId,
            origin: message.origin,
            allowStdin: message.request.allowStdin,
          },
          message.request,
        );
        return;
      case 'interrupt':
        if (message.afterTermination) this.#guard.afterTermination();
        this.#post({ type: 'interrupt-seen', id: message.id });
        if (message.epoch !== undefined) this.#interrupt(message.epoch);
        return;
      case 'input-reply':
        this.#inputs.get(message.inputId)?.resolve(message.value);
        this.#inputs.delete(message.inputId);
        return;
      case 'comm-open':
      case 'comm-msg':
      case 'comm-close':
        this.#comms.receive(message);
        return;
      case 'shutdown':
        this.#shutdown();
        return;
    }
  }

  #execute(cell: RunningCell, request: CellRequest): void {
    Atomics.store(this.#flag, 0, 0);
    this.#running = cell;
    this.#interpreter.execute(request, new PortCellOutput(cell, this.#outputs)).then(
      (outcome) => this.#finish(cell.epoch, toMessage(outcome)),
      (error: unknown) => this.#finish(cell.epoch, { status: 'error', error: errorContent(error) }),
    );
  }

  #finish(epoch: number, outcome: OutcomeMessage): void {
    if (epoch <= this.#endedEpoch) return;
    this.#endedEpoch = epoch;
    this.#running = undefined;
    this.#post({ type: 'outcome', epoch, outcome });
  }

  #interrupt(epoch: number): void {
    if (epoch <= this.#endedEpoch) return;
    if (this.#running?.epoch === epoch) {
      this.#rejectInputs(this.#running.cellId);
      this.#interpreter.interruptAwait();
    }
    setTimeout(() => this.#finish(epoch, { status: 'interrupted' }), ABANDON_MS);
  }

  #askInput(cellId: string, prompt: string, { password }: { readonly password: boolean }): Promise<string> {
    const cell = this.#running;
    if (cell?.cellId !== cellId || !cell.allowStdin) return Promise.reject(new MillraceError('STDIN_NOT_ALLOWED', {}));
    this.#inputCount += 1;
    const inputId = this.#inputCount;
    return new Promise((resolve, reject) => {
      this.#inputs.set(inputId, { cellId, resolve, reject });
      this.#post({ type: 'input', inputId, cellId, prompt, password });
    });
  }

  #rejectInputs(cellId: string): void {
    for (const [inputId, input] of this.#inputs) {
      if (input.cellId !== cellId) continue;
      this.#inputs.delete(inputId);
      input.reject(new MillraceError('CELL_INTERRUPTED', { what: 'input' }));
    }
  }

  #shutdown(): void {
    Atomics.store(this.#flag, 0, 0);
    this.#interpreter.shutdown().then(
      () => this.#post({ type: 'shutdown-done' }),
      (error: unknown) => {
        process.stderr.write(`[millrace] shutting down failed: ${String(error)}\n`);
        this.#post({ type: 'shutdown-done' });
      },
    );
  }

  #post(message: FromHost): void {
    this.#port.postMessage(message);
  }
}

function toMessage(outcome: CellOutcome): OutcomeMessage {
  if (outcome.status !== 'ok') return outcome;
  try {
    const { result, userExpressions, payload } = outcome;
    const plain = result?.data['text/plain'];
    return {
      status: 'ok',
      userExpressions: JSON.stringify(userExpressions),
      payload: JSON.stringify(payload),
      ...(result === undefined
        ? {}
        : {
            result: {
              data: JSON.stringify(result.data),
              metadata: JSON.stringify(result.metadata),
              plainText: typeof plain === 'string' ? plain : undefined,
            },
          }),
    };
  } catch (error) {
    // A MIME bundle of the user's that JSON cannot hold.
    return { status: 'error', error: errorContent(error) };
  }
}
