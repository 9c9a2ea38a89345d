import type { CardWriter } from '../card-application.js';
import { USER_PIN } from './key-map.js';
import type { IdPrimeProduct } from './products.js';
import { generateKeyPair } from './writer-generate.js';
import { removeCertificate } from './writer-remove.js';
import { storeCertificate } from './writer-store.js';

/*
 * How IDPrime cards are written to is not public. These are the commands of ISO/IEC 7816-4, -8 and -9 over the file
 * system that OpenSC's card-idprime.c reads, hence experimental. A card may be pulled after any command: index and maps
 * change a record at a time, each in one UPDATE BINARY, and what they do not name yet, or no longer, nobody sees.
 */

/** Keys and certificates by the user PIN. */
export function createIdPrimeWriter(product: IdPrimeProduct): CardWriter {
  return {
    authorization: { kind: 'pin', pin: USER_PIN },
    keySpecs: product.keySpecs,
    generateKeyPair: (exchange, request) => generateKeyPair(exchange, product, request),
    storeCertificate: (exchange, certificate) => storeCertificate(exchange, product, certificate),
    removeCertificate: (exchange, certificate) => removeCertificate(exchange, product, certificate),
  };
}
