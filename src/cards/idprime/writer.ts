import type { CardWriter } from '../card-application.js';
import { findContainer, parseContainerMap } from './container-map.js';
import { USER_PIN } from './key-map.js';
import type { IdPrimeProduct } from './products.js';
import { generateKeyPair } from './writer-generate.js';
import { freeIndexRecords, freePlaces, hasCertificate, readLayout } from './writer-layout.js';
import { removeCertificate, removeKey } from './writer-remove.js';
import { storeCertificate } from './writer-store.js';

/*
 * How IDPrime cards are written to is not public. These are the commands of ISO/IEC 7816-4, -8 and -9 over the file
 * system that OpenSC's card-idprime.c reads, hence experimental. A card may be pulled after any command: index and maps
 * change a record at a time, each in one UPDATE BINARY, and what they do not name yet, or no longer, nobody sees.
 */

/** Keys and certificates by the user PIN. */
export function createIdPrimeWriter(product: IdPrimeProduct): CardWriter {
  return {
    pin: USER_PIN,
    keySpecs: product.keySpecs,
    async room(exchange) {
      const layout = await readLayout(exchange, product.keys);
      // No command tells what is free for files.
      return { keys: Math.min(freePlaces(layout).length, freeIndexRecords(layout)), bytes: undefined };
    },
    generateKeyPair: (exchange, request) => generateKeyPair(exchange, product, request),
    async findKey(exchange, keyId) {
      const layout = await readLayout(exchange, product.keys);
      const container = findContainer(layout.containerMap.bytes, keyId);
      const isInUse = parseContainerMap(layout.containerMap.bytes).some((one) => one.container === container);
      const key = layout.keys.find((one) => one.container === container);
      if (container === undefined || !isInUse || key === undefined) return undefined;
      return { reference: key.reference, hasCertificate: hasCertificate(layout, container) };
    },
    removeKey: (exchange, keyId) => removeKey(exchange, product, keyId),
    storeCertificate: (exchange, certificate) => storeCertificate(exchange, product, certificate),
    removeCertificate: (exchange, certificate) => removeCertificate(exchange, product, certificate),
  };
}
