import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { HistoryVerdict } from '../model/history.js';
import { hashLine, NO_PREVIOUS, parseLine } from './history-lines.js';

const LF = 0x0a;

/**
 * Checks that every line is an entry that follows from the one before. Entries that were cut off at the very end
 * cannot be noticed: nothing comes after them. Half a line at the end is no entry.
 */
export async function verifyHistory(path: string): Promise<HistoryVerdict> {
  let previous = NO_PREVIOUS;
  let line = 0;
  for await (const text of completeLines(path)) {
    line += 1;
    const entry = text === undefined ? undefined : parseLine(text);
    if (text === undefined || entry === undefined)
      return { intact: false, file: basename(path), line, problem: 'not-an-entry' };
    if (entry.sequence !== line) return { intact: false, file: basename(path), line, problem: 'sequence' };
    if (entry.previous !== previous) return { intact: false, file: basename(path), line, problem: 'hash' };
    previous = hashLine(text);
  }
  return { intact: true, entries: line, first: line === 0 ? undefined : 1, head: previous };
}

/** Lines that end in a line feed and nothing else (readline would split at more); undefined for half a line at the end. */
async function* completeLines(path: string): AsyncGenerator<string | undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0;
    const bytes = Buffer.concat([rest, chunk]);
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      yield bytes.toString('utf8', start, end);
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
  if (rest.length > 0) yield undefined;
}
