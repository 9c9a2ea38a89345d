import { encodeTlv, parseTlvs } from '../../core/ber-tlv.js';
import { concatBytes, equalBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { NewCertificate } from '../card-application.js';
import { parseCertificateEntry } from './certificate-entries.js';
import { subjectOf } from './certificate-fields.js';
import { tags } from './der.js';
import { addEntry, isSmallChange, replaceEntries, requireRoom, type DirectoryWriting } from './directory-writing.js';
import { encodeCertificate } from './encode-entries.js';
import { fidOf, fileInApplication, isInApplication, type FilePath } from './file-path.js';
import { attempt, ownDirectory, readTree, type DirectoryOnCard, type FileTree } from './file-tree.js';
import { cardRefused, freeFid, removeFile, writeNewFile } from './file-writing.js';
import { parseKeyEntry, type KeyEntry } from './key-entries.js';
import { sweepFiles } from './leftovers.js';
import type { WriterCommands } from './writer-commands.js';

/** The certificate that a new one takes the place of. */
interface Predecessor {
  readonly directory: DirectoryOnCard;
  readonly entry: Uint8Array;
  /** Undefined where the entry holds the certificate itself, or its file is not in our tree. */
  readonly file: FilePath | undefined;
}

/** The file first, then the CDF, then the subject in the PrKDF, then away with what was there before. */
export async function storeCertificate(
  exchange: ApduExchange,
  commands: WriterCommands,
  { keyReference, der, label }: NewCertificate,
): Promise<void> {
  const tree = await readTree(exchange);
  const writing = { exchange, commands, layout: commands.layout, tree };
  const key = findKey(tree, commands, keyReference);
  const before = predecessorOf(tree, key.id);
  const encode = (file: FilePath): Uint8Array => encodeCertificate({ label, id: key.id, file });
  if (before === undefined) {
    requireRoom(writing, 'certificates', encode(fileInApplication(commands.certificateFids.first)).length);
  }
  await sweepFiles(exchange, commands, tree, commands.certificateFids);
  const fid = await freeFid(exchange, commands.certificateFids);
  const file = await writeNewFile(exchange, commands, fid, der);
  try {
    await commands.announceChange(exchange);
    if (before === undefined) await addEntry(writing, 'certificates', encode(file));
    else await replaceEntries(writing, 'certificates', before.directory, swapped(before, encode(file)));
  } catch (error) {
    if (cardRefused(error)) await removeFile(exchange, commands, fidOf(file));
    throw error;
  }
  await noteSubject(writing, key, der);
  if (before?.file !== undefined) await removeFile(exchange, commands, fidOf(before.file));
}

function swapped({ directory, entry }: Predecessor, next: Uint8Array): Uint8Array[] {
  return directory.content.entries.map((other) => (other === entry ? next : other));
}

function findKey(tree: FileTree, commands: WriterCommands, reference: number): KeyEntry {
  for (const { content } of tree.files.privateKeys) {
    for (const entry of content.entries) {
      const key = attempt(parseKeyEntry, entry);
      if (key !== undefined && commands.keyReference(key) === reference) return key;
    }
  }
  throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Card has no such key');
}

function predecessorOf({ files }: FileTree, id: Uint8Array): Predecessor | undefined {
  for (const directory of files.certificates) {
    for (const entry of directory.content.entries) {
      const certificate = attempt(parseCertificateEntry, entry);
      if (certificate === undefined || certificate.isAuthority || !equalBytes(certificate.id, id)) continue;
      const file = 'file' in certificate.value ? certificate.value.file : undefined;
      return { directory, entry, file: file !== undefined && isInApplication(file) ? file : undefined };
    }
  }
  return undefined;
}

/** As pkcs15-init does, for programs that look for a key by its subject; only where it is one command, and room. */
async function noteSubject(writing: DirectoryWriting, key: KeyEntry, der: Uint8Array): Promise<void> {
  const directory = ownDirectory(writing.tree, 'privateKeys');
  const subject = attempt(subjectOf, der);
  if (directory === undefined || subject === undefined) return;
  const entries = directory.content.entries.map((entry) => {
    const id = attempt(parseKeyEntry, entry)?.id;
    return id !== undefined && equalBytes(id, key.id) ? withSubject(entry, subject) : entry;
  });
  if (!isSmallChange(directory, entries)) return;
  try {
    await replaceEntries(writing, 'privateKeys', directory, entries);
  } catch (error) {
    // The certificate is stored all the same.
    if (!cardRefused(error)) throw error;
  }
}

/** An entry of the PrKDF with CommonPrivateKeyAttributes, tag [0], before its type's. */
function withSubject(entry: Uint8Array, subject: Uint8Array): Uint8Array {
  const [outer] = parseTlvs(entry);
  if (outer === undefined) return entry;
  const parts = parseTlvs(outer.value).filter(({ tag }) => tag !== tags.constructed(0));
  const encoded = parts.map(({ tag, value }) => encodeTlv(tag, value));
  const attributes = encodeTlv(tags.constructed(0), encodeTlv(tags.sequence, subject));
  const inserted = [...encoded.slice(0, 2), attributes, ...encoded.slice(2)];
  return encodeTlv(outer.tag, concatBytes(...inserted));
}
