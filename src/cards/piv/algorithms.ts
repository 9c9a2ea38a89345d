import { MiddlewareError } from '../../core/errors.js';
import type { KeySpec } from '../../model/key.js';

/*
 * Algorithm identifiers: SP 800-78-4 §6.2, table 6-2; RSA-3072 from SP 800-78-5; RSA-4096 is Yubico's (firmware 5.7).
 */
const keyAlgorithms: Readonly<Record<KeySpec, number>> = {
  'rsa-2048': 0x07,
  'rsa-3072': 0x05,
  'rsa-4096': 0x16,
  'ec-p256': 0x11,
  'ec-p384': 0x14,
};
const rsaByModulusLength: ReadonlyMap<number, number> = new Map([
  [128, 0x06],
  [256, keyAlgorithms['rsa-2048']],
  [384, keyAlgorithms['rsa-3072']],
  [512, keyAlgorithms['rsa-4096']],
]);

/** The identifier that a new key is made with. */
export function algorithmOfSpec(spec: KeySpec): number {
  return keyAlgorithms[spec];
}

/**
 * The identifier of an RSA key with a modulus of this many bytes.
 *
 * @throws {MiddlewareError} ERR_TOKEN_ALGORITHM_UNSUPPORTED when PIV knows no such key.
 */
export function rsaAlgorithm(modulusLength: number): number {
  const algorithm = rsaByModulusLength.get(modulusLength);
  if (algorithm !== undefined) return algorithm;
  throw new MiddlewareError('ERR_TOKEN_ALGORITHM_UNSUPPORTED', 'No PIV algorithm for this key', {
    fields: { modulusLength },
  });
}
