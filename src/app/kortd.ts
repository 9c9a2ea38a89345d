import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import { forbidCoreDumps } from '../platform/core-dumps.js';
import type { StartFailure } from '../platform/daemon-process.js';
import { defaultInstance } from '../platform/instance.js';
import { leave } from '../platform/leave.js';
import { instancePaths } from '../platform/paths.js';
import { startDaemon, type Daemon } from './daemon.js';
import { createDaemonLog, type DaemonLog } from './daemon-log.js';
import { parseDaemonOptions } from './daemon-options.js';

/** How long an orderly end may take; after that the process leaves without waiting for threads. */
const closeMs = 5000;

/** Runs the daemon until it is told to stop; resolves with the exit code. */
export async function kortd(argv: readonly string[]): Promise<number> {
  const log = createDaemonLog();
  if (!forbidCoreDumps()) log.warn({}, 'A crash may leave a core file');
  const stop = new AbortController();
  // From the first moment: a signal during the start ends the daemon in order, too.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  let daemon: Daemon;
  try {
    const options = parseDaemonOptions(argv);
    const paths = instancePaths(options.instance ?? defaultInstance);
    daemon = await startDaemon({ options, paths, logger: log, onStopAsked: () => stop.abort() });
  } catch (error) {
    return await failStart(error, log);
  }
  log.info({ pid: process.pid }, 'Daemon is up');
  await untilTold(stop);
  log.info({}, 'Daemon is stopping');
  if (!(await closeInTime(daemon))) await leave(0, () => flush(log));
  return 0;
}

function untilTold(stop: AbortController): Promise<void> {
  if (stop.signal.aborted) return Promise.resolve();
  return new Promise((resolve) => stop.signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Whether everything ended: a thread that waits for a silent card cannot be ended. */
async function closeInTime(daemon: Daemon): Promise<boolean> {
  const tooLong = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), closeMs).unref());
  return await Promise.race([daemon.close(), tooLong]);
}

/**
 * Whoever started the daemon over an IPC channel gets the reason as data; everybody else finds it in the log. What was
 * opened before the failure must not keep the process alive.
 */
async function failStart(error: unknown, log: DaemonLog): Promise<number> {
  log.error({ error }, 'Daemon could not start');
  const { code, message, fields } = isMiddlewareError(error)
    ? error
    : new MiddlewareError('ERR_INTERNAL', 'Daemon could not start');
  const failure: StartFailure = { code, message, fields };
  await new Promise<void>((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(failure, undefined, undefined, () => resolve());
  });
  return await leave(code === 'ERR_USAGE' ? 2 : 1, () => flush(log));
}

function flush(log: DaemonLog): Promise<void> {
  log.flush();
  return Promise.resolve();
}
