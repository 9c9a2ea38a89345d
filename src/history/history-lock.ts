import { closeSync, openSync, writeSync } from 'node:fs';
import { readFile, stat, unlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { MiddlewareError } from '../core/errors.js';

/** An append takes milliseconds: a lock this old belongs to a process that hangs or has died, whatever its number says. */
const STALE_MS = 10_000;
/** Its process writes its number at once, unless it died then. */
const UNNAMED_MS = 1_000;
const POLL_MS = 5;
const GIVE_UP_MS = 30_000;

/**
 * Runs `work` while no other process does so for the same path. The lock is a file beside it that holds our process
 * number; one whose process is gone is taken over.
 */
export async function withHistoryLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  for (let waited = 0; !tryLock(lock); waited += POLL_MS) {
    if (waited > GIVE_UP_MS) throw new MiddlewareError('ERR_INTERNAL', 'History is locked by another process');
    if (await isStale(lock)) await breakLock(lock);
    else await delay(POLL_MS);
  }
  try {
    return await work();
  } finally {
    await unlink(lock).catch(ignoreMissing);
  }
}

/** In one go: whoever is killed in between leaves a lock without a number, for which the others wait. */
function tryLock(lock: string): boolean {
  try {
    const descriptor = openSync(lock, 'wx', 0o600);
    try {
      writeSync(descriptor, String(process.pid));
    } finally {
      closeSync(descriptor);
    }
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(lock: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(lock);
    const age = Date.now() - mtimeMs;
    if (age > STALE_MS) return true;
    const holder = Number(await readFile(lock, 'latin1'));
    if (!Number.isInteger(holder) || holder <= 0) return age > UNNAMED_MS;
    return !isAlive(holder);
  } catch (error) {
    ignoreMissing(error);
    return false;
  }
}

/** Only one process may remove a stale lock: else a slow one removes the lock that a quick one has taken since. */
async function breakLock(lock: string): Promise<void> {
  const breaker = `${lock}.break`;
  if (!tryLock(breaker)) {
    if (await isStale(breaker)) await unlink(breaker).catch(ignoreMissing);
    else await delay(POLL_MS);
    return;
  }
  try {
    if (await isStale(lock)) await unlink(lock).catch(ignoreMissing);
  } finally {
    await unlink(breaker).catch(ignoreMissing);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function ignoreMissing(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error;
}
