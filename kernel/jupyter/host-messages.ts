/** What the main thread tells the kernel: outputs of cells, outcomes, questions. */
import type { MessagePort } from 'node:worker_threads';
import type { Comms } from './comms.ts';
import type { Executions } from './executions.ts';
import type { Interrupter } from './interrupter.ts';
import type { IoPub } from './iopub.ts';
import type { LanguageClient } from './language-client.ts';
import type { LiveFrames } from './live-frames.ts';
import type { Parents } from './parents.ts';
import type { Stdin } from './stdin.ts';
import type { FromHost } from './thread-protocol.ts';

/** The parts of the kernel that the main thread's messages go to. */
export interface HostListener {
  readonly iopub: IoPub;
  readonly parents: Parents;
  readonly frames: LiveFrames;
  readonly comms: Comms;
  readonly stdin: Stdin;
  readonly executions: Executions;
  readonly interrupter: Interrupter;
  readonly language: LanguageClient | undefined;
  attachOutputPort(port: MessagePort): void;
  noteHostLeft(): void;
  leave(): Promise<void>;
}

export function receiveFromHost(kernel: HostListener, message: FromHost): void {
  const { iopub, parents } = kernel;
  switch (message.type) {
    case 'host-ready':
      settle(kernel.interrupter.noteListening());
      return;
    case 'stream':
      iopub.stream(parents.of(message.cellId), message.name, message.text, message.cost);
      return;
    case 'publish':
      iopub.publish(message.messageType, {
        parent: parents.of(message.cellId),
        content: message.content,
        cost: message.cost,
      });
      if (message.displayId !== undefined) kernel.frames.noteShown(message.displayId);
      return;
    case 'comm-send':
      if (message.messageType === 'comm_close') kernel.comms.noteClosed(message.commId);
      iopub.publish(message.messageType, {
        parent: message.cellId === undefined ? undefined : parents.of(message.cellId),
        content: message.content,
        buffers: message.buffers,
        cost: message.cost,
        ...(message.metadata === undefined ? {} : { metadata: message.metadata }),
      });
      return;
    case 'comm-done':
      kernel.comms.done(message.requestId);
      return;
    case 'input': {
      const request = kernel.executions.runningMessage;
      iopub.flush();
      if (request?.parent.id === message.cellId) kernel.stdin.ask(request, message);
      return;
    }
    case 'outcome':
      settle(kernel.executions.finish(message.epoch, message.outcome));
      kernel.interrupter.noteProgress();
      return;
    case 'interrupt-seen':
      kernel.interrupter.noteSeen(message.id);
      return;
    case 'catalog':
      kernel.language?.noteCatalog(message.catalog);
      return;
    case 'attach-output-port':
      kernel.attachOutputPort(message.port);
      return;
    case 'shutdown-request':
      settle(kernel.leave());
      return;
    case 'shutdown-done':
      kernel.noteHostLeft();
      return;
  }
}

/** A failure here is a defect; the worker's handler of uncaught errors reports it and ends the process in order. */
function settle(work: Promise<void>): void {
  work.catch((error: unknown) => {
    queueMicrotask(() => {
      throw error;
    });
  });
}
