import { MiddlewareError } from '../core/errors.js';
import type { CertificateInfo } from '../model/certificate.js';
import { digestBytes, digestOf } from '../model/signature.js';
import type { SignAllRequest, SigningToken, SignRequest, SignResult, TokenKey } from './token.js';

/** As many documents as an order may have. */
const MAX_DIGESTS = 20;

/** One signature as all of one. */
export async function oneOfAll(
  { digest, ...request }: SignRequest,
  signAll: SigningToken['verifyAndSignAll'],
): Promise<SignResult> {
  const { signatures, cost } = await signAll({ ...request, digests: [digest] });
  const [signature] = signatures;
  if (signature === undefined) throw new RangeError('one digest has one signature');
  return { signature, cost };
}

/**
 * Every check of a request to sign that needs no card.
 *
 * @throws {MiddlewareError} ERR_TOKEN_ALGORITHM_UNSUPPORTED; ERR_TOKEN_OPERATION_UNSUPPORTED for several digests under
 *   a key that wants the PIN each time.
 * @throws {RangeError} for no digests, too many, or one of the wrong length.
 */
export function checkSignAll(key: TokenKey, { algorithm, digests }: SignAllRequest): void {
  if (!key.algorithms.includes(algorithm)) throw unsupportedAlgorithm(algorithm);
  if (digests.length < 1 || digests.length > MAX_DIGESTS) throw new RangeError(`1 to ${MAX_DIGESTS} digests`);
  const wanted = digestBytes[digestOf(algorithm)];
  if (digests.some(({ length }) => length !== wanted)) {
    throw new RangeError(`digest of ${algorithm} must have ${wanted} bytes`);
  }
  if (key.pinEachTime && digests.length > 1) {
    throw new MiddlewareError('ERR_TOKEN_OPERATION_UNSUPPORTED', 'Key wants the PIN for each signature');
  }
}

/** Bytes of a signature by a key, e.g. that of a certificate. */
export function signatureLength({ keyType, keyBits }: Pick<CertificateInfo, 'keyType' | 'keyBits'>): number {
  const bytes = Math.ceil(keyBits / 8);
  return keyType === 'rsa' ? bytes : 2 * bytes;
}

/** The error of a key that cannot do this. */
export function unsupportedAlgorithm(algorithm: string): MiddlewareError {
  return new MiddlewareError('ERR_TOKEN_ALGORITHM_UNSUPPORTED', 'Key cannot do this', { fields: { algorithm } });
}
