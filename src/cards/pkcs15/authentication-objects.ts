import type { PinReference } from '../../model/pin.js';
import { malformed, optionalNumber, setBits, smallNumber, tags, valueOf } from './der.js';
import { parseObject } from './pkcs15-object.js';

/** One PIN of the AODF: PasswordAttributes (ISO/IEC 7816-15:2016 §8.9.2). */
export interface PinEntry {
  readonly authId: Uint8Array;
  /** P2 of VERIFY. */
  readonly reference: PinReference;
  readonly type: 'bcd' | 'ascii-numeric' | 'utf8' | 'other';
  readonly minLength: number;
  readonly storedLength: number;
  readonly maxLength: number | undefined;
  /** What the PIN is for: the holder's own, a security officer's, or one that unblocks others. */
  readonly role: 'user' | 'security-officer' | 'unblocking';
  readonly unblockDisabled: boolean;
}

/** PasswordFlags. */
const flags = { unblockDisabled: 3, unblockingPassword: 6, soPassword: 7 } as const;
/** PasswordType. */
const types = ['bcd', 'ascii-numeric', 'utf8'] as const;
/** PINs longer than this are none. */
const MAX_LENGTH = 64;

/**
 * Reads one entry of the AODF.
 *
 * @returns undefined for anything but a PIN (biometrics, keys that authenticate).
 * @throws {MiddlewareError} ERR_CARD_RESPONSE on an entry that makes no sense.
 */
export function parsePinEntry(entry: Uint8Array): PinEntry | undefined {
  if (entry[0] !== tags.sequence) return undefined;
  const { classAttributes, typeAttributes } = parseObject(entry);
  const authId = valueOf(classAttributes, tags.octetString);
  if (authId === undefined) throw malformed('PIN without an id');
  const reference = optionalNumber(typeAttributes, tags.context(0)) ?? 0;
  const lengths = typeAttributes.filter(({ tag }) => tag === tags.integer).map(({ value }) => smallNumber(value));
  const [minLength, storedLength, maxLength] = lengths;
  if (minLength === undefined || storedLength === undefined) throw malformed('PIN without its lengths');
  if (reference > 0xff || minLength > MAX_LENGTH || storedLength > MAX_LENGTH) throw malformed('PIN out of range');
  const set = setBits(valueOf(typeAttributes, tags.bitString));
  return {
    authId,
    reference,
    type: types[optionalNumber(typeAttributes, tags.enumerated) ?? -1] ?? 'other',
    minLength,
    storedLength,
    maxLength,
    role: set.has(flags.soPassword) ? 'security-officer' : set.has(flags.unblockingPassword) ? 'unblocking' : 'user',
    unblockDisabled: set.has(flags.unblockDisabled),
  };
}
