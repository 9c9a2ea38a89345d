import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { linesBackwards, parseLine } from './history-lines.js';

const LF = 0x0a;

/** A finished part of a history: a file beside the one that grows, `history-000001.jsonl` and so on. */
export interface HistoryPart {
  readonly number: number;
  readonly path: string;
}

/** The part with this number of the history that grows at `path`. */
export function partOf(path: string, number: number): HistoryPart {
  const name = `${basename(path, '.jsonl')}-${String(number).padStart(6, '0')}.jsonl`;
  return { number, path: join(dirname(path), name) };
}

/** The finished parts that are there, the oldest first. */
export async function finishedParts(path: string): Promise<readonly HistoryPart[]> {
  const names = await readdir(dirname(path)).catch(ignoreMissing);
  const start = `${basename(path, '.jsonl')}-`;
  return (names ?? [])
    .flatMap((name) => (name.startsWith(start) ? (/^(\d{6,})\.jsonl$/.exec(name.slice(start.length))?.[1] ?? []) : []))
    .map((digits) => partOf(path, Number(digits)))
    .toSorted((a, b) => a.number - b.number);
}

/** Opens a file; undefined when there is none. */
export async function openIfThere(path: string, flags: 'r' | 'r+' = 'r'): Promise<FileHandle | undefined> {
  return await open(path, flags).catch(ignoreMissing);
}

/** What the first entry of the next part says of a finished one. */
export async function sealOf({ path }: HistoryPart): Promise<{ readonly sha256: string; readonly first: number }> {
  const hash = createHash('sha256');
  const start: Buffer[] = [];
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    if (start.at(-1)?.includes(LF) !== true) start.push(chunk);
  }
  const [line = ''] = Buffer.concat(start).toString('utf8').split('\n', 1);
  return { sha256: hash.digest('hex'), first: parseLine(line)?.sequence ?? 0 };
}

/** The last line of a finished part. */
export async function lastLineOf({ path }: HistoryPart): Promise<Buffer | undefined> {
  const handle = await open(path, 'r');
  try {
    for await (const line of linesBackwards(handle)) return Buffer.from(line);
    return undefined;
  } finally {
    await handle.close();
  }
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
