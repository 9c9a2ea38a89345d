import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { createUndoing } from '../undoing.js';
import { concernsOneFile, MAX_OFFSET, selectFile, succeed } from './file-access.js';
import { fileInApplication, type FilePath } from './file-path.js';
import { shortLimits } from '../../iso7816/command-apdu.js';

/** What a new file is for: its access rules depend on it. */
export interface NewFile {
  readonly fid: number;
  /** In bytes. */
  readonly size: number;
  readonly kind: 'object' | 'directory';
}

/** How a command set makes and deletes files in DF(PKCS-15). Errors by status word. */
export interface FileCommands {
  createFile(exchange: ApduExchange, file: NewFile): Promise<void>;
  /** Of the file that is selected. */
  deleteFile(exchange: ApduExchange, fid: number): Promise<void>;
}

/** Bytes that one UPDATE BINARY carries: chaining it is not for these cards. */
export const UPDATE_BLOCK = shortLimits.data;

/**
 * Writes into the selected file (UPDATE BINARY, ISO/IEC 7816-4:2020 §11.3.5). The first block goes last: as long as it
 * is missing, what follows it cannot be taken for contents.
 *
 * @throws {MiddlewareError} by status word; ERR_CARD_FULL beyond what an offset can say.
 */
export async function updateBinary(exchange: ApduExchange, start: number, data: Uint8Array): Promise<void> {
  if (start + data.length > MAX_OFFSET) throw new MiddlewareError('ERR_CARD_FULL', 'File would become too long');
  const blocks = Math.ceil(data.length / UPDATE_BLOCK);
  for (let block = blocks - 1; block >= 0; block -= 1) {
    const at = block * UPDATE_BLOCK;
    const offset = start + at;
    const part = data.subarray(at, at + UPDATE_BLOCK);
    const command = { cla: 0x00, ins: 0xd6, p1: offset >> 8, p2: offset & 0xff, data: part };
    await succeed(exchange, 'UPDATE BINARY', command);
  }
}

/** Selects a file and writes into it; errors as the parts'. */
export async function writeInto(
  exchange: ApduExchange,
  file: Pick<FilePath, 'path'>,
  start: number,
  data: Uint8Array,
): Promise<void> {
  if ((await selectFile(exchange, file)) === undefined) {
    throw new MiddlewareError('ERR_CARD_FILE_NOT_FOUND', 'File is gone');
  }
  await updateBinary(exchange, start, data);
}

/** The numbers that a kind of file may have: from the first on, so many. */
export interface FidRange {
  readonly first: number;
  readonly count: number;
}

/**
 * Finds a file identifier that no file has. One SELECT for each that is taken, and one.
 *
 * @param reserved - those that are not to be asked for.
 * @throws {MiddlewareError} ERR_CARD_NO_CONTAINER when all are taken.
 */
export async function freeFid(
  exchange: ApduExchange,
  { first, count }: FidRange,
  reserved: readonly number[] = [],
): Promise<number> {
  for (let fid = first; fid < first + count; fid += 1) {
    if (reserved.includes(fid)) continue;
    if ((await selectFile(exchange, fileInApplication(fid))) === undefined) return fid;
  }
  throw new MiddlewareError('ERR_CARD_NO_CONTAINER', 'No file identifier is free');
}

/**
 * Makes a file and fills it. When that fails, no file stays behind.
 *
 * @throws {MiddlewareError} by status word.
 */
export async function writeNewFile(
  exchange: ApduExchange,
  commands: FileCommands,
  fid: number,
  contents: Uint8Array,
): Promise<FilePath> {
  const file = fileInApplication(fid);
  await commands.createFile(exchange, { fid, size: contents.length, kind: 'object' });
  try {
    await writeInto(exchange, file, 0, contents);
    return file;
  } catch (error) {
    if (cardRefused(error)) await removeFile(exchange, commands, fid);
    throw error;
  }
}

/**
 * Whether the card has room for so many bytes in files; no command tells, so a file is made and deleted again.
 *
 * @throws {MiddlewareError} ERR_CARD_FULL; by status word.
 */
export async function requireFileRoom(
  exchange: ApduExchange,
  commands: FileCommands,
  range: FidRange,
  size: number,
): Promise<void> {
  if (size > MAX_OFFSET) throw new MiddlewareError('ERR_CARD_FULL', 'No file is as long', { fields: { size } });
  const fid = await freeFid(exchange, range);
  await commands.createFile(exchange, { fid, size, kind: 'object' });
  await undoing(async (onFailure) => {
    onFailure(() => removeFile(exchange, commands, fid));
    await selectFile(exchange, fileInApplication(fid));
    await commands.deleteFile(exchange, fid);
  });
}

/** Whether the card has answered, with no: cleaning up reaches it then. */
export function cardRefused(error: unknown): boolean {
  return concernsOneFile(error) || isMiddlewareError(error, 'ERR_CARD_FULL', 'ERR_CARD_NO_CONTAINER');
}

/** Takes back what was done when the card refuses a part. */
export const { ifPossible, undoing } = createUndoing(cardRefused);

/** Deletes a file as far as the card lets us; one that stays takes room and does no harm. */
export async function removeFile(
  exchange: ApduExchange,
  commands: Pick<FileCommands, 'deleteFile'>,
  fid: number,
): Promise<void> {
  await ifPossible(async () => {
    if ((await selectFile(exchange, fileInApplication(fid))) !== undefined) await commands.deleteFile(exchange, fid);
  });
}
