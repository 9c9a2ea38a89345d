import { MiddlewareError } from '../core/errors.js';
import { wipeableBytes } from '../core/secret.js';

/** A command APDU (ISO/IEC 7816-4:2020 §5.2). */
export interface CommandApdu {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  /** Command data, at most 255 bytes in the short form. */
  readonly data?: Uint8Array;
  /** Expected length of the answer, 1 to 256. */
  readonly le?: number;
}

/** The card's transmission protocol (ISO/IEC 7816-3). */
export type CardProtocol = 'T=0' | 'T=1';

/**
 * The bytes of a short command APDU. With T=0, Le is left out when there is data, since the card then announces its
 * answer by 61xx, and a command with neither carries P3 = 00 (ISO/IEC 7816-3:2006 §12.2). The result lies outside the
 * JavaScript heap, so that the caller can wipe a PIN from it.
 *
 * @throws {MiddlewareError} ERR_APDU_MALFORMED on data over 255 bytes, or Le outside 1 to 256.
 */
export function encodeCommand(command: CommandApdu, protocol: CardProtocol): Uint8Array {
  const { cla, ins, p1, p2, data, le } = command;
  const dataLength = data?.length ?? 0;
  if (dataLength > 255) throw new MiddlewareError('ERR_APDU_MALFORMED', 'Command data over 255 bytes');
  if (le !== undefined && (le < 1 || le > 256)) throw new MiddlewareError('ERR_APDU_MALFORMED', 'Le outside 1 to 256');
  const hasLe = le !== undefined && !(protocol === 'T=0' && dataLength > 0);
  const padsP3 = protocol === 'T=0' && dataLength === 0 && le === undefined;
  const bytes = wipeableBytes(4 + (dataLength > 0 ? 1 + dataLength : 0) + (hasLe || padsP3 ? 1 : 0));
  bytes.set([cla, ins, p1, p2]);
  if (data !== undefined && dataLength > 0) {
    bytes[4] = dataLength;
    bytes.set(data, 5);
  }
  if (hasLe) bytes[bytes.length - 1] = le & 0xff;
  return bytes;
}
