/**
 * Stops the whole job that this process belongs to, as Ctrl-Z does on a terminal that is not raw (POSIX.1-2024 XBD 11.1.9,
 * SUSP), and resolves when it is continued. Where the shell has no job control, or the system no such signal, it
 * resolves at once.
 */
export async function suspendJob(): Promise<void> {
  if (process.platform === 'win32') return;
  await new Promise<void>((resolve) => {
    // The kernel ignores SIGTSTP in a process group that no shell watches over; then nothing continues it either.
    const timer = setTimeout(go, 1000);
    function go(): void {
      clearTimeout(timer);
      process.off('SIGCONT', go);
      resolve();
    }
    process.once('SIGCONT', go);
    process.kill(0, 'SIGTSTP');
  });
}
