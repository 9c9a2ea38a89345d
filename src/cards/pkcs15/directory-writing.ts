import { concatBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { malformed } from './der.js';
import { encodeDirectory } from './encode-entries.js';
import { selectFile } from './file-access.js';
import { fidOf, fileInApplication, type FilePath } from './file-path.js';
import { isNamed, ownDirectory, type DirectoryOnCard, type FileTree } from './file-tree.js';
import { UPDATE_BLOCK, updateBinary, writeInto, type FileCommands } from './file-writing.js';
import type { DirectoryKind } from './object-directory.js';

/*
 * A card may be pulled after any command. A directory is therefore never between two states: an entry is added behind
 * the others, its first byte last; any other change goes in one UPDATE BINARY; and one that is too long for that is
 * written to another file, which EF.ODF then names instead, again in one command.
 */

/** Where a command set keeps its directories. */
export interface DirectoryLayout {
  /** The file that pkcs15-init uses, and one that takes its place while the first is rewritten. */
  readonly fids: Readonly<Record<Exclude<DirectoryKind, 'authObjects'>, readonly [number, number]>>;
  /** Of a new directory file, in bytes. */
  readonly size: number;
}

type WritableKind = keyof DirectoryLayout['fids'];

/** What changing a directory takes. */
export interface DirectoryWriting {
  readonly exchange: ApduExchange;
  readonly commands: FileCommands;
  readonly layout: DirectoryLayout;
  readonly tree: FileTree;
}

/**
 * Whether a directory has room for an entry; to be asked before something is made that needs one.
 *
 * @throws {MiddlewareError} ERR_CARD_FULL; ERR_CARD_RESPONSE when the directory holds what we do not understand.
 */
export function requireRoom({ tree, layout }: DirectoryWriting, kind: WritableKind, length: number): void {
  requireIntact(tree.odf);
  const directory = ownDirectory(tree, kind);
  if (directory !== undefined) requireIntact(directory);
  const [used, size] =
    directory === undefined ? [0, layout.size] : [directory.content.used, directory.content.size ?? layout.size];
  if (used + length > size) throw new MiddlewareError('ERR_CARD_FULL', 'Directory is full', { fields: { kind } });
}

/**
 * What lies behind a broken entry may mean something to others: such a directory is left alone.
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE.
 */
export function requireIntact({ content }: DirectoryOnCard): void {
  if (!content.intact) throw malformed('directory that nothing can be added to');
}

/** Adds an entry; a directory that the card does not have yet is made. Errors by status word; ERR_CARD_FULL. */
export async function addEntry(writing: DirectoryWriting, kind: WritableKind, entry: Uint8Array): Promise<void> {
  requireRoom(writing, kind, entry.length);
  const { exchange, tree, layout } = writing;
  const directory = ownDirectory(tree, kind);
  if (directory !== undefined) {
    await writeInto(exchange, directory.file, directory.content.used, entry);
    return;
  }
  const [first, second] = layout.fids[kind];
  const file = fileInApplication(isNamed(tree, first) ? second : first);
  await writeDirectoryFile(writing, file, entry);
  await writeInto(exchange, tree.odf.file, tree.odf.content.used, encodeDirectory(kind, file));
}

/** Puts these entries in place of those that a directory has. Errors by status word; ERR_CARD_FULL. */
export async function replaceEntries(
  writing: DirectoryWriting,
  kind: WritableKind,
  directory: DirectoryOnCard,
  entries: readonly Uint8Array[],
): Promise<void> {
  const { file, content } = directory;
  requireIntact(directory);
  const next = concatBytes(...entries);
  if (next.length > (content.size ?? content.used)) throw new MiddlewareError('ERR_CARD_FULL', 'Directory is full');
  const change = difference(content.bytes.subarray(0, content.used), next);
  if (change.bytes.length === 0) return;
  if (change.bytes.length <= UPDATE_BLOCK) {
    await writeInto(writing.exchange, file, file.index + change.at, change.bytes);
  } else {
    await moveDirectory(writing, kind, directory, next);
  }
}

/** Whether {@link replaceEntries} could do it in one command. */
export function isSmallChange({ content }: DirectoryOnCard, entries: readonly Uint8Array[]): boolean {
  const next = concatBytes(...entries);
  const { bytes } = difference(content.bytes.subarray(0, content.used), next);
  return next.length <= (content.size ?? content.used) && bytes.length <= UPDATE_BLOCK;
}

/** The bytes of `after` that differ, from the first to the last; where `after` is shorter, its end counts as 00. */
function difference(before: Uint8Array, after: Uint8Array): { readonly at: number; readonly bytes: Uint8Array } {
  const length = Math.max(before.length, after.length);
  const padded = new Uint8Array(length);
  padded.set(after);
  const differs = (index: number): boolean => padded[index] !== (before[index] ?? 0);
  let [start, end] = [0, length];
  while (start < end && !differs(start)) start += 1;
  while (end > start && !differs(end - 1)) end -= 1;
  return { at: start, bytes: padded.subarray(start, end) };
}

async function moveDirectory(
  writing: DirectoryWriting,
  kind: WritableKind,
  { file }: DirectoryOnCard,
  next: Uint8Array,
): Promise<void> {
  const { exchange, tree, layout } = writing;
  const [first, second] = layout.fids[kind];
  const target = fileInApplication(fidOf(file) === first ? second : first);
  await writeDirectoryFile(writing, target, next);
  const { content } = tree.odf;
  const entries = content.entries.map((entry) =>
    namesOnly(entry, kind, file) ? encodeDirectory(kind, target) : entry,
  );
  const change = difference(content.bytes.subarray(0, content.used), concatBytes(...entries));
  await writeInto(exchange, tree.odf.file, change.at, change.bytes);
}

/** The entry of EF.ODF for a file, as pkcs15-init and we write it. */
function namesOnly(entry: Uint8Array, kind: DirectoryKind, file: FilePath): boolean {
  return Buffer.compare(entry, encodeDirectory(kind, file)) === 0;
}

/** Fills a directory file that nothing names yet; it may be left from an earlier change. */
async function writeDirectoryFile(
  { exchange, commands, layout }: DirectoryWriting,
  file: FilePath,
  entries: Uint8Array,
): Promise<void> {
  const there = await selectFile(exchange, file);
  const size = there?.size ?? layout.size;
  if (entries.length > size) throw new MiddlewareError('ERR_CARD_FULL', 'Directory is full');
  if (there === undefined) await commands.createFile(exchange, { fid: fidOf(file), size, kind: 'directory' });
  const padded = new Uint8Array(size);
  padded.set(entries);
  if ((await selectFile(exchange, file)) === undefined)
    throw new MiddlewareError('ERR_CARD_STATUS', 'New file is gone');
  await updateBinary(exchange, 0, padded);
}
