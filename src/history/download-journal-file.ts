import { lstat, mkdir, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { MiddlewareError } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import type { DownloadJournal, DownloadRecord } from '../model/download.js';
import { isDownloadRecord } from './download-record.js';
import { replaceDurably } from './durable-file.js';
import { syncFolder } from './sync-folder.js';

/** What {@link openDownloadJournal} needs. */
export interface DownloadJournalOptions {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** More downloads than anybody leaves unfinished, and more bytes than the largest record has. */
const maxRecords = 64;
const maxBytes = 256 << 10;

/** UUID of the download. */
const recordName = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.json$/;

/**
 * Opens, or begins, the folder in which each unfinished download has a file, for this user's eyes only. A file that
 * makes no sense is set aside under another name and never deleted: it may hold the only copy of a certificate.
 *
 * Methods throw ERR_DOWNLOAD_JOURNAL with `path`, and `detail` where the system told why.
 */
export function openDownloadJournal(folder: string, options: DownloadJournalOptions): DownloadJournal {
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: what is written last is what stays. */
  const inTurn = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    const done = last.then(work).catch((error: unknown) => {
      throw journalError(path, error);
    });
    last = done.catch(() => undefined);
    return await done;
  };

  return {
    all: () => inTurn(folder, () => readAll(folder, options)),
    async write(record) {
      const path = pathOf(folder, record.id);
      await inTurn(path, async () => {
        const text = `${JSON.stringify(record)}\n`;
        if (Buffer.byteLength(text) > maxBytes) throw refused(path, 'too long');
        if (!isDownloadRecord(JSON.parse(text))) throw refused(path, 'malformed');
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await refuseTooMany(folder, record.id);
        await replaceDurably(path, text);
      });
    },
    async remove(id) {
      const path = pathOf(folder, id);
      await inTurn(path, async () => {
        if (await unlinkIfThere(path)) await syncFolder(folder);
      });
    },
    async setAside(id) {
      const path = pathOf(folder, id);
      await inTurn(path, async () => {
        await setAside(path, options);
        await syncFolder(folder);
      });
    },
  };
}

async function readAll(folder: string, options: DownloadJournalOptions): Promise<readonly DownloadRecord[]> {
  const found: DownloadRecord[] = [];
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    const record = await read(path);
    if (record !== undefined && `${record.id}.json` === name) found.push(record);
    else await setAside(path, options);
  }
  return found.toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt) || (a.id < b.id ? -1 : 1));
}

/** Undefined for what is no record. */
async function read(path: string): Promise<DownloadRecord | undefined> {
  const found = await lstat(path);
  // Nobody waits for a pipe, or has a download's place taken by a folder.
  if (!found.isFile() || found.size > maxBytes) return undefined;
  const text = await readFile(path, 'utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isDownloadRecord(json) ? json : undefined;
}

async function setAside(path: string, { clock, logger }: DownloadJournalOptions): Promise<void> {
  const keptIn = `${path}.damaged-${clock.now()}`;
  await rename(path, keptIn);
  logger.error({ path, keptIn }, 'The journal of a download makes no sense; it is kept aside');
}

async function refuseTooMany(folder: string, id: string): Promise<void> {
  const others = (await namesIn(folder)).filter((name) => name !== `${id}.json`);
  if (others.length >= maxRecords) throw refused(folder, 'too many');
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => recordName.test(name));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function unlinkIfThere(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function pathOf(folder: string, id: string): string {
  const name = `${id}.json`;
  if (!recordName.test(name)) throw refused(folder, 'malformed');
  return join(folder, name);
}

const refused = (path: string, detail: string): MiddlewareError =>
  new MiddlewareError('ERR_DOWNLOAD_JOURNAL', 'Download cannot be written down', { fields: { path, detail } });

function journalError(path: string, error: unknown): MiddlewareError {
  if (error instanceof MiddlewareError) return error;
  const detail = codeOf(error);
  return new MiddlewareError('ERR_DOWNLOAD_JOURNAL', 'The journal of downloads cannot be written or read', {
    fields: { path, ...(detail === undefined ? {} : { detail }) },
    cause: error,
  });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
