import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { replaceDurably } from './durable-file.js';
import { NO_PREVIOUS } from './history-lines.js';
import { openIfThere } from './history-parts.js';

/** The newest entry, as it is noted apart from the entries: by its number and the hash of its line. */
export interface Head {
  /** 0 before the first entry. */
  readonly sequence: number;
  readonly hash: string;
}

/**
 * What the file of the head holds: two slots, so that one which is being written when the power fails leaves the one
 * before. An entry has the slot of its number's parity.
 */
export interface HeadFile {
  /** Undefined where bytes make no sense. */
  readonly slots: readonly [even: Head | undefined, odd: Head | undefined];
  /** The newer one of those that make sense. */
  readonly newest: Head | undefined;
  /** Whether every byte is what one who wrote it would have written. */
  readonly whole: boolean;
}

/** Where the head of the history at `path` is kept. */
export const headPath = (path: string): string => path.replace(/\.jsonl$/, '.head');

const begun: Head = { sequence: 0, hash: NO_PREVIOUS };

/** Reads it; undefined when there is no such file. */
export async function readHead(path: string): Promise<HeadFile | undefined> {
  const handle = await openIfThere(headPath(path));
  try {
    return handle && (await readHeadFrom(handle));
  } finally {
    await handle?.close();
  }
}

/** Reads an open one. */
export async function readHeadFrom(handle: FileHandle): Promise<HeadFile> {
  const bytes = Buffer.alloc(2 * slotLength + 1);
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
  const text = bytes.toString('latin1', 0, bytesRead);
  const slots = [slotAt(text, 0), slotAt(text, 1)] as const;
  const [even, odd] = slots;
  const newest = even === undefined || (odd !== undefined && odd.sequence > even.sequence) ? odd : even;
  return { slots, newest, whole: bytesRead === 2 * slotLength && even !== undefined && odd !== undefined };
}

/** Begins a history: no entry yet. */
export async function beginHead(path: string): Promise<void> {
  await replaceDurably(headPath(path), slotText(begun).repeat(2));
}

/** Notes an entry; durable when it resolves. In place, within one sector: one flush, and nothing of the folder. */
export async function writeHead(handle: FileHandle, head: Head): Promise<void> {
  await handle.write(slotText(head), (head.sequence % 2) * slotLength, 'latin1');
  await handle.datasync();
}

/** Number, hash, and a check of both, so that no byte can change unnoticed; fixed in length. */
function slotText({ sequence, hash }: Head): string {
  const text = `${String(sequence).padStart(12, '0')} ${hash}`;
  return `${text} ${checkOf(text)}\n`;
}

const slotLength = 12 + 1 + 64 + 1 + 16 + 1;

function slotAt(text: string, index: 0 | 1): Head | undefined {
  const slot = text.slice(index * slotLength, (index + 1) * slotLength);
  const [, body = '', digits = '', hash = '', check] = /^((\d{12}) ([0-9a-f]{64})) ([0-9a-f]{16})\n$/.exec(slot) ?? [];
  if (check === undefined || check !== checkOf(body)) return undefined;
  const sequence = Number(digits);
  return sequence === 0 || sequence % 2 === index ? { sequence, hash } : undefined;
}

const checkOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
