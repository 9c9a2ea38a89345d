import { toHex } from '../../core/bytes.js';
import { USER_PIN, type KeyRecord } from './key-map.js';
import { keyReferenceOf, type KeyRule } from './products.js';

/*
 * The minidriver's container map: records of 86 bytes, record number = container number (Windows Smart Card
 * Minidriver Specification 7.07, CONTAINER_MAP_RECORD): wszGuid (80 bytes), bFlags (bit 0 valid, bit 1 default),
 * bReserved, wSigKeySizeBits, wKeyExchangeKeySizeBits, little-endian.
 */

/** FID of the container map where the index does not say otherwise. */
export const CONTAINER_MAP_FID = 0x0204;
export const CONTAINER_RECORD_LENGTH = 86;
const FLAG_VALID = 0x01;
const FLAG_DEFAULT = 0x02;
/** wszGuid; 39 characters and a NUL. */
export const GUID_LENGTH = 80;

/** A key container that is in use. */
export interface ContainerRecord {
  readonly container: number;
  /** Zero when there is no such key. */
  readonly signatureBits: number;
  readonly keyExchangeBits: number;
}

/** Parses the map; containers that are not valid, and a trailing partial record, are left out. Never throws. */
export function parseContainerMap(bytes: Uint8Array): ContainerRecord[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const containers: ContainerRecord[] = [];
  for (let at = 0; at + CONTAINER_RECORD_LENGTH <= bytes.length; at += CONTAINER_RECORD_LENGTH) {
    if ((view.getUint8(at + 80) & FLAG_VALID) === 0) continue;
    containers.push({
      container: at / CONTAINER_RECORD_LENGTH,
      signatureBits: view.getUint16(at + 82, true),
      keyExchangeBits: view.getUint16(at + 84, true),
    });
  }
  return containers;
}

/** Where the card has no key map: the keys of all valid containers. */
export function keysByRule(rule: KeyRule, map: Uint8Array): KeyRecord[] {
  return parseContainerMap(map).map(({ container }) => ({
    container,
    reference: keyReferenceOf(rule, container),
    pin: USER_PIN,
  }));
}

/**
 * The record of a container whose key is about to be made: its GUID is the key's id, in braces or not, as those of the
 * others are. Flags and sizes follow by {@link encodeContainerUse}; until then nobody takes it for one in use.
 */
export function encodeContainerName(map: Uint8Array, keyId: Uint8Array): Uint8Array {
  const others = parseContainerMap(map).map(({ container }) => container * CONTAINER_RECORD_LENGTH);
  const bare = others.length > 0 && others.every((at) => map[at] !== 0x7b);
  const guid = guidOf(keyId);
  const record = Buffer.alloc(CONTAINER_RECORD_LENGTH);
  record.write(bare ? guid : `{${guid}}`, 'utf16le');
  return new Uint8Array(record);
}

/** What makes a named container one in use, from {@link GUID_LENGTH} on; the first of a card is its default one. */
export function encodeContainerUse(map: Uint8Array, key: Omit<ContainerRecord, 'container'>): Uint8Array {
  const others = parseContainerMap(map).map(({ container }) => container * CONTAINER_RECORD_LENGTH);
  const isDefault = others.every((at) => ((map[at + GUID_LENGTH] ?? 0) & FLAG_DEFAULT) === 0);
  const use = Buffer.alloc(CONTAINER_RECORD_LENGTH - GUID_LENGTH);
  use.writeUInt8(FLAG_VALID | (isDefault ? FLAG_DEFAULT : 0));
  use.writeUInt16LE(key.signatureBits, 2);
  use.writeUInt16LE(key.keyExchangeBits, 4);
  return new Uint8Array(use);
}

/** The container that bears a key's id, in use or not. */
export function findContainer(map: Uint8Array, keyId: Uint8Array): number | undefined {
  const wanted = guidOf(keyId);
  for (let at = 0; at + CONTAINER_RECORD_LENGTH <= map.length; at += CONTAINER_RECORD_LENGTH) {
    const name = Buffer.from(map.subarray(at, at + GUID_LENGTH)).toString('utf16le');
    if (
      name
        .split('\0', 1)[0]
        ?.replace(/^\{(.*)\}$/, '$1')
        .toLowerCase() === wanted
    )
      return at / CONTAINER_RECORD_LENGTH;
  }
  return undefined;
}

/** As the minidriver writes a GUID, without its braces. */
function guidOf(keyId: Uint8Array): string {
  return toHex(keyId).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Flags and key sizes of a freed container. Its GUID stays: where one is missing, OpenSC takes the map to end. */
export const freedContainer = { offset: GUID_LENGTH, bytes: new Uint8Array(CONTAINER_RECORD_LENGTH - GUID_LENGTH) };
