import { isMiddlewareError } from '../../core/errors.js';
import { SW_NOT_FOUND, statusError } from '../status-words.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { readDirectory, type DirectoryFile } from './file-access.js';
import { fidOf, fileInApplication, isInApplication, ODF_FID, type FilePath } from './file-path.js';
import { parseObjectDirectory, type DirectoryKind } from './object-directory.js';
import { splitDirectory } from './pkcs15-object.js';

/** A directory file as it stands on the card. */
export interface DirectoryOnCard {
  readonly file: FilePath;
  readonly content: DirectoryFile;
}

/** The directories of a card, for whoever changes them. */
export interface FileTree {
  readonly odf: DirectoryOnCard;
  /** In the order of EF.ODF; those that exist as files of their own, and the entries of those that do not. */
  readonly files: Readonly<Record<DirectoryKind, readonly DirectoryOnCard[]>>;
  readonly inline: Readonly<Record<DirectoryKind, readonly Uint8Array[]>>;
}

/**
 * Reads EF.ODF and the directories that it names. Two commands each.
 *
 * @throws {MiddlewareError} ERR_CARD_FILE_NOT_FOUND without EF.ODF; by status word. What is damaged is not changed, so
 *   nothing is thrown for it.
 */
export async function readTree(exchange: ApduExchange): Promise<FileTree> {
  const file = fileInApplication(ODF_FID);
  const content = await readDirectory(exchange, file);
  if (content === undefined) throw statusError(SW_NOT_FOUND, 'SELECT EF.ODF');
  const files: Record<DirectoryKind, DirectoryOnCard[]> = emptyKinds();
  const inline: Record<DirectoryKind, Uint8Array[]> = emptyKinds();
  for (const directory of parseObjectDirectory(content.bytes).directories) {
    if ('inline' in directory) {
      inline[directory.kind].push(...splitDirectory(directory.inline, directory.inline.length).entries);
      continue;
    }
    const found = await readDirectory(exchange, directory.file);
    if (found !== undefined) files[directory.kind].push({ file: directory.file, content: found });
  }
  return { odf: { file, content }, files, inline };
}

function emptyKinds<T>(): Record<DirectoryKind, T[]> {
  return { privateKeys: [], publicKeys: [], certificates: [], authObjects: [] };
}

/** Every entry of a kind that makes sense. */
export function entriesOf<T>(
  { files, inline }: FileTree,
  kind: DirectoryKind,
  parse: (entry: Uint8Array) => T | undefined,
): T[] {
  const entries = [...files[kind].flatMap(({ content }) => content.entries), ...inline[kind]];
  return entries.map((entry) => attempt(parse, entry)).filter((entry) => entry !== undefined);
}

/** What an entry says, or undefined for one that makes no sense. */
export function attempt<T>(parse: (entry: Uint8Array) => T | undefined, entry: Uint8Array): T | undefined {
  try {
    return parse(entry);
  } catch (error) {
    if (!isMiddlewareError(error)) throw error;
    return undefined;
  }
}

/** The directory of a kind that new entries go to: the first that lies where we may write. */
export function ownDirectory({ files }: FileTree, kind: DirectoryKind): DirectoryOnCard | undefined {
  return files[kind].find(({ file }) => isInApplication(file) && file.index === 0 && file.length === undefined);
}

/** Whether the ODF names a file already. */
export function isNamed({ odf }: FileTree, fid: number): boolean {
  return parseObjectDirectory(odf.content.bytes).directories.some(
    (directory) => 'file' in directory && fidOf(directory.file) === fid && isInApplication(directory.file),
  );
}
