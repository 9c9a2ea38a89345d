import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { HistoryEntry } from '../model/history.js';

/** An entry is seldom longer. */
const FIRST_BLOCK = 2048;
const BLOCK = 65_536;
const LF = 0x0a;

/** `previous` of the first entry. */
export const NO_PREVIOUS = '0'.repeat(64);

/** What the next line has to carry in `previous`; without the line feed. */
export function hashLine(line: Uint8Array | string): string {
  return createHash('sha256').update(line).digest('hex');
}

/** The entry in a line, or undefined when it is none. */
export function parseLine(line: Buffer | string): HistoryEntry | undefined {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
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

/** The lines of a file, the last one first, read from the end as far as wanted; half a line at the end is none. */
export async function* linesBackwards(handle: FileHandle): AsyncGenerator<Buffer> {
  const { size } = await handle.stat();
  let rest: Buffer = Buffer.alloc(0);
  let isTrimmed = false;
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - BLOCK);
    rest = Buffer.concat([await readRange(handle, start, end), rest]);
    end = start;
    if (!isTrimmed) {
      const stop = rest.lastIndexOf(LF) + 1;
      isTrimmed = stop > 0;
      if (!isTrimmed) continue;
      rest = rest.subarray(0, stop);
    }
    for (let at = lineFeedBefore(rest); at >= 0; at = lineFeedBefore(rest)) {
      yield rest.subarray(at + 1, -1);
      rest = rest.subarray(0, at + 1);
    }
  }
  if (isTrimmed && rest.length > 0) yield rest.subarray(0, -1);
}

/** The line feed before the last line, whose own ends the bytes. */
const lineFeedBefore = (bytes: Buffer): number => (bytes.length < 2 ? -1 : bytes.lastIndexOf(LF, bytes.length - 2));

/** How a file ends. */
export interface FileEnd {
  /** Undefined in a file without a whole line. */
  readonly line: Buffer | undefined;
  /** Half a line: bytes that a power cut left. Empty in a sound file. */
  readonly torn: Buffer;
  /** Where `torn` begins. */
  readonly end: number;
}

/** Reads the end of a file of so many bytes, as little of it as holds its last line. */
export async function readEnd(handle: FileHandle, size: number): Promise<FileEnd> {
  let bytes: Buffer = Buffer.alloc(0);
  let start = size;
  for (let step = FIRST_BLOCK; start > 0 && !holdsLine(bytes); step = BLOCK) {
    const from = Math.max(0, start - step);
    bytes = Buffer.concat([await readRange(handle, from, start), bytes]);
    start = from;
  }
  const stop = bytes.lastIndexOf(LF) + 1;
  const whole = bytes.subarray(0, stop);
  return {
    line: stop === 0 ? undefined : whole.subarray(lineFeedBefore(whole) + 1, -1),
    torn: bytes.subarray(stop),
    end: start + stop,
  };
}

/** Whether a whole line with the line feed before it is there. */
const holdsLine = (bytes: Buffer): boolean => bytes.indexOf(LF) !== bytes.lastIndexOf(LF);

async function readRange(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from);
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
  return bytes.subarray(0, bytesRead);
}
