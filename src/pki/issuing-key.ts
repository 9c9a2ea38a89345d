import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyType } from '../model/certificate.js';

/** A key pair whose private half this process holds: of a CA, or of a card that is being made. */
export interface IssuingKey {
  readonly keyType: KeyType;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const generate = promisify(generateKeyPair);

/** A new key pair; RSA has 2048 bits. */
export async function generateIssuingKey(keyType: KeyType): Promise<IssuingKey> {
  const pair =
    keyType === 'rsa'
      ? await generate('rsa', { modulusLength: 2048 })
      : await generate('ec', { namedCurve: keyType === 'ec-p256' ? 'P-256' : 'P-384' });
  return { keyType, ...pair };
}

/** A key pair from PKCS #8 DER; `keyType` must be what it was made with. */
export function importIssuingKey(keyType: KeyType, pkcs8: Uint8Array): IssuingKey {
  const privateKey = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  return { keyType, privateKey, publicKey: createPublicKey(privateKey) };
}

/** PKCS #8 DER of the private key. */
export function exportIssuingKey(key: IssuingKey): Uint8Array {
  return key.privateKey.export({ format: 'der', type: 'pkcs8' });
}
