import { equalBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { parseCertificateEntry, type CertificateEntry } from './certificate-entries.js';
import { replaceEntries, requireIntact, type DirectoryWriting } from './directory-writing.js';
import { concernsOneFile, readDerObject } from './file-access.js';
import { fidOf, isInApplication, type FilePath } from './file-path.js';
import { attempt, entriesOf, readTree, type DirectoryOnCard, type FileTree } from './file-tree.js';
import { removeFile } from './file-writing.js';
import { parseKeyEntry } from './key-entries.js';
import type { WriterCommands } from './writer-commands.js';

interface FoundCertificate {
  readonly directory: DirectoryOnCard;
  readonly entry: Uint8Array;
  readonly certificate: CertificateEntry;
}

/**
 * Removes a certificate, and with it a key that no other certificate belongs to. The directories first: a card that is
 * pulled half-way has files that nothing names, and nothing that names files that are gone.
 */
export async function removeCertificate(
  exchange: ApduExchange,
  commands: WriterCommands,
  { keyReference, der }: { readonly keyReference: number | undefined; readonly der: Uint8Array },
): Promise<void> {
  const tree = await readTree(exchange);
  const found = await findCertificate(exchange, tree, der);
  const { id, value } = found.certificate;
  for (const kind of ['certificates', 'privateKeys', 'publicKeys'] as const) tree.files[kind].forEach(requireIntact);
  await commands.announceChange(exchange);
  const writing = { exchange, commands, layout: commands.layout, tree };
  await removeEntry(writing, 'certificates', (entry) => entry === found.entry);
  if ('file' in value) await removeOwnFile(writing, value.file);
  const shared = entriesOf(tree, 'certificates', parseCertificateEntry).filter((other) => equalBytes(other.id, id));
  if (keyReference !== undefined && shared.length === 1) await removeKey(writing, commands, id, keyReference);
}

/** Looks into the files themselves, since an id does not tell one certificate of a key from another. */
async function findCertificate(exchange: ApduExchange, tree: FileTree, der: Uint8Array): Promise<FoundCertificate> {
  let refused: MiddlewareError | undefined;
  for (const directory of tree.files.certificates) {
    for (const entry of directory.content.entries) {
      const certificate = attempt(parseCertificateEntry, entry);
      if (certificate === undefined) continue;
      try {
        if (equalBytes(await valueOf(exchange, certificate), der)) return { directory, entry, certificate };
      } catch (error) {
        if (!concernsOneFile(error)) throw error;
        refused = error;
      }
    }
  }
  throw refused ?? new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Card has no such certificate');
}

async function valueOf(exchange: ApduExchange, { value }: CertificateEntry): Promise<Uint8Array> {
  return 'direct' in value ? value.direct : readDerObject(exchange, value.file);
}

async function removeKey(
  writing: DirectoryWriting,
  commands: WriterCommands,
  id: Uint8Array,
  reference: number,
): Promise<void> {
  const isKey = (entry: Uint8Array): boolean => {
    const key = attempt(parseKeyEntry, entry);
    return key !== undefined && equalBytes(key.id, id) && commands.keyReference(key) === reference;
  };
  const isPublicKey = (entry: Uint8Array): boolean => {
    const key = attempt(parseKeyEntry, entry);
    return key !== undefined && equalBytes(key.id, id);
  };
  const publicKeys = entriesOf(writing.tree, 'publicKeys', (entry) =>
    isPublicKey(entry) ? parseKeyEntry(entry)?.file : undefined,
  );
  await removeEntry(writing, 'privateKeys', isKey);
  await commands.deleteKey(writing.exchange, reference);
  await removeEntry(writing, 'publicKeys', isPublicKey);
  for (const file of publicKeys) await removeOwnFile(writing, file);
}

/** Changes no more than one directory of a kind at a time, each from what was read at the beginning. */
async function removeEntry(
  writing: DirectoryWriting,
  kind: 'certificates' | 'privateKeys' | 'publicKeys',
  isMeant: (entry: Uint8Array) => boolean,
): Promise<void> {
  for (const directory of writing.tree.files[kind]) {
    const { entries } = directory.content;
    const kept = entries.filter((entry) => !isMeant(entry));
    if (kept.length < entries.length) await replaceEntries(writing, kind, directory, kept);
  }
}

async function removeOwnFile({ exchange, commands }: DirectoryWriting, file: FilePath): Promise<void> {
  if (isInApplication(file)) await removeFile(exchange, commands, fidOf(file));
}
