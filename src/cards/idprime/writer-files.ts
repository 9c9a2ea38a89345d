import { encodeTlv } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import { shortLimits, type CommandApdu } from '../../iso7816/command-apdu.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { statusError, SW_CONDITIONS, SW_SECURITY_STATUS } from '../status-words.js';
import { createUndoing } from '../undoing.js';
import { readFile, selectFile } from './file-access.js';

/** File already exists (CREATE FILE); this card also says it of a key. */
export const SW_EXISTS = 0x6a89;
/** Certificates get file identifiers from here on: those before are the card's own. */
const FIRST_FID = 0x0206;
const LAST_FID = 0x02ff;
/** As offsets of READ BINARY have it. */
const MAX_FILE = 0x7fff;

/** What a command that writes was refused with; after the PIN was verified, 6982 and 6985 mean a card for reading. */
export function writeError(statusWord: number, command: string): MiddlewareError {
  const error = statusError(statusWord, command);
  if (statusWord !== SW_SECURITY_STATUS && statusWord !== SW_CONDITIONS) return error;
  return new MiddlewareError('ERR_CARD_READ_ONLY', 'Card does not let anybody write', { fields: error.fields });
}

async function write(exchange: ApduExchange, name: string, command: CommandApdu): Promise<void> {
  const { statusWord } = await exchange.send(command);
  if (statusWord !== SW_OK) throw writeError(statusWord, name);
}

/**
 * Overwrites a part of a file (UPDATE BINARY, ISO/IEC 7816-4:2020 §11.3.5). Up to 255 bytes go in one command; of more
 * the first go last: as long as they are missing, what follows cannot be taken for contents.
 *
 * @throws {MiddlewareError} by status word; ERR_CARD_READ_ONLY.
 */
export async function overwrite(exchange: ApduExchange, fid: number, start: number, bytes: Uint8Array): Promise<void> {
  if (!(await selectFile(exchange, fid))) {
    throw new MiddlewareError('ERR_CARD_FILE_NOT_FOUND', 'File is gone', { fields: { fid } });
  }
  for (let block = Math.ceil(bytes.length / shortLimits.data) - 1; block >= 0; block -= 1) {
    const at = block * shortLimits.data;
    const offset = start + at;
    const data = bytes.subarray(at, at + shortLimits.data);
    await write(exchange, 'UPDATE BINARY', { cla: 0x00, ins: 0xd6, p1: offset >> 8, p2: offset & 0xff, data });
  }
}

/** DELETE FILE (ISO/IEC 7816-9:2017 §9.2.3) by identifier. Errors by status word; ERR_CARD_READ_ONLY. */
export async function deleteFile(exchange: ApduExchange, fid: number): Promise<void> {
  const data = Uint8Array.of(fid >> 8, fid & 0xff);
  await write(exchange, 'DELETE FILE', { cla: 0x00, ins: 0xe4, p1: 0x00, p2: 0x00, data });
}

/** DELETE of a private key by its reference, tag 84 as in a control reference template. Errors as {@link deleteFile}. */
export async function deleteKey(exchange: ApduExchange, reference: number): Promise<void> {
  const data = encodeTlv(0x84, Uint8Array.of(reference));
  await write(exchange, 'DELETE key', { cla: 0x00, ins: 0xe4, p1: 0x00, p2: 0x00, data });
}

/**
 * Makes a file that the index does not name yet and fills it; it is deleted again when that fails.
 *
 * @returns its identifier.
 * @throws {MiddlewareError} ERR_CARD_FULL, ERR_CARD_READ_ONLY; by status word.
 */
export async function writeNewFile(
  exchange: ApduExchange,
  taken: readonly number[],
  contents: Uint8Array,
): Promise<number> {
  const fid = await createFile(exchange, taken, contents.length);
  return await undoing(async (onFailure) => {
    onFailure(() => deleteFile(exchange, fid));
    await overwrite(exchange, fid, 0, contents);
    return fid;
  });
}

/** CREATE FILE with file control parameters (ISO/IEC 7816-9:2017 §9.2.2; -4:2020 §7.4.3): 80 size, 82 kind, 83 identifier. */
async function createFile(exchange: ApduExchange, taken: readonly number[], size: number): Promise<number> {
  for (let fid = FIRST_FID; fid <= LAST_FID; fid += 1) {
    if (taken.includes(fid)) continue;
    const parameters = concatBytes(
      Uint8Array.of(0x80, 0x02, size >> 8, size & 0xff),
      Uint8Array.of(0x82, 0x01, 0x01),
      Uint8Array.of(0x83, 0x02, fid >> 8, fid & 0xff),
    );
    const create = { cla: 0x00, ins: 0xe0, p1: 0x00, p2: 0x00, data: encodeTlv(0x62, parameters) };
    let { statusWord } = await exchange.send(create);
    if (statusWord === SW_EXISTS && (await removeLeftover(exchange, fid))) {
      ({ statusWord } = await exchange.send(create));
    }
    if (statusWord === SW_OK) return fid;
    if (statusWord !== SW_EXISTS) throw writeError(statusWord, 'CREATE FILE');
  }
  throw new MiddlewareError('ERR_CARD_FULL', 'No file identifier is free');
}

/**
 * Whether the card has room for a file of so many bytes; no command tells, so one is made and deleted again.
 *
 * @throws {MiddlewareError} ERR_CARD_FULL, ERR_CARD_READ_ONLY; by status word.
 */
export async function requireFileRoom(exchange: ApduExchange, taken: readonly number[], size: number): Promise<void> {
  if (size > MAX_FILE) throw new MiddlewareError('ERR_CARD_FULL', 'No file is as long', { fields: { size } });
  const fid = await createFile(exchange, taken, size);
  await undoing(async (onFailure) => {
    onFailure(() => deleteFile(exchange, fid));
    await deleteFile(exchange, fid);
  });
}

/** Deletes what torn writes have left among the files that the index names, and right after them. */
export async function sweepFiles(exchange: ApduExchange, taken: readonly number[]): Promise<void> {
  const last = Math.max(FIRST_FID - 1, ...taken.filter((fid) => fid <= LAST_FID)) + 1;
  for (let fid = FIRST_FID; fid <= last; fid += 1) {
    if (!taken.includes(fid)) await ifPossible(() => removeLeftover(exchange, fid));
  }
}

/** A certificate file outside the index, or one never filled, is what a torn write leaves behind; others are not ours. */
async function removeLeftover(exchange: ApduExchange, fid: number): Promise<boolean> {
  const start = Buffer.from((await readFile(exchange, fid, 2)) ?? []).toString('hex');
  if (!['0100', '0000', 'ffff'].includes(start)) return false;
  await deleteFile(exchange, fid);
  return true;
}

/** Whether the card has answered, with no or nonsense: it can still be tidied up. */
function cardRefused(error: unknown): boolean {
  return isMiddlewareError(
    error,
    'ERR_CARD_FILE_NOT_FOUND',
    'ERR_CARD_FULL',
    'ERR_CARD_NO_CONTAINER',
    'ERR_CARD_READ_ONLY',
    'ERR_CARD_RESPONSE',
    'ERR_CARD_SECURITY_STATUS',
    'ERR_CARD_STATUS',
  );
}

/** Takes back what was done when the card refuses a part. */
export const { ifPossible, undoing } = createUndoing(cardRefused);
