import { MiddlewareError } from '../../core/errors.js';
import type { CertificateInfo } from '../../model/certificate.js';
import type { CertificateOrder } from '../../model/certificate-order.js';
import type { KeySpec } from '../../model/key.js';
import type { WritableToken, WritingRoom } from '../../tokens/token.js';

/** Room that a certificate is counted with: person certificates of this field have 1.5 to 2 KiB. */
export const certificateBytes = 2048;

/** An issuer's clock and ours may differ so much, milliseconds: as RFC 4120 §1.6 and Windows domains allow. */
const maxSkewMs = 300_000;

/**
 * The first kind of key of the issuer's list that the card can make.
 *
 * @throws {MiddlewareError} ERR_TOKEN_ALGORITHM_UNSUPPORTED.
 */
export function chooseKeySpec({ keySpecs }: CertificateOrder, { writing }: Pick<WritableToken, 'writing'>): KeySpec {
  const spec = keySpecs.find((wanted) => writing.keySpecs.includes(wanted));
  if (spec === undefined) {
    throw new MiddlewareError('ERR_TOKEN_ALGORITHM_UNSUPPORTED', 'Card cannot make a key that the issuer takes', {
      fields: { algorithm: keySpecs.join(', ') },
    });
  }
  return spec;
}

/** @throws {MiddlewareError} ERR_CARD_NO_CONTAINER, ERR_CARD_FULL. */
export function checkRoom({ keys, bytes }: WritingRoom): void {
  if (keys === 0) throw new MiddlewareError('ERR_CARD_NO_CONTAINER', 'Card has no room for another key');
  if (bytes !== undefined && bytes < certificateBytes) {
    throw new MiddlewareError('ERR_CARD_FULL', 'Card has no room for another certificate', { fields: { bytes } });
  }
}

/**
 * Our clock against the issuer's, and against the time for which the certificate is ordered.
 *
 * @param skewMs - how far the issuer's clock is from ours; undefined where it did not tell.
 * @throws {MiddlewareError} ERR_DOWNLOAD_CLOCK with `skewSeconds`; ERR_DOWNLOAD_ORDER for a certificate that would have
 *   ended by a clock that agrees with the issuer's.
 */
export function checkTime({ notAfter }: CertificateOrder, skewMs: number | undefined, now: number): void {
  const isOver = Date.parse(notAfter) <= now;
  if (skewMs === undefined ? isOver : Math.abs(skewMs) > maxSkewMs) {
    throw new MiddlewareError('ERR_DOWNLOAD_CLOCK', 'The clock is wrong', {
      fields: skewMs === undefined ? {} : { skewSeconds: Math.round(skewMs / 1000) },
    });
  }
  if (isOver) throw new MiddlewareError('ERR_DOWNLOAD_ORDER', 'The ordered certificate would have ended');
}

/**
 * Whether a certificate belongs on a card: what the card's own certificates say, and the one that signed in.
 *
 * Ids of different kinds (HSA-id and personal number) cannot be compared; then the card must be the one that signed in,
 * for which the issuer has the order waiting. A card without certificates of persons says nothing.
 *
 * @param held - certificates on the card.
 * @param leaf - the one that signed in.
 * @throws {MiddlewareError} ERR_DOWNLOAD_CARD with `reason`: `card-number`, `person`, `signed-in`; `renewed`, the
 *   certificate that is to be renewed is not on it.
 */
export function checkWhom(order: CertificateOrder, held: readonly CertificateInfo[], leaf: CertificateInfo): void {
  const own = held.filter(({ isCa }) => !isCa);
  const numbers = own.flatMap(({ cardNumber }) => cardNumber ?? []);
  if (order.cardNumber !== undefined && numbers.length > 0 && !numbers.includes(order.cardNumber)) {
    throw otherCard('card-number');
  }
  if (agrees(order.personId, [leaf]) === false) throw otherCard('signed-in');
  const isOfHolder = agrees(order.personId, own);
  if (isOfHolder === false) throw otherCard('person');
  const signedIn = own.some(({ fingerprint }) => fingerprint === leaf.fingerprint);
  const namesPersons = own.some(({ person }) => person.personId !== undefined);
  if (isOfHolder === undefined && namesPersons && !signedIn) throw otherCard('person');
  if (order.kind === 'renewal' && !own.some(({ fingerprint }) => fingerprint === order.replaces)) {
    throw otherCard('renewed');
  }
}

/** Undefined where no id can be compared. */
function agrees(personId: string, certificates: readonly CertificateInfo[]): boolean | undefined {
  const ids = certificates.flatMap(({ person }) => person.personId ?? []);
  const comparable = ids.filter((id) => isPersonalNumber(id) === isPersonalNumber(personId));
  return comparable.length === 0 ? undefined : comparable.includes(personId);
}

/** 12 digits; everything else is an HSA-id. */
const isPersonalNumber = (id: string): boolean => /^\d{12}$/.test(id);

const otherCard = (reason: string): MiddlewareError =>
  new MiddlewareError('ERR_DOWNLOAD_CARD', 'Certificate is for another card', { fields: { reason } });
