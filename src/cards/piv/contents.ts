import { toHex } from '../../core/bytes.js';
import { isMiddlewareError, type MiddlewareError } from '../../core/errors.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { PinReference } from '../../model/pin.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { CardCertificate, CardContents, CardKey } from '../card-application.js';
import { SW_SECURITY_STATUS, statusError } from '../status-words.js';
import { keptFor, parseCertificateObject } from './certificate-object.js';
import { certificateUse } from './certificate-use.js';
import {
  askForObject,
  contentsOf,
  isAbsent,
  objectTags,
  readHead,
  readObject,
  type ObjectHead,
} from './data-objects.js';
import { preferredPin } from './discovery.js';
import { retiredOnCard } from './key-history.js';
import { AUTHENTICATION_SLOT, isRetired, mainSlots, retiredSlots, SIGNATURE_SLOT, type PivSlot } from './slots.js';

/** Headers, lengths and the certificate's serial number lie in these bytes. */
const HEAD = 64;

/** What {@link readContents} has just learned of the beginnings of objects; it holds until the next command. */
interface KnownHeads {
  readonly atCount: number;
  readonly heads: ReadonlyMap<number, ObjectHead>;
}

const justRead = new WeakMap<ApduExchange, KnownHeads>();

/**
 * The beginnings of the certificates for signing in and for signatures: PIV has no counter of changes. Two commands,
 * four with T=0, and none right after {@link readContents}.
 *
 * @throws {MiddlewareError} by status word.
 */
export async function readFreshness(exchange: ApduExchange): Promise<string> {
  const known = justRead.get(exchange);
  const told = known?.atCount === exchange.count ? known.heads : undefined;
  const heads: string[] = [];
  for (const { object } of [AUTHENTICATION_SLOT, SIGNATURE_SLOT]) {
    const { data, statusWord } = told?.get(object) ?? (await readHead(exchange, object, HEAD));
    const isExpected = statusWord === SW_OK || isAbsent(statusWord) || statusWord === SW_SECURITY_STATUS;
    if (!isExpected) throw statusError(statusWord, 'GET DATA');
    heads.push(statusWord === SW_OK ? toHex(data) : statusWord.toString(16));
  }
  return heads.join('-');
}

/**
 * Reads the PIN policy, the four certificates, and as many retired ones as the key history announces. Over contacts, in
 * short form and with four certificates of 1 to 1.3 kB each: 1 + 4 × 5 or 6 + 1 or 2 commands. A certificate that makes
 * no sense, or that the card keeps for itself (as contactless ones do), does not hide the others.
 *
 * @throws {MiddlewareError} by status word; ERR_CARD_RESPONSE on a malformed discovery object.
 */
export async function readContents(
  exchange: ApduExchange,
  { isYubiKey }: { readonly isYubiKey: boolean },
): Promise<CardContents> {
  const pin = preferredPin(await readObject(exchange, objectTags.discovery));
  const certificates: CardCertificate[] = [];
  const unreadable: { name: string; error: MiddlewareError }[] = [];
  const heads = new Map<number, ObjectHead>();
  /** Whether the slot holds something. */
  const read = async (slot: PivSlot): Promise<boolean> => {
    try {
      const answer = await askForObject(exchange, slot.object);
      heads.set(slot.object, { data: answer.data.subarray(0, HEAD), statusWord: answer.statusWord });
      const contents = contentsOf(slot.object, answer);
      if (contents === undefined) return false;
      if (keptFor(contents) !== undefined) return true;
      const der = parseCertificateObject(contents);
      certificates.push({ name: slot.name, der, key: keyOf(slot, der, pin.reference, isYubiKey) });
    } catch (error) {
      if (!isMiddlewareError(error, 'ERR_CARD_RESPONSE', 'ERR_CARD_SECURITY_STATUS')) throw error;
      unreadable.push({ name: slot.name, error });
    }
    return true;
  };
  for (const slot of mainSlots) await read(slot);
  const announced = await readKeyHistory(exchange);
  for (const slot of retiredSlots.slice(0, announced)) {
    // Without a history the slots were filled from the first one upward, as far as anybody did.
    if (!(await read(slot)) && announced === undefined) break;
  }
  justRead.set(exchange, { atCount: exchange.count, heads });
  return { certificates, unreadable, pins: [pin], label: undefined };
}

/** How many retired slots to read; undefined where the card does not tell. */
async function readKeyHistory(exchange: ApduExchange): Promise<number | undefined> {
  try {
    return retiredOnCard(await readObject(exchange, objectTags.keyHistory));
  } catch (error) {
    if (!isMiddlewareError(error, 'ERR_CARD_RESPONSE', 'ERR_CARD_SECURITY_STATUS')) throw error;
    return undefined;
  }
}

/**
 * A key that nobody has to enter a PIN for is not offered: a signature of it would prove nothing. A retired slot is for
 * deciphering; a key in it signs where its certificate says so, which with elliptic curves only YubiKeys do (SP 800-73-4
 * part 1 §3.3.4: retired keys are for key management).
 */
function keyOf(slot: PivSlot, der: Uint8Array, pin: PinReference, isYubiKey: boolean): CardKey | undefined {
  const { key: reference, canDecipher, pinEachTime } = slot;
  const { signs, isRsa } = isRetired(slot) ? certificateUse(der) : { signs: false, isRsa: false };
  const canSign = slot.canSign || (signs && (isYubiKey || isRsa));
  return canSign || canDecipher ? { reference, pin, canSign, canDecipher, pinEachTime } : undefined;
}
