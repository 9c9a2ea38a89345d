import { createHash, createPublicKey, randomBytes, type KeyObject } from 'node:crypto';
import type { NewCardKey } from '../../src/cards/card-application.js';
import { digestOf, type SignatureAlgorithm } from '../../src/model/signature.js';
import { certificateOver } from './self-signed-certificate.js';

/** A request for a key with an id of its own and a certificate of usual length. */
export function newKey(request: Partial<NewCardKey> = {}): NewCardKey {
  return {
    spec: 'ec-p256',
    label: 'TEST new',
    keyId: new Uint8Array(randomBytes(16)),
    certificateBytes: 1200,
    ...request,
  };
}

/** A certificate over a key that a card has made, by whatever key the test has; for signing in, or for any use. */
export function certificateFor(
  publicKey: Uint8Array,
  name: string,
  signer: KeyObject,
  use: 'signing-in' | 'any' = 'signing-in',
): Uint8Array {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  return certificateOver(name, key, signer, use === 'any' ? [] : ['digitalSignature']);
}

/** Of the message that an algorithm signs. */
export function digestFor(algorithm: SignatureAlgorithm, message: Uint8Array): Uint8Array {
  return new Uint8Array(createHash(digestOf(algorithm)).update(message).digest());
}
