import { equalBytes } from '../../core/bytes.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { SW_SECURITY_STATUS, statusError } from '../status-words.js';
import { KEPT_SLOT_HEAD, keptFor, keyIdOf, NO_KEY_ID } from './certificate-object.js';
import { isAbsent, readHead, readObject } from './data-objects.js';
import { readMetadata } from './metadata.js';
import { AUTHENTICATION_SLOT, retiredSlots, type PivSlot } from './slots.js';

/** Tag and length of an object, at most. */
const HEADER = 4;

/** What a slot holds, as far as its data object and, on a YubiKey, its metadata tell. */
export interface SlotState {
  readonly slot: PivSlot;
  /** Its object holds something else than the mark of a slot that is kept. */
  readonly hasCertificate: boolean;
  /** What the mark says. */
  readonly keptFor: Uint8Array | undefined;
}

/** The slots that new keys go to, in this order: for signing in, then the retired ones; never those for other uses. */
export const slotsForNewKeys: readonly PivSlot[] = [AUTHENTICATION_SLOT, ...retiredSlots];

/** Looks at a slot's object: one command, two with T=0. Errors by status word. */
export async function readSlot(exchange: ApduExchange, slot: PivSlot): Promise<SlotState> {
  const { data, statusWord } = await readHead(exchange, slot.object, HEADER + KEPT_SLOT_HEAD);
  // What the card keeps for itself is somebody's.
  if (statusWord === SW_SECURITY_STATUS) return { slot, hasCertificate: true, keptFor: undefined };
  if (statusWord !== SW_OK && !isAbsent(statusWord)) throw statusError(statusWord, 'GET DATA');
  const contents = contentsOfHead(data);
  const kept = keptFor(contents);
  return { slot, hasCertificate: contents.length > 0 && kept === undefined, keptFor: kept };
}

/** What follows tag 53 and its length; the rest of the object is not there. */
function contentsOfHead(head: Uint8Array): Uint8Array {
  const [, length = 0] = head;
  return head.subarray(length === 0x81 ? 3 : length === 0x82 ? 4 : 2);
}

/** Whether a new key may be made in a slot: one with neither certificate nor key, or whose key was given up. */
export async function isFree(
  exchange: ApduExchange,
  { slot, hasCertificate, keptFor: kept }: SlotState,
  { isYubiKey }: { readonly isYubiKey: boolean },
): Promise<boolean> {
  if (hasCertificate) return false;
  if (kept !== undefined) return equalBytes(kept, NO_KEY_ID);
  // Other cards do not tell of a key without a certificate.
  return !isYubiKey || (await readMetadata(exchange, slot.key)).exists !== true;
}

/** The slot that is kept for the key with an id and has no certificate. One command a slot, two with T=0. */
export async function findKeptSlot(exchange: ApduExchange, keyId: Uint8Array): Promise<PivSlot | undefined> {
  for (const slot of slotsForNewKeys) {
    const { keptFor: kept } = await readSlot(exchange, slot);
    if (kept !== undefined && equalBytes(kept, keyId)) return slot;
  }
  return undefined;
}

/** The slot whose certificate bears the id of its key. All certificates are read, with up to seven commands each. */
export async function findCertifiedSlot(exchange: ApduExchange, keyId: Uint8Array): Promise<PivSlot | undefined> {
  for (const slot of slotsForNewKeys) {
    const contents = await readObject(exchange, slot.object);
    const id = contents === undefined || keptFor(contents) !== undefined ? undefined : keyIdOf(contents);
    if (id !== undefined && equalBytes(id, keyId)) return slot;
  }
  return undefined;
}
