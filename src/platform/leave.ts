const flushMs = 1000;

/**
 * Leaves the process at once, without waiting for threads: a card that never answers holds one in a PC/SC call that
 * nothing can cancel, and an ordinary exit would wait for it. This is the one exception to "set process.exitCode".
 *
 * @param flush finishes what must reach the disk; given up on after a second.
 */
export async function leave(code: number, flush: () => Promise<void>): Promise<never> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<void>((resolve) => (timer = setTimeout(resolve, flushMs)));
  await Promise.race([flush().catch(() => undefined), tooLong]);
  clearTimeout(timer);
  await exitWithoutWaiting(code).catch(() => undefined);
  process.kill(process.pid, 'SIGKILL');
  return new Promise<never>(() => undefined);
}

/** `_exit` of the C library: no exit handlers, no joining of threads. */
async function exitWithoutWaiting(code: number): Promise<void> {
  const { default: koffi } = await import('koffi');
  const library = process.platform === 'win32' ? 'ucrtbase.dll' : null;
  const exit = koffi.load(library).func('void _exit(int)') as (status: number) => void;
  exit(code);
}
