import type { CardProtocol } from '../../iso7816/command-apdu.js';

/** A command as the card sees it. `data` is a view of the received bytes. */
export interface ParsedCommand {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data: Uint8Array;
  /** Expected length of the answer, 1 to 256; undefined when the command carries none. */
  readonly ne: number | undefined;
}

/**
 * Splits a short command APDU (ISO/IEC 7816-4:2020 §5.2). With T=0 the fifth byte is P3: alone it is an expected
 * length, with data a data length, and nothing may follow the data (ISO/IEC 7816-3:2006 §12.2). Undefined means that
 * the lengths contradict each other, or are extended.
 */
export function parseCommand(bytes: Uint8Array, protocol: CardProtocol): ParsedCommand | undefined {
  const [cla, ins, p1, p2, p3] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) return undefined;
  const header = { cla, ins, p1, p2 };
  if (p3 === undefined) return { ...header, data: bytes.subarray(4), ne: undefined };
  if (bytes.length === 5) return { ...header, data: bytes.subarray(5), ne: p3 === 0 ? 256 : p3 };
  if (p3 === 0) return undefined;
  const data = bytes.subarray(5, 5 + p3);
  if (bytes.length === 5 + p3) return { ...header, data, ne: undefined };
  const le = bytes[5 + p3];
  if (protocol === 'T=1' && bytes.length === 6 + p3 && le !== undefined) {
    return { ...header, data, ne: le === 0 ? 256 : le };
  }
  return undefined;
}
