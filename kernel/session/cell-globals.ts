/** What every cell can use without an import, beside what the composition root adds. */
import type { CellContext } from './cell-context.ts';
import type { CommOpened, CommRegistry } from './comms.ts';
import type { CommChannel } from './contract.ts';
import { createDisplay, type DisplayPorts } from './display-api.ts';
import { requireBeside } from './host/require.ts';

export interface CellGlobalsPorts extends DisplayPorts {
  readonly context: () => CellContext;
  readonly console: object;
  readonly comms: CommRegistry;
  /** The function, which will run as part of the cell that is running now. */
  readonly bind: <F extends (...parameters: never[]) => unknown>(action: F) => F;
  readonly cwd: string;
}

export function createCellGlobals(ports: CellGlobalsPorts): Record<string, unknown> {
  const display = createDisplay(ports);
  const input = (prompt = '', options: { readonly password?: boolean } = {}): Promise<string> =>
    ports.context().output.input(prompt, { password: options.password ?? false });
  /** `wait`: the outputs go when the next one comes, so that an animation does not flicker. */
  const clearOutput = (options: { readonly wait?: boolean } = {}): void =>
    ports.context().output.clear(options.wait ?? false);
  const registerTarget = (target: string, onOpen: CommOpened): void => {
    const open = ports.bind(onOpen);
    const { bind } = ports;
    ports.comms.register(target, (comm, data, buffers) => open(boundChannel(comm, bind), data, buffers));
  };
  return {
    console: ports.console,
    display,
    clearOutput,
    input,
    prompt: input,
    require: requireBeside(ports.cwd),
    jupyter: {
      display,
      clearOutput,
      input,
      comms: { registerTarget, unregisterTarget: (target: string) => ports.comms.unregister(target) },
    },
  };
}

/** What handles the comm's messages belongs to the cell that registered its target. */
function boundChannel(comm: CommChannel, bind: CellGlobalsPorts['bind']): CommChannel {
  return {
    commId: comm.commId,
    target: comm.target,
    send: (data, options) => comm.send(data, options),
    close: (data) => comm.close(data),
    onMessage: (handler) => comm.onMessage(bind(handler)),
    onClose: (handler) => comm.onClose(bind(handler)),
  };
}
