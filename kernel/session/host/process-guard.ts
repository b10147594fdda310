/**
 * What user code may do to the process without ending the kernel: uncaught errors and unhandled rejections are reported,
 * `process.exit` and `process.abort` throw in cells, and the standard streams write to the calling cell.
 */
import type { StreamName } from './cell-console.ts';

export interface ProcessGuardPorts {
  /** Whether the running code belongs to a cell. */
  readonly isInCell: () => boolean;
  readonly write: (name: StreamName, text: string) => void;
  readonly onUncaught: (error: unknown) => void;
  readonly onRejection: (reason: unknown, promise: object) => void;
  /** Raises the error that a cell sees which tried to end the process. */
  readonly refuseExit: (call: string) => never;
}

/** Returns what undoes it. */
export function guardProcess(ports: ProcessGuardPorts): () => void {
  const undo = [guardStream('stdout', ports), guardStream('stderr', ports), guardExit(ports)];
  process.on('uncaughtException', ports.onUncaught);
  process.on('unhandledRejection', ports.onRejection);
  return () => {
    for (const restore of undo) restore();
    process.off('uncaughtException', ports.onUncaught);
    process.off('unhandledRejection', ports.onRejection);
  };
}

function guardStream(name: StreamName, { isInCell, write }: ProcessGuardPorts): () => void {
  const stream = process[name];
  const original = stream.write.bind(stream);
  const guarded = (chunk: string | Uint8Array, encodingOrDone?: unknown, done?: unknown): boolean => {
    if (!isInCell()) return Reflect.apply(original, undefined, [chunk, encodingOrDone, done]) as boolean;
    write(name, typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    const callback = typeof encodingOrDone === 'function' ? encodingOrDone : done;
    if (typeof callback === 'function') process.nextTick(() => void Reflect.apply(callback, undefined, []));
    return true;
  };
  stream.write = guarded;
  return () => {
    Reflect.deleteProperty(stream, 'write');
  };
}

function guardExit({ isInCell, refuseExit }: ProcessGuardPorts): () => void {
  const [exit, abort] = [process.exit.bind(process), process.abort.bind(process)];
  process.exit = (code) => (isInCell() ? refuseExit('process.exit') : exit(code));
  process.abort = () => (isInCell() ? refuseExit('process.abort') : abort());
  return () => {
    process.exit = exit;
    process.abort = abort;
  };
}
