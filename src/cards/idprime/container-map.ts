import { randomUUID } from 'node:crypto';
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
const GUID_LENGTH = 80;

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
 * The record of a new container. Its GUID stands in braces or not, as that of the others does; the first container
 * of a card is its default one.
 */
export function encodeContainerRecord(map: Uint8Array, key: Omit<ContainerRecord, 'container'>): Uint8Array {
  const others = parseContainerMap(map).map(({ container }) => container * CONTAINER_RECORD_LENGTH);
  const bare = others.length > 0 && others.every((at) => map[at] !== 0x7b);
  const isDefault = others.every((at) => ((map[at + 80] ?? 0) & FLAG_DEFAULT) === 0);
  const guid = randomUUID();
  const record = Buffer.alloc(CONTAINER_RECORD_LENGTH);
  record.write(bare ? guid : `{${guid}}`, 'utf16le');
  record.writeUInt8(FLAG_VALID | (isDefault ? FLAG_DEFAULT : 0), GUID_LENGTH);
  record.writeUInt16LE(key.signatureBits, 82);
  record.writeUInt16LE(key.keyExchangeBits, 84);
  return new Uint8Array(record);
}

/** Flags and key sizes of a freed container. Its GUID stays: where one is missing, OpenSC takes the map to end. */
export const freedContainer = { offset: GUID_LENGTH, bytes: new Uint8Array(CONTAINER_RECORD_LENGTH - GUID_LENGTH) };
