import { MiddlewareError } from '../core/errors.js';
import { wipeableBytes } from '../core/secret.js';

/** A command APDU (ISO/IEC 7816-4:2020 §5.2). */
export interface CommandApdu {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  /** Command data, at most 255 bytes in the short form, 65 535 in the extended one. */
  readonly data?: Uint8Array;
  /** Expected length of the answer: 1 to 256, in the extended form to 65 536. */
  readonly le?: number;
}

/** The card's transmission protocol (ISO/IEC 7816-3). */
export type CardProtocol = 'T=0' | 'T=1';

/** What the short form can carry. */
export const shortLimits = { data: 255, le: 256 } as const;
const extendedLimits = { data: 65_535, le: 65_536 } as const;

/** Whether a command needs the extended form. */
export function needsExtendedLength({ data, le }: CommandApdu): boolean {
  return (data?.length ?? 0) > shortLimits.data || (le ?? 0) > shortLimits.le;
}

/**
 * The bytes of a command APDU. With T=0, Le is left out when there is data, since the card then announces its answer by
 * 61xx, and a command with neither carries P3 = 00 (ISO/IEC 7816-3:2006 §12.2). The extended form is for T=1 and used
 * only where the command needs it. The result lies outside the JavaScript heap, so that the caller can wipe a PIN from it.
 *
 * @throws {MiddlewareError} ERR_APDU_MALFORMED on data or Le that the form cannot carry.
 */
export function encodeCommand(command: CommandApdu, protocol: CardProtocol, allowExtended = false): Uint8Array {
  const extended = allowExtended && protocol === 'T=1' && needsExtendedLength(command);
  checkLimits(command, extended ? extendedLimits : shortLimits);
  return extended ? encodeExtended(command) : encodeShort(command, protocol);
}

function checkLimits({ data, le }: CommandApdu, limits: { readonly data: number; readonly le: number }): void {
  if ((data?.length ?? 0) > limits.data) {
    throw new MiddlewareError('ERR_APDU_MALFORMED', `Command data over ${limits.data} bytes`);
  }
  if (le !== undefined && (le < 1 || le > limits.le)) {
    throw new MiddlewareError('ERR_APDU_MALFORMED', `Le outside 1 to ${limits.le}`);
  }
}

function encodeShort({ cla, ins, p1, p2, data, le }: CommandApdu, protocol: CardProtocol): Uint8Array {
  const dataLength = data?.length ?? 0;
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

function encodeExtended({ cla, ins, p1, p2, data, le }: CommandApdu): Uint8Array {
  const dataLength = data?.length ?? 0;
  const bytes = wipeableBytes(5 + (dataLength > 0 ? 2 + dataLength : 0) + (le === undefined ? 0 : 2));
  bytes.set([cla, ins, p1, p2, 0x00]);
  if (data !== undefined && dataLength > 0) {
    bytes.set([dataLength >> 8, dataLength & 0xff], 5);
    bytes.set(data, 7);
  }
  if (le !== undefined) bytes.set([(le >> 8) & 0xff, le & 0xff], bytes.length - 2);
  return bytes;
}
