/**
 * Makes SIGINT harmless except to a cell that runs in `vm` with `breakOnSigint`, which it ends.
 *
 * Node installs its handler for such a script when the script starts, and the fatal one when it ends, so that a SIGINT
 * that comes a moment late kills the process. Here Node's watchdog is started once and for all: its handler stays, and
 * starting a script costs 1 µs instead of 55. A listener for SIGINT that user code adds is kept from the system, since
 * libuv would restore the fatal handler when it goes.
 *
 * @see https://github.com/nodejs/node/blob/v20.x/src/node_watchdog.cc SigintWatchdogHelper
 */

/** @returns false where Node does not let us: then SIGINT must not be sent */
export function guardSigint(): boolean {
  return hideSigintListeners() && startWatchdog();
}

/** `process.binding` is deprecated, without another way to the watchdog; its warning is not for the user. */
function startWatchdog(): boolean {
  const node = process as unknown as { binding?: (name: string) => unknown; noDeprecation: boolean | undefined };
  const { noDeprecation } = node;
  try {
    node.noDeprecation = true;
    const binding = node.binding?.('contextify') as { startSigintWatchdog?: () => void } | undefined;
    if (binding?.startSigintWatchdog === undefined) return false;
    binding.startSigintWatchdog();
    return true;
  } catch {
    return false;
  } finally {
    node.noDeprecation = noDeprecation;
  }
}

type SignalListener = (this: NodeJS.Process, event: string | symbol, ...rest: unknown[]) => void;

/** Node turns listeners for signals into handlers of the system by two listeners of its own. */
function hideSigintListeners(): boolean {
  const ours = [
    { event: 'newListener', name: 'startListeningIfSignal' },
    { event: 'removeListener', name: 'stopListeningIfSignal' },
  ].map(({ event, name }) => ({
    event,
    listener: process.listeners(event as 'exit').find((known) => known.name === name),
  }));
  if (ours.some(({ listener }) => listener === undefined)) return false;
  for (const { event, listener } of ours) {
    const original = listener as unknown as SignalListener;
    process.removeListener(event, original);
    process.on(event, (type: string | symbol, ...rest: unknown[]) => {
      if (type !== 'SIGINT') Reflect.apply(original, process, [type, ...rest]);
    });
  }
  return true;
}
