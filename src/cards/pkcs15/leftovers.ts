import { parseTlvs } from '../../core/ber-tlv.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { tags } from './der.js';
import { attempt, type FileTree } from './file-tree.js';
import { concernsOneFile, readDirectory, selectFile } from './file-access.js';
import { APPLICATION_DF, fidOf, fileInApplication, isInApplication, parsePath, type FilePath } from './file-path.js';
import { cardRefused, removeFile, type FidRange, type FileCommands } from './file-writing.js';

/**
 * Deletes the files that torn writes have left among those of a kind and right after them: files that no directory of
 * the card names in any way, not even one of a kind that we do not use. Mostly one command.
 */
export async function sweepFiles(
  exchange: ApduExchange,
  commands: FileCommands,
  tree: FileTree,
  { first, count }: FidRange,
): Promise<void> {
  const known = [tree.odf, ...Object.values(tree.files).flat()].map(({ content }) => content.bytes);
  const range = Array.from({ length: count }, (_, number) => first + number);
  const last = range.findLastIndex((fid) => names(known, fid));
  for (const fid of range.slice(0, last + 2)) {
    if (names(known, fid) || !(await exists(exchange, fid))) continue;
    const others = await otherDirectories(exchange, tree);
    if (others !== undefined && !names(others, fid)) await removeFile(exchange, commands, fid);
  }
}

/** Whether a path to the file stands anywhere, in whatever entry: after that of its DF, or alone in an OCTET STRING. */
function names(directories: readonly Uint8Array[], fid: number): boolean {
  const ends = [
    [APPLICATION_DF >> 8, APPLICATION_DF & 0xff],
    [tags.octetString, 2],
  ].map((start) => Buffer.from([...start, fid >> 8, fid & 0xff]));
  return directories.some((bytes) => ends.some((end) => Buffer.from(bytes).includes(end)));
}

async function exists(exchange: ApduExchange, fid: number): Promise<boolean> {
  try {
    return (await selectFile(exchange, fileInApplication(fid))) !== undefined;
  } catch (error) {
    if (!cardRefused(error)) throw error;
    return false;
  }
}

/** What else EF.ODF names; undefined when a part of that cannot be read. */
async function otherDirectories(exchange: ApduExchange, tree: FileTree): Promise<Uint8Array[] | undefined> {
  const read = new Set(Object.values(tree.files).flatMap((files) => files.map(({ file }) => fidOf(file))));
  const found: Uint8Array[] = [];
  for (const entry of tree.odf.content.entries) {
    const file = attempt(pathOf, entry);
    if (file === undefined || (isInApplication(file) && read.has(fidOf(file)))) continue;
    try {
      const directory = await readDirectory(exchange, { ...file, index: 0, length: undefined });
      if (directory !== undefined) found.push(directory.bytes);
    } catch (error) {
      if (!concernsOneFile(error)) throw error;
      return undefined;
    }
  }
  return found;
}

function pathOf(entry: Uint8Array): FilePath | undefined {
  const [inner] = parseTlvs(parseTlvs(entry)[0]?.value ?? new Uint8Array());
  return inner?.tag === tags.sequence ? parsePath(inner.value) : undefined;
}
