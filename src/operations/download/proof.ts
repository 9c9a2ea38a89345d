import { createHash, randomBytes, verify } from 'node:crypto';
import { MiddlewareError } from '../../core/errors.js';
import type { CertificateInfo, KeyType } from '../../model/certificate.js';
import { digestOf, type SignatureAlgorithm } from '../../model/signature.js';
import { publicKeyOf } from '../../pki/certificate.js';
import type { OpenedCard } from '../../tokens/token.js';

/** By which a key of this type signs its request and its proof. */
export const algorithmOf: Readonly<Record<KeyType, SignatureAlgorithm>> = {
  rsa: 'RS256',
  'ec-p256': 'ES256',
  'ec-p384': 'ES384',
};

/** What is signed begins so: it is neither an assertion nor a request nor a signature of anything else. */
const domain = Buffer.from('kort proof of possession\0', 'latin1');

/**
 * Lets the card sign 32 random bytes, and verifies them under a certificate's key.
 *
 * @throws {MiddlewareError} ERR_DOWNLOAD_PROOF when the key is another one; as {@link OpenedCard.sign}.
 */
export async function prove(
  card: Pick<OpenedCard, 'sign'>,
  keyReference: number,
  certificate: CertificateInfo,
): Promise<void> {
  const { keyType } = certificate;
  if (keyType === 'other') throw noProof('signature');
  const key = publicKeyOf(certificate);
  const algorithm = algorithmOf[keyType];
  const challenge = Buffer.concat([domain, randomBytes(32)]);
  const digest = new Uint8Array(createHash(digestOf(algorithm)).update(challenge).digest());
  const publicKey = new Uint8Array(key.export({ format: 'der', type: 'spki' }));
  const signature = await card.sign({ keyReference, publicKey, algorithm, digest });
  if (!verify(digestOf(algorithm), challenge, { key, dsaEncoding: 'ieee-p1363' }, signature))
    throw noProof('signature');
}

/** A certificate and its key that do not belong together, or are not on the card. */
export const noProof = (reason: 'signature' | 'not-stored'): MiddlewareError =>
  new MiddlewareError('ERR_DOWNLOAD_PROOF', 'Key and certificate do not belong together', { fields: { reason } });
