import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { MiddlewareError, type ErrorCode, type ErrorFields } from '../core/errors.js';
import { answers } from './stale-socket.js';

/** How to start a daemon. */
export interface DaemonStart {
  /** Path of the built kortd program. */
  readonly program: string;
  readonly arguments: readonly string[];
  /** Where its output goes; made with mode 0600. */
  readonly log: string;
  /** The control socket whose answer shows that it is up. */
  readonly socket: string;
  readonly timeoutMs?: number;
}

/** What a daemon that cannot start sends to whoever started it, over the channel of node:child_process. */
export interface StartFailure {
  readonly code: string;
  readonly message: string;
  readonly fields: ErrorFields;
}

const pollMs = 25;

/**
 * Starts a daemon that outlives this process, and waits until its control socket answers. Its process id.
 *
 * @throws {MiddlewareError} the error that the daemon reports; ERR_IPC_DAEMON_RUNNING when one is up already;
 *   ERR_IPC_DAEMON_UNREACHABLE when it ends or does not answer in time (default 15 s; it is then ended).
 */
export async function startDaemonProcess(start: DaemonStart): Promise<number> {
  if (await answers(start.socket)) throw new MiddlewareError('ERR_IPC_DAEMON_RUNNING', 'A daemon answers already');
  const child = spawnDetached(start);
  const failure = failureOf(child, start);
  try {
    await Promise.race([failure, untilAnswering(start)]);
  } catch (error) {
    child.kill();
    throw error;
  } finally {
    failure.catch(() => undefined);
    child.removeAllListeners();
    if (child.connected) child.disconnect();
    child.unref();
  }
  return child.pid ?? 0;
}

function spawnDetached({ program, arguments: args, log }: DaemonStart): ChildProcess {
  const output = openLog(log);
  try {
    return spawn(process.execPath, [program, ...args], {
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
    });
  } finally {
    closeSync(output);
  }
}

function openLog(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (cause) {
    throw new MiddlewareError('ERR_CONFIG_INVALID', 'Log cannot be written', {
      fields: { path, reason: 'fileUnwritable' },
      cause,
    });
  }
}

/**
 * Waits until nobody answers at a control socket.
 *
 * @throws {MiddlewareError} ERR_INTERNAL when somebody still does after `timeoutMs`.
 */
export async function untilGone(socket: string, timeoutMs = 15_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (await answers(socket)) {
    if (performance.now() > end) throw new MiddlewareError('ERR_INTERNAL', 'kortd does not stop');
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** Rejects when the daemon says that it cannot start, or ends. */
function failureOf(child: ChildProcess, { log }: DaemonStart): Promise<never> {
  return new Promise((_resolve, reject) => {
    child.once('message', (failure: StartFailure) => reject(rebuild(failure)));
    child.once('error', (error) => reject(unreachable('kortd cannot be run', log, error)));
    child.once('exit', () => reject(unreachable('kortd ended', log)));
  });
}

async function untilAnswering({ socket, log, timeoutMs = 15_000 }: DaemonStart): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await answers(socket))) {
    if (performance.now() > end) throw unreachable('kortd does not answer', log);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function rebuild({ code, message, fields }: StartFailure): MiddlewareError {
  return new MiddlewareError(code as ErrorCode, message, { fields });
}

function unreachable(message: string, log: string, cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_IPC_DAEMON_UNREACHABLE', message, { fields: { log }, cause });
}
