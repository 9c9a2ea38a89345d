import { concatBytes } from '../../core/bytes.js';
import type { SignatureAlgorithm } from '../../model/signature.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { CardCryptogram, CardSignature } from '../card-application.js';
import { ecdsaFromDer } from '../ecdsa-signature.js';
import { removePadding } from '../rsa-decoding.js';
import { digestInfo, encodePss } from '../rsa-encoding.js';
import { succeed } from './file-access.js';
import { cryptogramError, expectLength } from './key-answers.js';

/** Tag 80 of the template: RSA as it comes, RSA with the card's PKCS#1 v1.5 padding, ECDSA over a hash. */
const RAW_RSA = 0x00;
const algorithmReferences: Readonly<Record<SignatureAlgorithm, number>> = {
  RS256: 0x02,
  PS256: RAW_RSA,
  ES256: 0x04,
  ES384: 0x04,
};

/** What goes before the cryptogram: all of it, or its first and its second half. */
const indicators = { whole: 0x00, firstHalf: 0x81, secondHalf: 0x82 } as const;

/** Tags 80, 81 (the key's file) and 84, always 0 (ISO/IEC 7816-4:2020 §10.3, CRT). */
function template(algorithm: number, keyFid: number): Uint8Array {
  return Uint8Array.of(0x80, 0x01, algorithm, 0x81, 0x02, keyFid >> 8, keyFid & 0xff, 0x84, 0x01, 0x00);
}

/**
 * Signs: MANAGE SECURITY ENVIRONMENT and PSO COMPUTE DIGITAL SIGNATURE, chained where the padded block is over 255
 * bytes.
 *
 * @throws {MiddlewareError} by status word; ERR_CARD_RESPONSE on a signature of another form.
 */
export async function sign(exchange: ApduExchange, request: CardSignature): Promise<Uint8Array> {
  const { algorithm, keyReference, length } = request;
  const isEc = algorithm === 'ES256' || algorithm === 'ES384';
  const environment = template(algorithmReferences[algorithm], keyReference);
  await succeed(exchange, 'MSE', { cla: 0x00, ins: 0x22, p1: 0x41, p2: 0xb6, data: environment });
  const command = { cla: 0x00, ins: 0x2a, p1: 0x9e, p2: 0x9a, data: inputOf(request), le: isEc ? 256 : length };
  const answer = await succeed(exchange, 'PSO sign', command);
  return isEc ? ecdsaFromDer(answer, length) : expectLength(answer, length);
}

function inputOf({ algorithm, digest, length }: CardSignature): Uint8Array {
  if (algorithm === 'PS256') return encodePss(digest, length);
  return algorithm === 'RS256' ? digestInfo(digest) : digest;
}

/**
 * Deciphers: MANAGE SECURITY ENVIRONMENT and PSO DECIPHER without padding, which is taken off here.
 *
 * @param chaining whether the card takes chained commands; before it did, 256 bytes came in two halves.
 * @throws {MiddlewareError} ERR_TOKEN_CRYPTOGRAM when the padding is wrong; by status word.
 */
export async function decipher(
  exchange: ApduExchange,
  { keyReference, algorithm, cryptogram }: CardCryptogram,
  chaining: boolean,
): Promise<Uint8Array> {
  const environment = template(RAW_RSA, keyReference);
  await succeed(exchange, 'MSE', { cla: 0x00, ins: 0x22, p1: 0x41, p2: 0xb8, data: environment });
  const inHalves = !chaining && cryptogram.length > 254;
  const half = cryptogram.length / 2;
  if (inHalves) {
    const first = decipherCommand(indicators.firstHalf, cryptogram.subarray(0, half));
    await succeed(exchange, 'PSO decipher', {
      cla: first.cla,
      ins: first.ins,
      p1: first.p1,
      p2: first.p2,
      data: first.data,
    });
  }
  const last = inHalves
    ? decipherCommand(indicators.secondHalf, cryptogram.subarray(half))
    : decipherCommand(indicators.whole, cryptogram);
  const { data, statusWord } = await exchange.send(last, { confidentialAnswer: true });
  if (statusWord !== SW_OK) throw cryptogramError(statusWord);
  return removePadding(algorithm, expectLength(data, cryptogram.length));
}

function decipherCommand(indicator: number, part: Uint8Array) {
  return { cla: 0x00, ins: 0x2a, p1: 0x80, p2: 0x86, data: concatBytes(Uint8Array.of(indicator), part), le: 256 };
}
