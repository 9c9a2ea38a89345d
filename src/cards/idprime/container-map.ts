/*
 * The minidriver's container map: records of 86 bytes, record number = container number (Windows Smart Card
 * Minidriver Specification 7.07, CONTAINER_MAP_RECORD): wszGuid (80 bytes), bFlags (bit 0 valid, bit 1 default),
 * bReserved, wSigKeySizeBits, wKeyExchangeKeySizeBits, little-endian.
 */

/** FID of the container map where the index does not say otherwise. */
export const CONTAINER_MAP_FID = 0x0204;
const RECORD_LENGTH = 86;
const FLAG_VALID = 0x01;

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
  for (let at = 0; at + RECORD_LENGTH <= bytes.length; at += RECORD_LENGTH) {
    if ((view.getUint8(at + 80) & FLAG_VALID) === 0) continue;
    containers.push({
      container: at / RECORD_LENGTH,
      signatureBits: view.getUint16(at + 82, true),
      keyExchangeBits: view.getUint16(at + 84, true),
    });
  }
  return containers;
}
