import { encodeTlv } from '../../core/ber-tlv.js';
import { MiddlewareError } from '../../core/errors.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { KeySpec } from '../../model/key.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { generatedPublicKey } from '../public-key.js';
import { statusError, SW_CONDITIONS, SW_SECURITY_STATUS, SW_WRONG_DATA } from '../status-words.js';
import { algorithmOfSpec } from './algorithms.js';

/** Template and element of GENERATE ASYMMETRIC KEY PAIR (SP 800-73-4 part 2 §3.3.1, table 10). */
const CONTROL_TEMPLATE = 0xac;
const CRYPTOGRAPHIC_MECHANISM = 0x80;

/**
 * Makes a key pair in a slot, in place of one that is there. One command, more for an RSA key's answer.
 *
 * @returns SubjectPublicKeyInfo, DER.
 * @throws {MiddlewareError} ERR_TOKEN_ALGORITHM_UNSUPPORTED, ERR_CARD_FULL, ERR_CARD_READ_ONLY, ERR_CARD_RESPONSE; by
 *   status word.
 */
export async function generateInSlot(exchange: ApduExchange, key: number, spec: KeySpec): Promise<Uint8Array> {
  const mechanism = encodeTlv(CRYPTOGRAPHIC_MECHANISM, Uint8Array.of(algorithmOfSpec(spec)));
  const data = encodeTlv(CONTROL_TEMPLATE, mechanism);
  const answer = await exchange.send({ cla: 0x00, ins: 0x47, p1: 0x00, p2: key, data, le: 65_536 });
  if (answer.statusWord === SW_WRONG_DATA) {
    throw new MiddlewareError('ERR_TOKEN_ALGORITHM_UNSUPPORTED', 'Card makes no such keys', { fields: { spec } });
  }
  if (answer.statusWord !== SW_OK) throw writeError(answer.statusWord, 'GENERATE ASYMMETRIC KEY PAIR');
  return generatedPublicKey(answer.data, spec);
}

/** After the management key was accepted, security status and conditions of use can only mean that nothing may change. */
export function writeError(statusWord: number, command: string): MiddlewareError {
  const error = statusError(statusWord, command);
  if (statusWord !== SW_SECURITY_STATUS && statusWord !== SW_CONDITIONS) return error;
  return new MiddlewareError('ERR_CARD_READ_ONLY', 'Card does not let anybody write', { fields: error.fields });
}
