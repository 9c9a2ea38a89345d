import { MiddlewareError } from '../../core/errors.js';
import type { ApduExchange, SendOptions } from '../apdu-exchange.js';
import type { CardCryptogram, CardSignature } from '../card-application.js';
import { ecdsaFromDer } from '../ecdsa-signature.js';
import { removePadding } from '../rsa-decoding.js';
import { encodePkcs1, encodePss } from '../rsa-encoding.js';
import { statusError, SW_WRONG_DATA } from '../status-words.js';
import { algorithmOfSpec, rsaAlgorithm } from './algorithms.js';
import { usePrivateKey } from './general-authenticate.js';

/** DER adds at most this much to r and s: two INTEGER headers and sign bytes, one SEQUENCE header. */
const DER_OVERHEAD = 9;

/**
 * Signs with a verified PIN (SP 800-73-4 part 2 §3.2.4, appendix A.4): the card computes, the host pads. One command,
 * two for RSA in the short form, and GET RESPONSE from RSA-2048 on.
 *
 * @throws {MiddlewareError} by status word; ERR_CARD_RESPONSE on a signature of another length;
 *   ERR_TOKEN_ALGORITHM_UNSUPPORTED for an RSA key of a length that PIV does not have.
 */
export async function sign(exchange: ApduExchange, request: CardSignature): Promise<Uint8Array> {
  const { keyReference: key, digest, length } = request;
  switch (request.algorithm) {
    case 'RS256':
      return rsa(exchange, key, encodePkcs1(digest, length));
    case 'PS256':
      return rsa(exchange, key, encodePss(digest, length));
    case 'ES256':
      return ecdsa(exchange, request, algorithmOfSpec('ec-p256'));
    case 'ES384':
      return ecdsa(exchange, request, algorithmOfSpec('ec-p384'));
  }
}

/** Deciphers with a verified PIN: the card computes, the host takes the padding off. Cost and errors as {@link sign}. */
export async function decipher(exchange: ApduExchange, request: CardCryptogram): Promise<Uint8Array> {
  const { keyReference, cryptogram } = request;
  const block = await rsa(exchange, keyReference, cryptogram, { confidentialAnswer: true }, decipherError);
  return removePadding(request.algorithm, block);
}

/** A number that is not below the modulus is as wrong a cryptogram as one with wrong padding. */
function decipherError(statusWord: number, command: string): MiddlewareError {
  if (statusWord !== SW_WRONG_DATA) return statusError(statusWord, command);
  return new MiddlewareError('ERR_TOKEN_CRYPTOGRAM', 'Cryptogram is not for this key');
}

async function rsa(
  exchange: ApduExchange,
  key: number,
  input: Uint8Array,
  options?: SendOptions,
  errorOf = statusError,
): Promise<Uint8Array> {
  const algorithm = rsaAlgorithm(input.length);
  const request = { algorithm, key, input, answerLength: input.length };
  const output = await usePrivateKey(exchange, request, options, errorOf);
  if (output.length === input.length) return output;
  throw new MiddlewareError('ERR_CARD_RESPONSE', 'Result of unexpected length', {
    fields: { length: output.length, expected: input.length },
  });
}

async function ecdsa(exchange: ApduExchange, request: CardSignature, algorithm: number): Promise<Uint8Array> {
  const { keyReference: key, digest: input, length } = request;
  const der = await usePrivateKey(exchange, { algorithm, key, input, answerLength: length + DER_OVERHEAD });
  return ecdsaFromDer(der, length);
}
