import { concatBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import type { DecipherAlgorithm } from '../../model/key.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { CardCryptogram } from '../card-application.js';
import { statusError, SW_WRONG_DATA } from '../status-words.js';

/** Tag 80 of the template: high nibble hash (1 = SHA-1, 4 = SHA-256), low nibble A = PKCS#1 v1.5, D = OAEP. */
const algorithmReferences: Readonly<Record<DecipherAlgorithm, number>> = {
  RSA1_5: 0x1a,
  'RSA-OAEP': 0x1d,
  'RSA-OAEP-256': 0x4d,
};
/** Goes before the cryptogram (ISO/IEC 7816-8:2021 §5.5, padding indicator; these cards want 81). */
const PADDING_INDICATOR = 0x81;

/**
 * Deciphers with the verified PIN: MANAGE SECURITY ENVIRONMENT, then PSO DECIPHER, chained where the cryptogram needs
 * it. The card takes the padding off.
 *
 * @throws {MiddlewareError} ERR_TOKEN_CRYPTOGRAM when the card cannot make sense of it; by status word.
 */
export async function decipher(exchange: ApduExchange, request: CardCryptogram): Promise<Uint8Array> {
  const { keyReference, algorithm, cryptogram } = request;
  const template = Uint8Array.of(0x80, 0x01, algorithmReferences[algorithm], 0x84, 0x01, keyReference);
  const prepared = await exchange.send({ cla: 0x00, ins: 0x22, p1: 0x41, p2: 0xb8, data: template });
  if (prepared.statusWord !== SW_OK) throw statusError(prepared.statusWord, 'MSE');
  const data = concatBytes(Uint8Array.of(PADDING_INDICATOR), cryptogram);
  const command = { cla: 0x00, ins: 0x2a, p1: 0x80, p2: 0x86, data, le: 256 };
  const answer = await exchange.send(command, { confidentialAnswer: true });
  if (answer.statusWord === SW_WRONG_DATA)
    throw new MiddlewareError('ERR_TOKEN_CRYPTOGRAM', 'Card cannot decipher this');
  if (answer.statusWord !== SW_OK) throw statusError(answer.statusWord, 'PSO decipher');
  return answer.data;
}
