/** A cell's outputs, on the main thread: they cross to the jupyter worker in the order in which they were made. */
import type { CellError, CellOutput, DisplayOptions, MimeBundle } from '../session/contract.ts';
import { costOf } from './iopub.ts';
import { enterGate } from './output-gate.ts';
import type { FromHost } from './thread-protocol.ts';

/** Text is handed over in pieces, so that one giant print does not outgrow the gate. */
const STREAM_CHARACTERS_MAX = 1024 * 1024;

export interface OutputPorts {
  readonly post: (message: FromHost, transfer?: readonly ArrayBuffer[]) => void;
  readonly gate: Int32Array;
  readonly interrupted: () => boolean;
  readonly askInput: (cellId: string, prompt: string, options: { readonly password: boolean }) => Promise<string>;
}

type Published = Extract<FromHost, { type: 'publish' }>['messageType'];

export class PortCellOutput implements CellOutput {
  readonly cellId: string;
  readonly origin: string;
  readonly #ports: OutputPorts;

  constructor(cell: { readonly cellId: string; readonly origin: string }, ports: OutputPorts) {
    this.cellId = cell.cellId;
    this.origin = cell.origin;
    this.#ports = ports;
  }

  stream(name: 'stdout' | 'stderr', text: string): void {
    for (let at = 0; at < text.length; at += STREAM_CHARACTERS_MAX) {
      const piece = text.slice(at, at + STREAM_CHARACTERS_MAX);
      this.#ports.post({ type: 'stream', cellId: this.cellId, name, text: piece, cost: this.#enter(piece.length) });
    }
  }

  /** Throws what JSON throws on data that it cannot hold. */
  display(data: MimeBundle, { metadata = {}, displayId, update = false }: DisplayOptions = {}): void {
    const transient = displayId === undefined ? {} : { display_id: displayId };
    const content = JSON.stringify({ data, metadata, transient });
    this.#publish(update ? 'update_display_data' : 'display_data', content, displayId);
  }

  error(error: CellError): void {
    const { ename, evalue, traceback } = error;
    this.#publish('error', JSON.stringify({ ename, evalue, traceback }));
  }

  clear(wait: boolean): void {
    this.#publish('clear_output', JSON.stringify({ wait }));
  }

  input(prompt: string, options: { readonly password: boolean }): Promise<string> {
    return this.#ports.askInput(this.cellId, prompt, options);
  }

  #publish(messageType: Published, content: string, displayId?: string): void {
    const { cellId } = this;
    const cost = this.#enter(content.length);
    this.#ports.post({
      type: 'publish',
      cellId,
      messageType,
      content,
      cost,
      ...(displayId === undefined ? {} : { displayId }),
    });
  }

  #enter(characters: number): number {
    const cost = costOf(characters);
    enterGate(this.#ports.gate, cost, this.#ports.interrupted);
    return cost;
  }
}
