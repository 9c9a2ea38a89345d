import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { HistoryEntry } from '../model/history.js';

const BLOCK = 65_536;
const LF = 0x0a;

/** `previous` of the first entry. */
export const NO_PREVIOUS = '0'.repeat(64);

/** What the next line has to carry in `previous`. */
export function hashLine(line: string): string {
  return createHash('sha256').update(line, 'utf8').digest('hex');
}

/** The entry in a line, or undefined when it is none. */
export function parseLine(line: string): HistoryEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEntry(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is HistoryEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { sequence, time, event, previous } = value as Partial<Record<string, unknown>>;
  const kind = typeof event === 'object' && event !== null && 'kind' in event ? event.kind : undefined;
  return (
    Number.isInteger(sequence) && typeof time === 'string' && typeof previous === 'string' && typeof kind === 'string'
  );
}

/** The end of a file: its last lines, oldest first, and what comes after the last line feed. */
export interface Tail {
  readonly lines: readonly string[];
  /** Half a line: bytes that a power cut left. Empty in a sound file. */
  readonly torn: Buffer;
  /** Where `torn` begins. */
  readonly end: number;
}

/** Reads at least the last `count` lines, from the end backwards, so that the length of the file does not matter. */
export async function readTail(handle: FileHandle, size: number, count: number): Promise<Tail> {
  let start = size;
  let bytes: Buffer = Buffer.alloc(0);
  while (start > 0 && countLineFeeds(bytes) <= count) {
    const from = Math.max(0, start - BLOCK);
    bytes = Buffer.concat([await readRange(handle, from, start), bytes]);
    start = from;
  }
  const last = bytes.lastIndexOf(LF) + 1;
  const torn = bytes.subarray(last);
  const lines = bytes.subarray(0, last).toString('utf8').split('\n').slice(0, -1);
  return { lines: lines.slice(Math.max(0, lines.length - count)), torn, end: start + last };
}

async function readRange(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from);
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
  return bytes.subarray(0, bytesRead);
}

function countLineFeeds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) count += 1;
  return count;
}
