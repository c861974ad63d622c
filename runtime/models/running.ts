/** Whether a process of this machine has this number now, which may be another one's by then. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's: it may not be signalled.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
