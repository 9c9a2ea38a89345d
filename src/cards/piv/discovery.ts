import { findTlv } from '../../core/ber-tlv.js';
import type { CardPin } from '../card-application.js';

/** PIN usage policy in the discovery object (SP 800-73-4 part 1 §3.3.2). */
const PIN_USAGE_POLICY = 0x5f2f;
const GLOBAL_PIN_SATISFIES = 0x20;
const GLOBAL_PIN_PREFERRED = 0x20;

/** SP 800-73-4 part 2 §2.4.3: eight bytes, what is not used is FF; digits alone. */
const pin = {
  role: 'authentication',
  format: { minLength: 6, maxLength: 8, characters: 'digits' },
  block: { length: 8, pad: 0xff },
} as const;

/** The PIN of the application, which its PUK unblocks; the PUK's own counter cannot be read without spending a try. */
export const applicationPin: CardPin = {
  ...pin,
  reference: 0x80,
  puk: { reference: 0x81, format: { minLength: 6, maxLength: 8, characters: 'printable' }, readable: false },
};

/** The PIN of the whole card; RESET RETRY COUNTER of this application does not reach it (part 2 §3.2.3). */
export const globalPin: CardPin = { ...pin, reference: 0x00 };

/**
 * The PIN that the card wants people to enter.
 *
 * @param discovery contents of the discovery object; a card without one has only the application's PIN.
 * @throws {MiddlewareError} ERR_CARD_RESPONSE on a malformed one.
 */
export function preferredPin(discovery: Uint8Array | undefined): CardPin {
  const [satisfies = 0, preferred = 0] = discovery === undefined ? [] : (findTlv(discovery, PIN_USAGE_POLICY) ?? []);
  return (satisfies & GLOBAL_PIN_SATISFIES) !== 0 && preferred === GLOBAL_PIN_PREFERRED ? globalPin : applicationPin;
}
