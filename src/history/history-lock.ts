import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { MiddlewareError } from '../core/errors.js';
import { nameOfThisProcess, stateOfProcess } from './lock-holder.js';

/** How a lock waits. The times are those of a clock that nobody can set and that stands still over a suspend. */
export interface HistoryLockOptions {
  /** Where the system tells of processes. */
  readonly proc?: string;
  /** How long to wait for a process that runs; 30 s. */
  readonly giveUpMs?: number;
  /** How long a process is waited for of which the system does not tell whether it runs; 10 s. */
  readonly doubtMs?: number;
  /** Gives a file a second name. */
  readonly link?: (from: string, to: string) => void;
}

/** One lock file as one process sees it. */
interface Lock {
  /** Takes it if nobody has it. */
  readonly take: () => boolean;
  readonly release: () => void;
  /** Whether its holder has ended, asked again and again: one in doubt has to have stayed the same for so long. */
  readonly isStale: () => boolean;
  /** Removes what is stale. */
  readonly remove: () => void;
}

const POLL_MS = 5;
/** Where its text comes after the file, it comes at once, unless its process died then. */
const UNNAMED_MS = 1_000;

/** Tells one lock of this process from its next one. */
let locksTried = 0;

/**
 * Runs `work` while no other process does so for the same path. The lock is a file beside it that names our process. It
 * is taken over from a process that has ended, and never from one that runs, however long it is stopped.
 *
 * @throws {MiddlewareError} ERR_INTERNAL when another process does not let go of it.
 */
export async function withHistoryLock<T>(
  path: string,
  work: () => Promise<T>,
  { proc = '/proc', giveUpMs = 30_000, doubtMs = 10_000, link = linkSync }: HistoryLockOptions = {},
): Promise<T> {
  const facts = { holder: nameOfThisProcess(proc), proc, doubtMs, link };
  const lock = lockFile(`${path}.lock`, facts);
  const breaker = lockFile(`${path}.lock.break`, facts);
  const end = performance.now() + giveUpMs;
  while (!lock.take()) {
    if (performance.now() > end) throw new MiddlewareError('ERR_INTERNAL', 'History is locked by another process');
    if (!lock.isStale() || !tryBreak(lock, breaker)) await delay(POLL_MS);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** Only one process may remove a stale lock: else a slow one removes the lock that a quick one has taken since. */
function tryBreak(lock: Lock, breaker: Lock): boolean {
  if (!breaker.take()) {
    if (breaker.isStale()) breaker.remove();
    return false;
  }
  try {
    if (lock.isStale()) lock.remove();
    return true;
  } finally {
    breaker.release();
  }
}

function lockFile(
  path: string,
  { holder, proc, doubtMs, link }: Required<Omit<HistoryLockOptions, 'giveUpMs'>> & { readonly holder: string },
): Lock {
  let taken: string | undefined;
  let seen: string | undefined;
  let seenSince = 0;
  return {
    take: () => {
      const text = `${holder}\n${(locksTried += 1)}`;
      if (existsSync(path) || !makeWhole(path, text, link)) return false;
      taken = text;
      return true;
    },
    // What was taken from us in doubt is another's now.
    release: () => {
      if (readIfThere(path) === taken) rmSync(path, { force: true });
    },
    isStale: () => {
      const text = readIfThere(path);
      if (text === undefined) return false;
      if (text !== seen) seenSince = performance.now();
      seen = text;
      const age = performance.now() - seenSince;
      if (text === '') return age > UNNAMED_MS;
      const state = stateOfProcess(text.split('\n', 1)[0] ?? '', proc);
      return state === 'ended' || (state === 'unknown' && age > doubtMs);
    },
    remove: () => rmSync(path, { force: true }),
  };
}

/**
 * The file appears with its text in it or not at all, whenever we are killed; false when there is one. Where files have
 * one name only (FAT, some network folders) it is empty for a moment.
 */
function makeWhole(path: string, text: string, link: (from: string, to: string) => void): boolean {
  const own = `${path}.${process.pid}`;
  // One that an earlier process of our number left may be a lock that it held, too.
  rmSync(own, { force: true });
  try {
    writeNew(own, text);
    try {
      link(own, path);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') throw error;
      writeNew(path, text);
    }
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function writeNew(path: string, text: string): void {
  writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
