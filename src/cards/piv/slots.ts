/*
 * Keys and the containers of their certificates: SP 800-73-4 part 1 §3.1 to §3.3 and table 3 (object tags), part 1
 * table 4b (key references).
 */

/** A key of the PIV application and the data object with its certificate. */
export interface PivSlot {
  /** P2 of commands with this key. */
  readonly key: number;
  /** Tag of the certificate's data object. */
  readonly object: number;
  /** How other programs write the slot. */
  readonly name: string;
  readonly canSign: boolean;
  readonly canDecipher: boolean;
  /** `PIN Always` in SP 800-73-4 part 1 table 5: the PIN is verified immediately before each use. */
  readonly pinEachTime: boolean;
}

const slot = (key: number, object: number, use: 'sign' | 'sign-pin-always' | 'decipher' | 'no-pin'): PivSlot => ({
  key,
  object,
  name: key.toString(16),
  canSign: use === 'sign' || use === 'sign-pin-always',
  canDecipher: use === 'decipher',
  pinEachTime: use === 'sign-pin-always',
});

/** PIV authentication: the key for signing in. */
export const AUTHENTICATION_SLOT = slot(0x9a, 0x5fc105, 'sign');
/** Digital signature: its PIN is verified immediately before each signature. */
export const SIGNATURE_SLOT = slot(0x9c, 0x5fc10a, 'sign-pin-always');
/** Card authentication: works without a PIN, so nothing of a person can be proved with it. */
export const CARD_SLOT = slot(0x9e, 0x5fc101, 'no-pin');

/** The four slots that every card has, in the order in which they are listed. */
export const mainSlots: readonly PivSlot[] = [
  AUTHENTICATION_SLOT,
  SIGNATURE_SLOT,
  slot(0x9d, 0x5fc10b, 'decipher'),
  CARD_SLOT,
];

/** Keys that were once in 9D, 82 to 95, the oldest first. */
export const retiredSlots: readonly PivSlot[] = Array.from({ length: 20 }, (_, index) =>
  slot(0x82 + index, 0x5fc10d + index, 'decipher'),
);

/** The slot of a key reference, if there is one. */
export function findSlot(key: number): PivSlot | undefined {
  return [...mainSlots, ...retiredSlots].find((candidate) => candidate.key === key);
}

/** Whether a slot is one of {@link retiredSlots}. */
export function isRetired(slot: PivSlot): boolean {
  return retiredSlots.includes(slot);
}
