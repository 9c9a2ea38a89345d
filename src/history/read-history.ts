import type { FileHandle } from 'node:fs/promises';
import type { HistoryEntry, HistoryPage, HistoryQuery } from '../model/history.js';
import { passesFilter } from './history-filter.js';
import { hashLine, linesBackwards, parseLine } from './history-lines.js';
import { finishedParts, openIfThere } from './history-parts.js';

/**
 * Entries that pass a filter, newest first. Reads from the end, as far as needed, a block at a time; takes no lock, so
 * that it neither waits for those who write nor needs to write. Lines that are no entries are passed over.
 */
export async function listHistory(path: string, { limit, before, ...filter }: HistoryQuery): Promise<HistoryPage> {
  const entries: HistoryEntry[] = [];
  for await (const { entry } of entriesBackwards(path, before)) {
    if (!passesFilter(entry, filter)) continue;
    if (entries.length === limit) return { entries, more: true };
    entries.push(entry);
  }
  return { entries, more: false };
}

/** The newest `limit` entries, oldest first. */
export async function recentHistory(path: string, limit: number): Promise<readonly HistoryEntry[]> {
  const { entries } = await listHistory(path, { limit });
  return entries.toReversed();
}

/** The hash of the line of one entry; undefined when it is not kept. */
export async function hashOfEntry(path: string, sequence: number): Promise<string | undefined> {
  for await (const { entry, line } of entriesBackwards(path, sequence + 1)) {
    return entry.sequence === sequence ? hashLine(line) : undefined;
  }
  return undefined;
}

interface FoundEntry {
  readonly entry: HistoryEntry;
  readonly line: Buffer;
}

/** Those with smaller numbers than `before`. A part that is finished while it is read is read once all the same. */
async function* entriesBackwards(path: string, before = Infinity): AsyncGenerator<FoundEntry> {
  let next = before;
  for await (const handle of filesBackwards(path)) {
    for await (const line of linesBackwards(handle)) {
      const entry = parseLine(line);
      if (entry === undefined || entry.sequence >= next) continue;
      next = entry.sequence;
      yield { entry, line };
    }
  }
}

/** The part that grows is opened before the others are looked for: what is finished in between is found there. */
async function* filesBackwards(path: string): AsyncGenerator<FileHandle> {
  yield* opened(path);
  for (const part of (await finishedParts(path)).toReversed()) yield* opened(part.path);
}

async function* opened(path: string): AsyncGenerator<FileHandle> {
  const handle = await openIfThere(path);
  if (handle === undefined) return;
  try {
    yield handle;
  } finally {
    await handle.close();
  }
}
