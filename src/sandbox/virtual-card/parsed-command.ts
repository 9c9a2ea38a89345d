import type { CardProtocol } from '../../iso7816/command-apdu.js';

/** A command as the card sees it. `data` is a view of the received bytes. */
export interface ParsedCommand {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data: Uint8Array;
  /** Expected length of the answer, 1 to 256, with extended lengths 1 to 65 536; undefined when the command carries none. */
  readonly ne: number | undefined;
}

/**
 * Splits a command APDU (ISO/IEC 7816-4:2020 §5.2). With T=0 the fifth byte is P3: alone it is an expected length, with
 * data a data length, and nothing may follow the data (ISO/IEC 7816-3:2006 §12.2). Undefined means that the lengths
 * contradict each other, or are extended on a card without extended lengths.
 */
export function parseCommand(bytes: Uint8Array, protocol: CardProtocol, extended = false): ParsedCommand | undefined {
  const [cla, ins, p1, p2, p3] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) return undefined;
  const header = { cla, ins, p1, p2 };
  if (p3 === undefined) return { ...header, data: bytes.subarray(4), ne: undefined };
  if (bytes.length === 5) return { ...header, data: bytes.subarray(5), ne: p3 === 0 ? 256 : p3 };
  const mayHaveLe = protocol === 'T=1';
  if (p3 !== 0) {
    const body = splitBody(bytes.subarray(5), p3, mayHaveLe ? 1 : 0);
    return body && { ...header, ...body };
  }
  const body = extended && mayHaveLe ? splitExtended(bytes.subarray(5)) : undefined;
  return body && { ...header, ...body };
}

type Body = Pick<ParsedCommand, 'data' | 'ne'>;

/** What follows the 00 that announces lengths of two bytes. */
function splitExtended(bytes: Uint8Array): Body | undefined {
  const [high, low] = bytes;
  if (high === undefined || low === undefined) return undefined;
  if (bytes.length === 2) return { data: bytes.subarray(2), ne: expectedLength(bytes) };
  const length = (high << 8) | low;
  return length === 0 ? undefined : splitBody(bytes.subarray(2), length, 2);
}

/** Data of the announced length and, when the command may have one, an expected length of that many bytes. */
function splitBody(bytes: Uint8Array, length: number, leBytes: number): Body | undefined {
  const data = bytes.subarray(0, length);
  const rest = bytes.subarray(length);
  if (data.length < length) return undefined;
  if (rest.length === 0) return { data, ne: undefined };
  return rest.length === leBytes ? { data, ne: expectedLength(rest) } : undefined;
}

/** All zero stands for the most that the form can say. */
function expectedLength(bytes: Uint8Array): number {
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  return value === 0 ? 256 ** bytes.length : value;
}
