import { constants } from 'node:fs';
import { chmod, mkdir, open, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock, Logger } from '../core/ports.js';
import type { HistoryEntry, HistoryEvent } from '../model/history.js';
import { beginHead, headPath, readHeadFrom, writeHead, type Head } from './history-head.js';
import { hashLine, NO_PREVIOUS, parseLine, readEnd } from './history-lines.js';
import { finishedParts, lastLineOf, openIfThere, partOf, sealOf, type HistoryPart } from './history-parts.js';
import { syncFolder } from './sync-folder.js';

/** What writing a history needs. */
export interface HistoryOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** A part is finished when it is as long as this; 4 MiB. */
  readonly partBytes?: number;
  /** So many finished parts are kept beside the one that grows; 15, which makes 64 MiB in all. */
  readonly keptParts?: number;
}

/** The part that grows, and the head. */
interface OpenFiles {
  readonly grows: FileHandle;
  readonly head: FileHandle;
  /** Which files these are, to notice that others stand in their place. */
  readonly are: string;
}

const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;

/**
 * Writes while the lock is held: two flushes an entry. Another process may have written since, or have finished the
 * part, so what stands at the end is read, and whether the files are still the same is asked, each time.
 */
export class HistoryAppender {
  readonly #path: string;
  readonly #options: HistoryOptions;
  #files: OpenFiles | undefined;

  constructor(path: string, options: HistoryOptions) {
    this.#path = path;
    this.#options = options;
  }

  async append(event: HistoryEvent): Promise<void> {
    await this.#write(await this.#settle(), event);
  }

  /** Puts right what the last process left. */
  async check(): Promise<void> {
    await this.#settle();
    const { grows, head } = await this.#opened();
    await grows.chmod(0o600);
    await head.chmod(0o600);
  }

  async close(): Promise<void> {
    const files = this.#files;
    this.#files = undefined;
    await files?.grows.close();
    await files?.head.close();
  }

  /** The files as they stand now. A history without entries gets its head before its first line. */
  async #opened(): Promise<OpenFiles> {
    const path = this.#path;
    const names = await Promise.all([nameOf(path), nameOf(headPath(path))]);
    if (this.#files !== undefined && this.#files.are === names.join()) return this.#files;
    await this.close();
    if (names[1] === undefined && (await isEmpty(path))) await beginHead(path);
    const head = await openIfThere(headPath(path), 'r+');
    if (head === undefined) throw new DamagedHistory();
    try {
      const grows = await open(path, FLAGS, 0o600);
      this.#files = { grows, head, are: (await Promise.all([nameOf(path), nameOf(headPath(path))])).join() };
    } catch (error) {
      await head.close();
      throw error;
    }
    await syncFolder(dirname(path));
    return this.#files;
  }

