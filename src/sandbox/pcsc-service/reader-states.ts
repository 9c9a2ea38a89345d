import type { SimulatedReader } from '../../transport/simulator/simulated-reader.js';
import { MAX_READERS, READER_NAME_BYTES } from './protocol.js';

/** READER_STATE of eventhandler.h: name, event counter, state, sharing, ATR in 33 bytes and padding, its length, protocol. */
const ENTRY_BYTES = 184;
const ATR_BYTES = 33;

/** Flags of `readerState`. */
const ABSENT = 0x02;
const PRESENT = 0x04;
const SWALLOWED = 0x08;
const POWERED = 0x10;
const NEGOTIABLE = 0x20;

/** `readerSharing` of an exclusive connection. */
const EXCLUSIVE = -1;

/** The table of all readers: always 16 entries, unused ones zero. */
export function encodeReaderStates(readers: readonly SimulatedReader[]): Buffer {
  const table = Buffer.alloc(MAX_READERS * ENTRY_BYTES);
  for (const [index, reader] of readers.slice(0, MAX_READERS).entries()) {
    encodeReader(reader, table.subarray(index * ENTRY_BYTES, (index + 1) * ENTRY_BYTES));
  }
  return table;
}

function encodeReader(reader: SimulatedReader, entry: Buffer): void {
  const { name, atr, connections } = reader;
  Buffer.from(name).copy(entry, 0, 0, READER_NAME_BYTES - 1);
  entry.writeUInt32LE(reader.eventCounter >>> 0, 128);
  entry.writeUInt32LE(stateOf(atr), 132);
  entry.writeInt32LE(connections.exclusive ? EXCLUSIVE : connections.shared, 136);
  const shown = (atr ?? new Uint8Array()).subarray(0, ATR_BYTES);
  entry.set(shown, 140);
  entry.writeUInt32LE(shown.length, 176);
  entry.writeUInt32LE(shown.length === 0 ? 0 : protocolNumber(reader), 180);
}

function stateOf(atr: Uint8Array | undefined): number {
  if (atr === undefined) return ABSENT;
  return atr.length === 0 ? PRESENT | SWALLOWED : PRESENT | POWERED | NEGOTIABLE;
}

/** SCARD_PROTOCOL_T0 or SCARD_PROTOCOL_T1 of the card. */
export function protocolNumber(reader: SimulatedReader): number {
  return reader.protocol === 'T=0' ? 1 : 2;
}
