import { encodeTlv, findTlv } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import type { CommandApdu } from '../../iso7816/command-apdu.js';
import { SW_OK, type ResponseApdu } from '../../iso7816/response-apdu.js';
import type { ApduExchange, SendOptions } from '../apdu-exchange.js';
import { statusError } from '../status-words.js';

/** Dynamic authentication template and its elements (SP 800-73-4 part 2 §3.2.4, table 7). */
const TEMPLATE = 0x7c;
/** Elements of the template: an empty one asks the card for it. */
export const elements = { witness: 0x80, challenge: 0x81, response: 0x82 } as const;

/** What the short form and template leave for one element. */
const SHORT_ELEMENT = 248;

/** Who computes what: P1, P2 and the elements of the template, in their order. */
export interface AuthenticateRequest {
  /** Algorithm identifier (SP 800-78-4 §6.2). */
  readonly algorithm: number;
  readonly key: number;
  readonly template: readonly (readonly [tag: number, value: Uint8Array])[];
  /** Bytes of the element that the answer will hold. */
  readonly answerLength: number;
}

/** The command GENERAL AUTHENTICATE. */
export function generalAuthenticate({ algorithm, key, template, answerLength }: AuthenticateRequest): CommandApdu {
  const data = encodeTlv(TEMPLATE, concatBytes(...template.map(([tag, value]) => encodeTlv(tag, value))));
  return { cla: 0x00, ins: 0x87, p1: algorithm, p2: key, data, le: answerLength > SHORT_ELEMENT ? 65_536 : 256 };
}

/**
 * Sends GENERAL AUTHENTICATE with a private key of the card: one command, one block more for RSA in the short form.
 *
 * @returns the response element.
 * @throws {MiddlewareError} by status word; ERR_CARD_RESPONSE without a response.
 */
export async function usePrivateKey(
  exchange: ApduExchange,
  request: Omit<AuthenticateRequest, 'template'> & { readonly input: Uint8Array },
  options?: SendOptions,
  errorOf: (statusWord: number, command: string) => MiddlewareError = statusError,
): Promise<Uint8Array> {
  const template = [
    [elements.response, new Uint8Array()],
    [elements.challenge, request.input],
  ] as const;
  const answer = await exchange.send(generalAuthenticate({ ...request, template }), options);
  if (answer.statusWord !== SW_OK) throw errorOf(answer.statusWord, 'GENERAL AUTHENTICATE');
  return elementOf(answer, elements.response);
}

/**
 * An element of the template in an answer.
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE when it is not there.
 */
export function elementOf({ data }: ResponseApdu, tag: number): Uint8Array {
  const template = findTlv(data, TEMPLATE);
  const element = template === undefined ? undefined : findTlv(template, tag);
  if (element === undefined)
    throw new MiddlewareError('ERR_CARD_RESPONSE', 'Card answers without the element asked for');
  return element;
}
