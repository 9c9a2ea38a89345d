import { findTlv } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import { isMiddlewareError, type MiddlewareError } from '../../core/errors.js';
import type { CommandApdu } from '../../iso7816/command-apdu.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { ApduExchange, SendOptions } from '../apdu-exchange.js';
import { statusError, SW_END_OF_FILE, SW_NOT_FOUND, SW_WRONG_P1P2 } from '../status-words.js';
import { malformed, objectLength } from './der.js';
import type { FilePath } from './file-path.js';
import { splitDirectory, type DirectoryEntries } from './pkcs15-object.js';

/** What one READ BINARY brings where nothing tells how long the contents are. */
const BLOCK = 256;
/** READ BINARY and UPDATE BINARY take offsets below this; a set highest bit of P1 would mean a short file identifier. */
export const MAX_OFFSET = 0x8000;
/** More than any certificate or directory of a card. */
const MAX_LENGTH = 16_384;

/**
 * Sends a command that must succeed.
 *
 * @throws {MiddlewareError} by status word.
 */
export async function succeed(
  exchange: ApduExchange,
  name: string,
  command: CommandApdu,
  options?: SendOptions,
): Promise<Uint8Array> {
  const { data, statusWord } = await exchange.send(command, options);
  if (statusWord !== SW_OK) throw statusError(statusWord, name);
  return data;
}

/** A selected file. */
export interface SelectedFile {
  /** In bytes; undefined where the card does not tell. */
  readonly size: number | undefined;
}

/**
 * Selects a file by its path from the MF, with file control information (SELECT, ISO/IEC 7816-4:2020 §11.2.2). One
 * command; with T=0 the information is left with the card.
 *
 * @returns undefined when there is no such file.
 * @throws {MiddlewareError} by status word.
 */
export async function selectFile(
  exchange: ApduExchange,
  { path }: Pick<FilePath, 'path'>,
): Promise<SelectedFile | undefined> {
  const command = { cla: 0x00, ins: 0xa4, p1: 0x08, p2: 0x00, data: path, le: 256 };
  const { data, statusWord } = await exchange.send(command, { discardData: true });
  if (statusWord === SW_NOT_FOUND) return undefined;
  if (statusWord !== SW_OK) throw statusError(statusWord, 'SELECT');
  return { size: fileSize(data) };
}

/** Tag 80, bytes of data, or 81, where only that is there, in FCI 6F or FCP 62 (ISO/IEC 7816-4:2020 §7.4). */
function fileSize(information: Uint8Array): number | undefined {
  try {
    const inner = findTlv(information, 0x6f) ?? findTlv(information, 0x62) ?? new Uint8Array();
    const size = findTlv(inner, 0x80) ?? findTlv(inner, 0x81);
    return size?.length === 2 ? ((size[0] ?? 0) << 8) | (size[1] ?? 0) : undefined;
  } catch (error) {
    // A card whose file control information is odd can be read all the same.
    if (!isMiddlewareError(error)) throw error;
    return undefined;
  }
}

/**
 * Reads the selected file from `start` until `end` or its own end, whichever comes first (READ BINARY, ISO/IEC
 * 7816-4:2020 §11.3.3): in one command where extended length is in use.
 *
 * @throws {MiddlewareError} by status word.
 */
async function readBinary(exchange: ApduExchange, start: number, end: number): Promise<Uint8Array> {
  const blocks: Uint8Array[] = [];
  for (let offset = start; offset < Math.min(end, MAX_OFFSET);) {
    const le = end - offset;
    const command = { cla: 0x00, ins: 0xb0, p1: offset >> 8, p2: offset & 0xff, le };
    const { data, statusWord } = await exchange.send(command);
    if (statusWord === SW_WRONG_P1P2 && offset > 0) break;
    if (statusWord !== SW_OK && statusWord !== SW_END_OF_FILE) throw statusError(statusWord, 'READ BINARY');
    blocks.push(data.subarray(0, le));
    offset += data.length;
    if (data.length < Math.min(le, BLOCK) || statusWord === SW_END_OF_FILE) break;
  }
  return concatBytes(...blocks);
}

/** The used part of a directory file. */
export interface DirectoryFile extends DirectoryEntries {
  readonly bytes: Uint8Array;
  /** Of the file, as far as the card tells; of the part that the path names, where it names one. */
  readonly size: number | undefined;
}

/**
 * Reads a directory file as far as it is in use. One SELECT, and one READ BINARY where 256 bytes are enough.
 *
 * @returns undefined when there is no such file.
 * @throws {MiddlewareError} by status word.
 */
export async function readDirectory(exchange: ApduExchange, file: FilePath): Promise<DirectoryFile | undefined> {
  const selected = await selectFile(exchange, file);
  if (selected === undefined) return undefined;
  const toEnd = selected.size === undefined ? undefined : Math.max(0, selected.size - file.index);
  const size = file.length === undefined ? toEnd : Math.min(file.length, toEnd ?? file.length);
  const limit = Math.min(size ?? MAX_LENGTH, MAX_LENGTH);
  let bytes = await readBinary(exchange, file.index, file.index + Math.min(limit, BLOCK));
  let found = splitDirectory(bytes, limit);
  while (found.wanted !== undefined) {
    // Beyond the known need by up to a block: a further entry costs no further command then.
    const end = Math.min(limit, Math.ceil(found.wanted / BLOCK) * BLOCK);
    const more = await readBinary(exchange, file.index + bytes.length, file.index + end);
    if (more.length === 0) break;
    bytes = concatBytes(bytes, more);
    found = splitDirectory(bytes, limit);
  }
  return { ...found, bytes, size };
}

/**
 * Reads the one DER object that a file, or a part of it, begins with; not the rest of the file.
 *
 * @throws {MiddlewareError} ERR_CARD_FILE_NOT_FOUND; ERR_CARD_RESPONSE when there is no whole object; by status word.
 */
export async function readDerObject(exchange: ApduExchange, file: FilePath): Promise<Uint8Array> {
  const selected = await selectFile(exchange, file);
  if (selected === undefined) throw statusError(SW_NOT_FOUND, 'SELECT');
  const { index, length: told } = file;
  const available = selected.size === undefined ? MAX_LENGTH : Math.max(0, selected.size - index);
  const first = Math.min(told ?? BLOCK, available, MAX_LENGTH);
  const start = await readBinary(exchange, index, index + first);
  const length = objectLength(start);
  if (length === undefined || length > MAX_LENGTH) throw malformed('object without a length');
  const rest = length > start.length ? await readBinary(exchange, index + start.length, index + length) : undefined;
  const whole = rest === undefined ? start.subarray(0, length) : concatBytes(start, rest);
  if (whole.length !== length) throw malformed('object beyond the end of its file');
  return whole;
}

/** Errors by which a card refuses one file; the others may be read all the same. */
export function concernsOneFile(error: unknown): error is MiddlewareError {
  return isMiddlewareError(
    error,
    'ERR_CARD_RESPONSE',
    'ERR_CARD_STATUS',
    'ERR_CARD_FILE_NOT_FOUND',
    'ERR_CARD_SECURITY_STATUS',
  );
}
