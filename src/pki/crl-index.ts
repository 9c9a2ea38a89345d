import { randomBytes } from 'node:crypto';
import { EntryWalker, reasons, type EntryReason } from './crl-entries.js';

/** Entries that are walked before others get their turn on the event loop: about 5 ms. */
const turnEntries = 10_000;

/** What a list says of a serial number. */
export interface ListedEntry {
  /** Milliseconds since the epoch. */
  readonly revokedAt: number;
  readonly reason: EntryReason | undefined;
}

/** Bytes of list a bucket: an entry or two in each. */
const bytesPerBucket = 128;

/** Of a record besides its serial number: the length of that, seconds since the epoch, and the reason's number. */
const recordBytes = 1 + 4 + 1;
const noReason = 0xff;

/**
 * What a list says of each serial number, in 24 bytes an entry: records sorted into buckets by a hash. Two passes over
 * the entries and nothing else make it, whatever numbers they have; the list itself is not kept.
 */
export class RevocationIndex {
  readonly size: number;
  readonly #mask: number;
  /** Unknown to whoever chose the numbers. */
  readonly #seed: number;
  /** Where each bucket begins in `#records`; it ends where the next one begins. */
  readonly #starts: Uint32Array;
  readonly #records: Uint8Array;

  private constructor(size: number, seed: number, starts: Uint32Array, records: Uint8Array) {
    this.size = size;
    this.#mask = starts.length - 1;
    this.#seed = seed;
    this.#starts = starts;
    this.#records = records;
  }

  /**
   * Checks every entry between two places, and indexes them.
   *
   * @throws {MiddlewareError} as {@link EntryWalker.read} does.
   */
  static async build(bytes: Uint8Array, start: number, end: number, isDelta = false): Promise<RevocationIndex> {
    const starts = new Uint32Array(2 ** Math.ceil(Math.log2((end - start) / bytesPerBucket + 1)));
    const seed = randomBytes(4).readUInt32LE();
    const walker = new EntryWalker(bytes, isDelta);
    const bucketOf = (): number => hash(bytes, walker.serialStart, walker.serialEnd, seed) & (starts.length - 1);
    let size = 0;
    await inTurns(start, end, (offset) => {
      const next = walker.read(offset, end);
      const bucket = bucketOf();
      starts[bucket] = (starts[bucket] ?? 0) + recordBytes + walker.serialEnd - walker.serialStart;
      size += 1;
      return next;
    });
    const records = new Uint8Array(sumUp(starts));
    // From each bucket's end down, so that what is left behind are the beginnings.
    await inTurns(start, end, (offset) => {
      const next = walker.read(offset, end);
      const bucket = bucketOf();
      const place = (starts[bucket] ?? 0) - recordBytes - (walker.serialEnd - walker.serialStart);
      starts[bucket] = place;
      writeRecord(records, place, bytes, walker);
      return next;
    });
    return new RevocationIndex(size, seed, starts, records);
  }

  /** What is said of this serial number, contents of its INTEGER. */
  find(serial: Uint8Array): ListedEntry | undefined {
    const records = this.#records;
    const bucket = hash(serial, 0, serial.length, this.#seed) & this.#mask;
    const end = this.#starts[bucket + 1] ?? records.length;
    let place = this.#starts[bucket] ?? 0;
    while (place < end) {
      const serialEnd = place + 1 + (records[place] ?? 0);
      if (Buffer.compare(records.subarray(place + 1, serialEnd), serial) === 0) return readRecord(records, serialEnd);
      place = serialEnd + recordBytes - 1;
    }
    return undefined;
  }
}

function writeRecord(records: Uint8Array, place: number, bytes: Uint8Array, entry: EntryWalker): void {
  const { serialStart, serialEnd, reason } = entry;
  records[place] = serialEnd - serialStart;
  let to = place + 1;
  for (let from = serialStart; from < serialEnd; from += 1, to += 1) records[to] = bytes[from] ?? 0;
  // From 1970 to 2106; what is said to be outside was revoked all the same.
  const seconds = Math.min(Math.max(entry.revokedAt, 0), 0xffffffff);
  records[to] = seconds >>> 24;
  records[to + 1] = seconds >>> 16;
  records[to + 2] = seconds >>> 8;
  records[to + 3] = seconds;
  records[to + 4] = reason === undefined ? noReason : reasons.indexOf(reason);
}

function readRecord(records: Uint8Array, at: number): ListedEntry {
  const revokedAt = new DataView(records.buffer).getUint32(at) * 1000;
  return { revokedAt, reason: reasons[records[at + 4] ?? noReason] };
}

/** FNV-1a, 32 bits. */
function hash(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let value = seed;
  for (let at = start; at < end; at += 1) value = Math.imul(value ^ (bytes[at] ?? 0), 0x01000193);
  return value ^ (value >>> 15);
}

function sumUp(counts: Uint32Array): number {
  let sum = 0;
  for (let bucket = 0; bucket < counts.length; bucket += 1) {
    sum += counts[bucket] ?? 0;
    counts[bucket] = sum;
  }
  return sum;
}

async function inTurns(start: number, end: number, step: (offset: number) => number): Promise<void> {
  let offset = start;
  while (offset < end) {
    for (let left = turnEntries; left > 0 && offset < end; left -= 1) offset = step(offset);
    await othersTurn();
  }
}

/** Lets others have the event loop. */
export async function othersTurn(): Promise<void> {
  await new Promise<void>((resolve) => void setImmediate(resolve));
}
