import { randomBytes } from 'node:crypto';
import { EntryWalker } from './crl-entries.js';

/** Entries that are walked before others get their turn on the event loop: about 5 ms. */
const turnEntries = 20_000;

/** Bytes of the shortest entry that a real CA writes: sets how many buckets the index has. */
const typicalEntryBytes = 32;

/**
 * Finds an entry by its serial number: offsets sorted into buckets by a hash. Two passes over the entries and nothing
 * else build it, whatever numbers they have; 4 bytes an entry and 4 a bucket are what it keeps.
 */
export class SerialIndex {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #mask: number;
  /** Unknown to whoever chose the numbers. */
  readonly #seed = randomBytes(4).readUInt32LE();
  /** Where each bucket begins in `#offsets`; it ends where the next one begins. */
  readonly #starts: Uint32Array;
  #offsets = new Uint32Array();

  /** @param end - where the entries end. */
  private constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#end = end;
    this.#mask = 2 ** Math.ceil(Math.log2((end - start) / typicalEntryBytes + 1)) - 1;
    this.#starts = new Uint32Array(this.#mask + 1);
  }

  /**
   * Checks every entry between two places, and indexes them.
   *
   * @throws {MiddlewareError} as {@link EntryWalker.check} does.
   */
  static async build(bytes: Uint8Array, start: number, end: number): Promise<SerialIndex> {
    const index = new SerialIndex(bytes, start, end);
    const walker = new EntryWalker(bytes);
    const counts = index.#starts;
    let size = 0;
    await inTurns(start, end, (offset) => {
      const next = walker.check(offset, end);
      const bucket = index.#bucket(bytes, walker.serialStart, walker.serialEnd);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      size += 1;
      return next;
    });
    sumUp(counts);
    const offsets = new Uint32Array(size);
    // From each bucket's end down, so that what is left behind are the beginnings.
    await inTurns(start, end, (offset) => {
      const next = walker.skip(offset, end);
      const bucket = index.#bucket(bytes, walker.serialStart, walker.serialEnd);
      const place = (counts[bucket] ?? 0) - 1;
      counts[bucket] = place;
      offsets[place] = offset;
      return next;
    });
    index.#offsets = offsets;
    return index;
  }

  get size(): number {
    return this.#offsets.length;
  }

  /** Where the entry with this serial number is, contents of its INTEGER. */
  find(serial: Uint8Array): number | undefined {
    const walker = new EntryWalker(this.#bytes);
    const bucket = this.#bucket(serial, 0, serial.length);
    const last = this.#starts[bucket + 1] ?? this.#offsets.length;
    for (let place = this.#starts[bucket] ?? 0; place < last; place += 1) {
      const offset = this.#offsets[place] ?? 0;
      walker.skip(offset, this.#end);
      const found = this.#bytes.subarray(walker.serialStart, walker.serialEnd);
      if (Buffer.compare(found, serial) === 0) return offset;
    }
    return undefined;
  }

  /** FNV-1a, 32 bits. */
  #bucket(bytes: Uint8Array, start: number, end: number): number {
    let hash = this.#seed;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    return (hash ^ (hash >>> 15)) & this.#mask;
  }
}

function sumUp(counts: Uint32Array): void {
  let sum = 0;
  for (let bucket = 0; bucket < counts.length; bucket += 1) {
    sum += counts[bucket] ?? 0;
    counts[bucket] = sum;
  }
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
