import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { hashLine, NO_PREVIOUS, parseLine } from './history-lines.js';

/** What became of a history file. */
export type HistoryVerdict =
  | { readonly intact: true; readonly entries: number }
  | {
      readonly intact: false;
      /** The first line that does not fit, from 1. */
      readonly line: number;
      readonly problem: 'not-an-entry' | 'sequence' | 'hash';
    };

/**
 * Checks that every line is an entry that follows from the one before. Entries that were cut off at the very end
 * cannot be noticed: nothing comes after them. Half a line at the end counts as no entry.
 */
export async function verifyHistory(path: string): Promise<HistoryVerdict> {
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
  let previous = NO_PREVIOUS;
  let line = 0;
  try {
    for await (const text of lines) {
      line += 1;
      const entry = parseLine(text);
      if (entry === undefined) return { intact: false, line, problem: 'not-an-entry' };
      if (entry.sequence !== line) return { intact: false, line, problem: 'sequence' };
      if (entry.previous !== previous) return { intact: false, line, problem: 'hash' };
      previous = hashLine(text);
    }
  } finally {
    lines.close();
  }
  return { intact: true, entries: line };
}
