/** Notices that whoever started the kernel has died without shutting it down, so that no orphan stays. */
const INTERVAL_MS = 1000;

/**
 * Jupyter says its process id in JPY_PARENT_PID; without it, a person started the kernel and may leave it running.
 * Returns how to stop watching.
 */
export function watchParent(onOrphaned: () => void): () => void {
  const announced = Number(process.env['JPY_PARENT_PID']);
  if (!Number.isInteger(announced) || announced <= 1) return () => undefined;
  const startedBy = process.ppid;
  const timer = setInterval(() => {
    // A launcher between Jupyter and the kernel may end early: then the announced process itself is asked for.
    const isOrphaned = startedBy === announced ? process.ppid !== startedBy : !isAlive(announced);
    if (!isOrphaned) return;
    clearInterval(timer);
    onOrphaned();
  }, INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
