/**
 * The guard: a small shell between us and a server. It holds a pipe to us and starts the server in a session of its own. The pipe
 * closes when we stop the server and also when we die, however we die; the guard then kills the server's process group, and every
 * process that carries the server's mark in its environment (so also those that moved to other groups).
 *
 *   us ──pipe──▶ guard (sh) ──▶ server (setsid) ──▶ its children
 *
 * A line in the pipe names a signal that the guard passes on to the server. Linux only: it needs setsid and /proc.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { Socket } from 'node:net';

const GUARD = `
exec 3<&0 </dev/null
MILLRACE_GUARD=$0 setsid "$@" 3<&- & server=$!
{
  while read -r signal <&3; do kill -s "$signal" "$server"; done
  kill -s KILL -- "-$server"
} >/dev/null 2>&1 & watch=$!
exec 3<&-
wait "$server" 2>/dev/null; code=$?
{
  kill -s KILL -- "-$server"
  for round in 1 2 3; do
    for place in $(grep -lsxz "MILLRACE_GUARD=$0" /proc/[0-9]*/environ); do
      pid=\${place#/proc/}
      kill -s KILL "\${pid%/environ}"
    done
  done
  kill -s KILL "$watch"
} >/dev/null 2>&1
exit "$code"
`;

export interface GuardSettings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string | undefined;
  readonly logFile: string;
  /** Where standard output goes, if not into the log. */
  readonly outputFile: string | undefined;
}

export function spawnGuard(command: readonly string[], { env, cwd, logFile, outputFile }: GuardSettings): ChildProcess {
  const log = openSync(logFile, 'a');
  const output = outputFile === undefined ? log : openSync(outputFile, 'a');
  const guard = spawn('/bin/sh', ['-c', GUARD, crypto.randomUUID(), ...command], {
    stdio: ['pipe', output, log],
    detached: true, // the terminal's Ctrl-C is for us, not for the guard
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  closeSync(log);
  if (output !== log) closeSync(output);
  guard.stdin?.on('error', () => undefined); // it has ended already: `ended` tells
  // A server that a failed test left running must not keep the test process alive.
  guard.unref();
  if (guard.stdin instanceof Socket) guard.stdin.unref();
  return guard;
}
