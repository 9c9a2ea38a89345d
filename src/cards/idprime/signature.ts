import { concatBytes, equalBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import type { SignatureAlgorithm } from '../../model/signature.js';
import type { CommandApdu } from '../../iso7816/command-apdu.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { CardSignature } from '../card-application.js';
import { statusError } from '../status-words.js';

/*
 * Algorithm references (tag 80 in the template): high nibble hash (4 = SHA-256), low nibble operation (2 = RSA
 * PKCS#1 v1.5, 4 = ECDSA, 5 = RSA-PSS). ECDSA is 44 whatever the hash. Not public; as OpenSC's card-idprime.c sends.
 */
const algorithmReferences: Readonly<Record<SignatureAlgorithm, number>> = {
  RS256: 0x42,
  PS256: 0x45,
  ES256: 0x44,
  ES384: 0x44,
};

/**
 * Signs with the verified PIN: MANAGE SECURITY ENVIRONMENT, hash, signature (ISO/IEC 7816-8:2021 §5.2, PSO). With T=0
 * four commands, since the card's echo of the hash costs a GET RESPONSE; more where the signature is over 256 bytes. The
 * digests' lengths are multiples of 8, as these cards want them, so that nothing has to be padded.
 *
 * @returns the signature; ECDSA as r and s of fixed length.
 * @throws {MiddlewareError} by status word; ERR_CARD_RESPONSE when the echo or the length is wrong.
 */
export async function computeSignature(exchange: ApduExchange, request: CardSignature): Promise<Uint8Array> {
  const { keyReference, algorithm, digest, length } = request;
  const environment = Uint8Array.of(0x80, 0x01, algorithmReferences[algorithm], 0x84, 0x01, keyReference);
  await succeed(exchange, 'MSE', { cla: 0x00, ins: 0x22, p1: 0x41, p2: 0xb6, data: environment });
  const hash = concatBytes(Uint8Array.of(0x90, digest.length), digest);
  const echo = await succeed(exchange, 'PSO hash', { cla: 0x00, ins: 0x2a, p1: 0x90, p2: 0xa0, data: hash, le: 256 });
  if (!equalBytes(echo, digest)) throw new MiddlewareError('ERR_CARD_RESPONSE', 'Card did not echo the hash');
  // With the exact length, T=0 cards need no 6Cxx to correct it.
  const le = Math.min(length, 256);
  const signature = await succeed(exchange, 'PSO sign', { cla: 0x00, ins: 0x2a, p1: 0x9e, p2: 0x9a, le });
  if (signature.length !== length) {
    throw new MiddlewareError('ERR_CARD_RESPONSE', 'Signature of unexpected length', {
      fields: { length: signature.length, expected: length },
    });
  }
  return signature;
}

async function succeed(exchange: ApduExchange, name: string, command: CommandApdu): Promise<Uint8Array> {
  const { data, statusWord } = await exchange.send(command);
  if (statusWord !== SW_OK) throw statusError(statusWord, name);
  return data;
}
