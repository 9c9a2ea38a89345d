import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { readHead, type HeadFile } from './history-head.js';
import { withHistoryLock } from './history-lock.js';
import { finishedParts, openIfThere } from './history-parts.js';

const LF = 0x0a;

/** One file of a history, open, as long as it was at one moment. */
interface SnapshotFile {
  readonly name: string;
  /** Undefined of the part that grows. */
  readonly number: number | undefined;
  readonly handle: FileHandle;
  readonly size: number;
}

/** A history at one moment, the oldest part first; whoever takes it closes the handles. */
export interface HistorySnapshot {
  readonly files: readonly SnapshotFile[];
  readonly head: HeadFile | undefined;
}

/** Takes one between two entries. Of a history that may only be read, without the lock. */
export async function snapshotOf(path: string): Promise<HistorySnapshot> {
  try {
    return await withHistoryLock(path, () => take(path));
  } catch (error) {
    if (!withoutLock.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return await take(path);
  }
}

const withoutLock: readonly string[] = ['ENOENT', 'EACCES', 'EPERM', 'EROFS'];

async function take(path: string): Promise<HistorySnapshot> {
  const files: SnapshotFile[] = [];
  const parts = await finishedParts(path);
  try {
    for (const file of [...parts, { path, number: undefined }]) {
      const handle = await openIfThere(file.path);
      if (handle === undefined) continue;
      files.push({ name: basename(file.path), number: file.number, handle, size: (await handle.stat()).size });
    }
    return { files, head: await readHead(path) };
  } catch (error) {
    for (const { handle } of files) await handle.close();
    throw error;
  }
}

/** The lines of a file without their line feeds, undefined for half a line at the end; and the hash of what was read. */
export function hashedLines({ handle, size }: SnapshotFile): {
  readonly lines: AsyncGenerator<Buffer | undefined>;
  readonly digest: () => string;
} {
  const hash = createHash('sha256');
  return { lines: linesOf(handle, size, (chunk) => hash.update(chunk)), digest: () => hash.digest('hex') };
}

async function* linesOf(
  handle: FileHandle,
  size: number,
  onChunk: (chunk: Buffer) => void,
): AsyncGenerator<Buffer | undefined> {
  if (size === 0) return;
  let rest: Buffer = Buffer.alloc(0);
  const chunks = handle.createReadStream({ start: 0, end: size - 1, autoClose: false }) as AsyncIterable<Buffer>;
  for await (const chunk of chunks) {
    onChunk(chunk);
    let start = 0;
    const bytes = Buffer.concat([rest, chunk]);
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      yield bytes.subarray(start, end);
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
  if (rest.length > 0) yield undefined;
}
