import type { PinReference } from '../../model/pin.js';

/*
 * File 0005 of the 940 family: records of 8 bytes. [0] not 00: in use; [1] key reference; [2] container number;
 * [3..6] unknown; [7] PIN index, 1 = user PIN, anything else = digital-signature PIN. Not public; the layout is the
 * one that OpenSC's card-idprime.c reads.
 */

/** FID of the key-reference map. */
export const KEY_MAP_FID = 0x0005;
/** The user PIN. */
export const USER_PIN: PinReference = 0x11;
/** The digital-signature PIN; there only if a key uses it. */
export const SIGNATURE_PIN: PinReference = 0x83;

export const KEY_RECORD_LENGTH = 8;

/** A private key on the card. */
export interface KeyRecord {
  /** Value of tag 84 in MANAGE SECURITY ENVIRONMENT. */
  readonly reference: number;
  readonly container: number;
  readonly pin: PinReference;
}

/** Parses the map; unused records and a trailing partial one are left out. Never throws. */
export function parseKeyMap(bytes: Uint8Array): KeyRecord[] {
  const keys: KeyRecord[] = [];
  for (let at = 0; at + KEY_RECORD_LENGTH <= bytes.length; at += KEY_RECORD_LENGTH) {
    const [inUse = 0, reference = 0, container = 0] = bytes.subarray(at, at + 3);
    if (inUse === 0) continue;
    keys.push({ reference, container, pin: bytes[at + 7] === 1 ? USER_PIN : SIGNATURE_PIN });
  }
  return keys;
}

/** The record of a new key under the user PIN. */
export function encodeKeyRecord({ reference, container }: Omit<KeyRecord, 'pin'>): Uint8Array {
  return Uint8Array.of(0x01, reference, container, 0, 0, 0, 0, 0x01);
}
