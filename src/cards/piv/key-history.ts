import { encodeTlv, parseTlvs } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import { isMiddlewareError } from '../../core/errors.js';
import { retiredSlots } from './slots.js';

/*
 * Key history object: C1 number of retired keys with a certificate on the card, C2 number of those without, F3 where
 * their certificates are, FE; SP 800-73-4 part 1 §3.3.3 and appendix A.
 */
const ON_CARD = 0xc1;
const OFF_CARD = 0xc2;
const OFF_CARD_URL = 0xf3;
const ERROR_DETECTION = 0xfe;

/**
 * Retired slots with a certificate on the card, from 82 upward.
 *
 * @returns undefined when the object is missing or makes no sense.
 */
export function retiredOnCard(contents: Uint8Array | undefined): number | undefined {
  if (contents === undefined) return undefined;
  try {
    const count = parseTlvs(contents).find(({ tag }) => tag === ON_CARD)?.value;
    return count?.length === 1 ? Math.min(count[0] ?? 0, retiredSlots.length) : undefined;
  } catch (error) {
    if (!isMiddlewareError(error)) throw error;
    return undefined;
  }
}

/** The object with at least this many certificates on the card; what else it says stays. */
export function announceRetired(contents: Uint8Array | undefined, count: number): Uint8Array {
  const elements = contents === undefined || retiredOnCard(contents) === undefined ? [] : parseTlvs(contents);
  const keep = (tag: number, fallback: Uint8Array): Uint8Array =>
    encodeTlv(tag, elements.find((element) => element.tag === tag)?.value ?? fallback);
  return concatBytes(
    encodeTlv(ON_CARD, Uint8Array.of(Math.max(count, retiredOnCard(contents) ?? 0))),
    keep(OFF_CARD, Uint8Array.of(0)),
    keep(OFF_CARD_URL, new Uint8Array()),
    encodeTlv(ERROR_DETECTION, new Uint8Array()),
  );
}
