import { encodeTlv } from '../../core/ber-tlv.js';
import { concatBytes, fromHex } from '../../core/bytes.js';
import type { PivCardState } from './piv-card-state.js';
import { PIV_AID } from './select-piv.js';

export const DISCOVERY = 0x7e;
export const BIOMETRIC_GROUP = 0x7f61;

/** Data objects (SP 800-73-4 part 1 table 2), and one of Yubico's own. */
export const objectTags = {
  cardCapability: 0x5fc107,
  cardHolderId: 0x5fc102,
  fingerprints: 0x5fc103,
  securityObject: 0x5fc106,
  face: 0x5fc108,
  printedInformation: 0x5fc109,
  keyHistory: 0x5fc10c,
  iris: 0x5fc121,
  secureMessagingSigner: 0x5fc122,
  pairingCode: 0x5fc123,
  administrativeData: 0x5fff00,
} as const;

const pinProtected: readonly number[] = [
  objectTags.fingerprints,
  objectTags.face,
  objectTags.printedInformation,
  objectTags.iris,
  objectTags.pairingCode,
];

/** Whether reading takes the PIN (same table, contact interface). */
export const isPinProtected = (tag: number): boolean => pinProtected.includes(tag);

/** Whether the card has room for such an object. YubiKeys keep Yubico's own objects too. */
export function isKnownObject(tag: number, yubico: boolean): boolean {
  return (tag >= 0x5fc101 && tag <= 0x5fc123) || tag === BIOMETRIC_GROUP || (yubico && tag >> 8 === 0x5fff);
}

/**
 * Discovery object (SP 800-73-4 part 1 §3.3.2): the AID and the PIN usage policy, 40 PIV PIN alone, 60 also the global
 * PIN, then 10 or 20 for the one to prefer.
 */
export function discoveryObject({ globalPin }: PivCardState): Uint8Array {
  const policy = fromHex(globalPin === undefined ? '4000' : '6020');
  return encodeTlv(DISCOVERY, concatBytes(encodeTlv(0x4f, PIV_AID), encodeTlv(0x5f2f, policy)));
}