  /** The entry that the next one follows. */
  async #settle(): Promise<Head> {
    try {
      return await this.#putRight();
    } catch (error) {
      if (!(error instanceof DamagedHistory)) throw error;
      return await this.#beginAnew();
    }
  }

  async #putRight(): Promise<Head> {
    const { grows } = await this.#opened();
    const { size } = await grows.stat();
    const { line, torn, end } = await readEnd(grows, size);
    const { partBytes = 4 << 20 } = this.#options;
    const isFinished = torn.length === 0 && size >= partBytes;
    if (isFinished) await this.#finishPart();
    const parts = line === undefined || isFinished ? await finishedParts(this.#path) : [];
    const newest = parts.at(-1);
    const found = await this.#compare(line ?? (newest && (await lastLineOf(newest))));
    let { head } = found;
    const keptIn = torn.length === 0 ? undefined : await this.#moveAside(torn, end);
    // The seal comes first in its file, whatever else there is to say.
    if (newest !== undefined) head = await this.#seal(head, newest, parts);
    if (keptIn !== undefined) head = await this.#write(head, { kind: 'torn-line', keptIn });
    if (found.isBehind) head = await this.#write(head, { kind: 'torn-head' });
    return head;
  }

  /** Whether the head is that of the last line; one that is a line behind was being written when the power failed. */
  async #compare(line: Buffer | undefined): Promise<{ readonly head: Head; readonly isBehind: boolean }> {
    const files = await this.#opened();
    const last = line === undefined ? { sequence: 0, previous: NO_PREVIOUS } : parseLine(line);
    const { newest } = await readHeadFrom(files.head);
    if (last === undefined || newest === undefined) throw new DamagedHistory();
    const head = { sequence: last.sequence, hash: line === undefined ? NO_PREVIOUS : hashLine(line) };
    if (newest.sequence === head.sequence && newest.hash === head.hash) return { head, isBehind: false };
    if (newest.sequence !== head.sequence - 1 || newest.hash !== last.previous) throw new DamagedHistory();
    await writeHead(files.head, head);
    return { head, isBehind: true };
  }

  /** Line first, head after, both forced to the disk: the head is never ahead of what is there. */
  async #write({ sequence, hash }: Head, event: HistoryEvent): Promise<Head> {
    const files = await this.#opened();
    const time = new Date(this.#options.clock.now()).toISOString();
    const entry: HistoryEntry = { sequence: sequence + 1, time, event, previous: hash };
    const line = JSON.stringify(entry);
    await files.grows.write(Buffer.from(`${line}\n`));
    await files.grows.datasync();
    const head = { sequence: entry.sequence, hash: hashLine(line) };
    await writeHead(files.head, head);
    return head;
  }

  async #moveAside(torn: Buffer, end: number): Promise<string> {
    const keptIn = `${this.#path}.torn-${this.#options.clock.now()}`;
    const aside = await open(keptIn, 'a', 0o600);
    try {
      await aside.appendFile(torn);
      await aside.sync();
    } finally {
      await aside.close();
    }
    await (await this.#opened()).grows.truncate(end);
    this.#options.logger.warn({ path: this.#path, keptIn }, 'History ended in half a line, which was moved aside');
    return basename(keptIn);
  }

  /** Should the power fail in here, the next process finds no part that grows, and goes on from there. */
  async #finishPart(): Promise<void> {
    const parts = await finishedParts(this.#path);
    const part = partOf(this.#path, (parts.at(-1)?.number ?? 0) + 1);
    await this.close();
    await rename(this.#path, part.path);
    await chmod(part.path, 0o400);
    await syncFolder(dirname(this.#path));
  }

  /** The first entry of a part seals the one before; then the oldest ones go that are too many. */
  async #seal(before: Head, finished: HistoryPart, parts: readonly HistoryPart[]): Promise<Head> {
    const { keptParts = 15 } = this.#options;
    const part = basename(finished.path);
    let head = await this.#write(before, { kind: 'part-sealed', part, ...(await sealOf(finished)) });
    for (const oldest of parts.slice(0, Math.max(0, parts.length - keptParts))) {
      const line = (await lastLineOf(oldest)) ?? Buffer.alloc(0);
      const last = parseLine(line)?.sequence ?? 0;
      const removed = { part: basename(oldest.path), last, hash: hashLine(line) };
      head = await this.#write(head, { kind: 'part-removed', ...removed });
      await unlink(oldest.path);
      await syncFolder(dirname(this.#path));
    }
    return head;
  }

  /** What was tampered with or damaged is kept for whoever looks into it, and must not keep people from work. */
  async #beginAnew(): Promise<Head> {
    const { clock, logger } = this.#options;
    const path = this.#path;
    const folder = `${path}.damaged-${clock.now()}`;
    logger.error({ path, folder }, 'History is damaged; it is kept aside and a new one begun');
    await this.close();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const parts = await finishedParts(path);
    for (const file of [...parts.map((part) => part.path), path, headPath(path)]) {
      await rename(file, join(folder, basename(file))).catch(ignoreMissing);
    }
    await syncFolder(folder);
    return await this.#write({ sequence: 0, hash: NO_PREVIOUS }, { kind: 'damaged-file', keptIn: basename(folder) });
  }
}

async function isEmpty(path: string): Promise<boolean> {
  const size = (await stat(path).catch(ignoreMissing))?.size ?? 0;
  return size === 0 && (await finishedParts(path)).length === 0;
}

/** The end of the history does not hold together. */
class DamagedHistory extends Error {}

/** Which file stands under a name: no other can while one is open. */
async function nameOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(ignoreMissing);
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
