import { MiddlewareError } from '../../core/errors.js';

/*
 * The index of the card's flat file system: count, then records of 21 bytes (FID, size, name, directory, access
 * class), big-endian; bytes after the last record are padding. No public document defines it; the layout is the one
 * that OpenSC's card-idprime.c reads.
 */

/** FID of the index itself. */
export const INDEX_FID = 0x0101;
export const INDEX_RECORD_LENGTH = 21;

/** One file that the index names. */
export interface IndexRecord {
  readonly fid: number;
  /** In bytes. */
  readonly size: number;
  readonly name: string;
  /** `mscp`, `p11`, or empty for the root. */
  readonly directory: string;
}

/** Bytes of the index that matter, as told by its first byte: 1 for an empty one. */
export function indexLength(count: number): number {
  return 1 + count * INDEX_RECORD_LENGTH;
}

/** As real cards have it for all files but the serial number. */
const ACCESS_CLASS = 0x01;

/** The 21 bytes of a file's record. */
export function encodeIndexRecord({ fid, size, name, directory }: IndexRecord): Uint8Array {
  const record = new Uint8Array(INDEX_RECORD_LENGTH);
  record.set(encodeFileReference({ fid, size }));
  record.set(Buffer.from(name, 'latin1').subarray(0, 8), 4);
  record.set(Buffer.from(directory, 'latin1').subarray(0, 8), 12);
  record[20] = ACCESS_CLASS;
  return record;
}

/** The first four bytes of a record: which file it means. */
export function encodeFileReference({ fid, size }: Pick<IndexRecord, 'fid' | 'size'>): Uint8Array {
  return Uint8Array.of(fid >> 8, fid & 0xff, size >> 8, size & 0xff);
}

const text = (field: Uint8Array): string => {
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString('latin1');
};

/**
 * Parses the index.
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE when the records that it announces are not all there.
 */
export function parseIndex(bytes: Uint8Array): IndexRecord[] {
  const count = bytes[0];
  if (count === undefined || bytes.length < indexLength(count)) {
    throw new MiddlewareError('ERR_CARD_RESPONSE', 'Card index is shorter than it says', {
      fields: { file: 'index', length: bytes.length },
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, record) => {
    const at = indexLength(record);
    return {
      fid: view.getUint16(at),
      size: view.getUint16(at + 2),
      name: text(bytes.subarray(at + 4, at + 12)),
      directory: text(bytes.subarray(at + 12, at + 20)),
    };
  });
}

/** The container number of a certificate file: `kxc` (key exchange) or `ksc` (signature) and two digits in `mscp`. */
export function certificateContainer(record: IndexRecord): number | undefined {
  if (record.directory !== 'mscp') return undefined;
  const digits = /^k[xs]c(\d\d)$/.exec(record.name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
