/** The `console` that cells see: Node's own formatting, written to the calling cell's streams. */
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { inspect, type InspectOptions } from 'node:util';

export type StreamName = 'stdout' | 'stderr';

export interface CellConsole {
  readonly console: Console;
  /** A cell that threw inside a group leaves no indentation behind. */
  resetGroups(): void;
}

export function createCellConsole(write: (name: StreamName, text: string) => void): CellConsole {
  const cellConsole = new Console({
    stdout: sink((text) => write('stdout', text)),
    stderr: sink((text) => write('stderr', text)),
    ignoreErrors: false,
  });
  let depth = 0;
  const group = cellConsole.group.bind(cellConsole);
  const groupEnd = cellConsole.groupEnd.bind(cellConsole);
  const enter = (...label: unknown[]): void => {
    depth++;
    group(...label);
  };
  const leave = (): void => {
    depth = Math.max(0, depth - 1);
    groupEnd();
  };
  Object.assign(cellConsole, { group: enter, groupCollapsed: enter, groupEnd: leave });
  return {
    console: cellConsole,
    resetGroups: () => {
      while (depth > 0) leave();
    },
  };
}

function sink(write: (text: string) => void): Writable {
  const stream = new Writable({ decodeStrings: false });
  // Straight to the cell: a stream's own queue would lose which cell wrote.
  stream.write = (chunk: unknown): boolean => {
    write(String(chunk));
    return true;
  };
  return stream;
}

const RESULT_INSPECT: InspectOptions = {
  depth: 4,
  maxArrayLength: 100,
  maxStringLength: 10_000,
  breakLength: 100,
  compact: 3,
};
const RESULT_CHARACTERS_MAX = 100_000;

/** A value as text: bounded in depth, length and size, so that no result floods the notebook. */
export function inspectValue(value: unknown): string {
  const text = inspect(value, RESULT_INSPECT);
  return text.length <= RESULT_CHARACTERS_MAX
    ? text
    : `${text.slice(0, RESULT_CHARACTERS_MAX)}\n… ${text.length - RESULT_CHARACTERS_MAX} more characters`;
}
