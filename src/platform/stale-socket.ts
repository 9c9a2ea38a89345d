import { link, rename, unlink } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { MiddlewareError } from '../core/errors.js';

/**
 * Removes a Unix socket that a dead process left behind. A living one is left alone. The dead one is renamed before it
 * is removed, so that of two daemons that start at once neither can take away the socket that the other just made.
 *
 * @throws {MiddlewareError} ERR_IPC_DAEMON_RUNNING when somebody answers there.
 */
export async function clearStaleSocket(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  if (await answers(path)) throw running();
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (await answers(aside)) {
    await link(aside, path).catch(() => undefined);
    await unlink(aside);
    throw running();
  }
  await unlink(aside);
}

/** Whether a process accepts connections at this socket. */
export function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    // A full backlog (EAGAIN) is a living listener too.
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code === 'EAGAIN'));
  });
}

function running(): MiddlewareError {
  return new MiddlewareError('ERR_IPC_DAEMON_RUNNING', 'A daemon answers at this socket');
}
