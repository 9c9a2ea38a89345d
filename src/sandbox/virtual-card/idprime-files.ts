import { deflateSync } from 'node:zlib';
import { concatBytes } from '../../core/bytes.js';
import type { ContainerKind, FileState } from './card-state.js';

/*
 * Whose files are whose. The card itself keeps what it alone knows: file identifiers and sizes (the FCI), keys with
 * their references and PINs, all counters of tries, and its identifier 0201, which nobody can write. Index 0101,
 * container map 0204, key map 0005 and the freshness counters in cardcf 0202 are the host's, as on real cards:
 * CREATE FILE, DELETE FILE and GENERATE ASYMMETRIC KEY PAIR change none of them, and neither does a changed PIN. Who
 * writes has to update them with UPDATE BINARY, and who loses power in between leaves a file or key that no map names.
 */

/** A file with its entry in the index. */
export interface IndexedFile extends FileState {
  readonly name: string;
  readonly directory: string;
}

/** What the container map and the key map say about one key. */
export interface ContainerEntry {
  readonly guid: string;
  readonly kind: ContainerKind;
  readonly keyBits: number;
  readonly keyReference: number;
  readonly pinReference: number;
}

export const CONTAINER_COUNT = 15;
const INDEX_RECORDS = 30;
const CONTAINER_RECORD = 86;
const KEY_RECORD = 8;

/** Index 0101: a count, then 21 bytes a file; allocated for more files than there are. */
export function indexFile(files: readonly IndexedFile[]): FileState {
  const content = new Uint8Array(1 + 21 * INDEX_RECORDS);
  content[0] = files.length;
  files.forEach((file, index) => content.set(indexRecord(file), 1 + 21 * index));
  return { fid: 0x0101, content };
}

function indexRecord(file: IndexedFile): Uint8Array {
  const record = new Uint8Array(21);
  const size = file.content.length;
  record.set([file.fid >> 8, file.fid & 0xff, size >> 8, size & 0xff]);
  record.set(Buffer.from(file.name, 'ascii').subarray(0, 8), 4);
  record.set(Buffer.from(file.directory, 'ascii').subarray(0, 8), 12);
  record[20] = file.name === 'cardid' ? 0x03 : 0x01;
  return record;
}

/** Container map 0204, as the Windows smart-card minidriver specification lays it out (CONTAINER_MAP_RECORD). */
export function containerMap(containers: readonly ContainerEntry[], room: number): Uint8Array {
  const content = new Uint8Array(CONTAINER_RECORD * room);
  containers.forEach((container, index) =>
    content.set(containerRecord(container, index === 0), CONTAINER_RECORD * index),
  );
  return content;
}

function containerRecord(container: ContainerEntry, isDefault: boolean): Uint8Array {
  const record = Buffer.alloc(CONTAINER_RECORD);
  record.write(container.guid, 0, 78, 'utf16le');
  record[80] = isDefault ? 0x03 : 0x01;
  record.writeUInt16LE(container.keyBits, container.kind === 'ksc' ? 82 : 84);
  return record;
}

/** Key map 0005: in use, key reference, container, four bytes 00, and 1 for PIN 11 or 3 for PIN 83. */
export function keyMap(containers: readonly ContainerEntry[], room: number): FileState {
  const content = new Uint8Array(KEY_RECORD * room);
  containers.forEach((container, index) => {
    const pin = container.pinReference === 0x11 ? 1 : 3;
    content.set([0x01, container.keyReference, index, 0, 0, 0, 0, pin], KEY_RECORD * index);
  });
  return { fid: 0x0005, content };
}

/** Token label: 01, length, characters, and a 00 that the length counts. */
export function tokenInfo(label: string): Uint8Array {
  const characters = Buffer.from(label, 'utf8').subarray(0, 64);
  return concatBytes(Uint8Array.of(0x01, characters.length + 1), characters, Uint8Array.of(0));
}

/** A certificate file: 01 00, uncompressed length in little-endian, zlib stream; or the bare DER. */
export function certificateFile(der: Uint8Array, compressed: boolean): Uint8Array {
  if (!compressed) return new Uint8Array(der);
  const header = Uint8Array.of(0x01, 0x00, der.length & 0xff, der.length >> 8);
  return concatBytes(header, deflateSync(der, { level: 9 }));
}
