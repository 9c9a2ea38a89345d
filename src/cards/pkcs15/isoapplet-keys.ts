import { concatBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { SignatureAlgorithm } from '../../model/signature.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { CardCryptogram, CardSignature } from '../card-application.js';
import { ecdsaFromDer } from '../ecdsa-signature.js';
import { digestInfo } from '../rsa-encoding.js';
import { succeed } from './file-access.js';
import { APPLICATION_DF } from './file-path.js';
import { askApi } from './isoapplet-applet.js';
import { cryptogramError, expectLength } from './key-answers.js';

/** Tag 80 of the template: what to compute. RSA with PKCS#1 v1.5 padding serves for both directions. */
const algorithmReferences: Readonly<Record<SignatureAlgorithm, number>> = {
  RS256: 0x11,
  PS256: 0x12,
  ES256: 0x21,
  ES384: 0x21,
};

/** Tags 80, 81 (the DF that the key belongs to) and 84 (ISO/IEC 7816-4:2020 §10.3, CRT). */
function template(algorithm: number, keyReference: number): Uint8Array {
  return Uint8Array.of(
    ...[0x80, 0x01, algorithm],
    ...[0x81, 0x02, APPLICATION_DF >> 8, APPLICATION_DF & 0xff],
    ...[0x84, 0x01, keyReference],
  );
}

/**
 * Signs: MANAGE SECURITY ENVIRONMENT and PSO COMPUTE DIGITAL SIGNATURE; one command more for PSS
 * and ECDSA.
 *
 * @throws {MiddlewareError} by status word; ERR_CARD_RESPONSE on a signature of another form.
 */
export async function sign(exchange: ApduExchange, request: CardSignature): Promise<Uint8Array> {
  const { algorithm, keyReference, digest, length } = request;
  const isEc = algorithm === 'ES256' || algorithm === 'ES384';
  // Version 1 of the API knows PSS, and takes our hash for one in ECDSA.
  if (algorithm !== 'RS256' && (await askApi(exchange)) === undefined) {
    throw new MiddlewareError('ERR_TOKEN_ALGORITHM_UNSUPPORTED', 'Applet is too old for this algorithm', {
      fields: { algorithm },
    });
  }
  const data = template(algorithmReferences[algorithm], keyReference);
  await succeed(exchange, 'MSE', { cla: 0x00, ins: 0x22, p1: 0x41, p2: 0xb6, data });
  const input = algorithm === 'RS256' ? digestInfo(digest) : digest;
  const command = { cla: 0x00, ins: 0x2a, p1: 0x9e, p2: 0x9a, data: input, le: isEc ? 256 : length };
  const answer = await succeed(exchange, 'PSO sign', command);
  return isEc ? ecdsaFromDer(answer, length) : expectLength(answer, length);
}

/**
 * Deciphers: MANAGE SECURITY ENVIRONMENT and PSO DECIPHER, the cryptogram after 00 (no further indication). The card
 * takes the PKCS#1 v1.5 padding off.
 *
 * @throws {MiddlewareError} ERR_TOKEN_CRYPTOGRAM when the card cannot make sense of it; by status word.
 */
export async function decipher(exchange: ApduExchange, request: CardCryptogram): Promise<Uint8Array> {
  const { keyReference, cryptogram } = request;
  const environment = template(algorithmReferences.RS256, keyReference);
  await succeed(exchange, 'MSE', { cla: 0x00, ins: 0x22, p1: 0x41, p2: 0xb8, data: environment });
  const data = concatBytes(Uint8Array.of(0x00), cryptogram);
  const command = { cla: 0x00, ins: 0x2a, p1: 0x80, p2: 0x86, data, le: 256 };
  const answer = await exchange.send(command, { confidentialAnswer: true });
  if (answer.statusWord !== SW_OK) throw cryptogramError(answer.statusWord);
  return answer.data;
}
