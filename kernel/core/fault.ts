/**
 * Named points at which a test may kill the process, as a crash would. `MILLRACE_FAULT=name[:n]` in the environment at
 * start ends the process by SIGKILL when the point `name` is reached for the n-th time (default 1). Otherwise a no-op.
 */
const wanted = parseFault(process.env['MILLRACE_FAULT']);

function parseFault(text: string | undefined): { readonly name: string; remaining: number } | undefined {
  if (text === undefined || text === '') return undefined;
  const [name = '', count = '1'] = text.split(':');
  return { name, remaining: Number(count) };
}

export const faultPoint: (name: FaultPoint) => void =
  wanted === undefined
    ? () => undefined
    : (name) => {
        if (name === wanted.name && --wanted.remaining === 0) process.kill(process.pid, 'SIGKILL');
      };

/** The steps of a micro-batch, in their order. */
export type FaultPoint =
  | 'batch-start'
  | 'offsets-writing'
  | 'offsets-written'
  | 'batch-run'
  | 'sink-writing'
  | 'sink-done'
  | 'state-writing'
  | 'state-written'
  | 'commit-writing'
  | 'commit-written';
