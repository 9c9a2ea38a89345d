import { equalBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { OldCertificate } from '../card-application.js';
import { parseCertificateEntry, type CertificateEntry } from './certificate-entries.js';
import { publicKeyOf } from './certificate-fields.js';
import { replaceEntries, requireIntact, type DirectoryWriting } from './directory-writing.js';
import { concernsOneFile, readDerObject } from './file-access.js';
import { fidOf, isInApplication, type FilePath } from './file-path.js';
import { attempt, entriesOf, readTree, type DirectoryOnCard, type FileTree } from './file-tree.js';
import { removeFile } from './file-writing.js';
import { parseKeyEntry, type KeyEntry } from './key-entries.js';
import { sweepFiles } from './leftovers.js';
import type { WriterCommands } from './writer-commands.js';

interface FoundCertificate {
  readonly directory: DirectoryOnCard;
  readonly entry: Uint8Array;
  readonly certificate: CertificateEntry;
}

/**
 * Removes a certificate and, unless it shall stay, a key that no other certificate belongs to. The certificate goes last:
 * while the CDF names it, what a torn removal has left can be asked for again; after that only its file is left, which is
 * deleted when the certificate is asked for that is gone.
 */
export async function removeCertificate(
  exchange: ApduExchange,
  commands: WriterCommands,
  { der, keepKey }: Pick<OldCertificate, 'der' | 'keepKey'>,
): Promise<void> {
  const tree = await readTree(exchange);
  const found = await findCertificate(exchange, tree, der);
  if (found === undefined) {
    await sweepFiles(exchange, commands, tree, commands.certificateFids);
    throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Card has no such certificate');
  }
  const { id, value, isAuthority } = found.certificate;
  requireAllIntact(tree);
  await commands.announceChange(exchange);
  const writing = { exchange, commands, layout: commands.layout, tree };
  const shared = entriesOf(tree, 'certificates', parseCertificateEntry).filter((other) => equalBytes(other.id, id));
  if (!keepKey && !isAuthority && shared.length === 1) await removeKeyPair(writing, commands, id, der);
  await removeEntry(writing, 'certificates', (entry) => entry === found.entry);
  if ('file' in value) await removeOwnFile(writing, value.file);
}

/** Removes the key pair with this id, unless it has a certificate; also what a torn generation has left of it. */
export async function removeKey(exchange: ApduExchange, commands: WriterCommands, keyId: Uint8Array): Promise<void> {
  const tree = await readTree(exchange);
  const bears = ({ id }: { readonly id: Uint8Array }): boolean => equalBytes(id, keyId);
  const keys = [...entriesOf(tree, 'privateKeys', parseKeyEntry), ...entriesOf(tree, 'publicKeys', parseKeyEntry)];
  if (keys.some(bears) && !entriesOf(tree, 'certificates', parseCertificateEntry).some(bears)) {
    requireAllIntact(tree);
    await commands.announceChange(exchange);
    await removeKeyPair({ exchange, commands, layout: commands.layout, tree }, commands, keyId);
  }
  await sweepFiles(exchange, commands, tree, commands.certificateFids);
}

function requireAllIntact({ files }: FileTree): void {
  for (const kind of ['certificates', 'privateKeys', 'publicKeys'] as const) files[kind].forEach(requireIntact);
}

/** Looks into the files themselves, since an id does not tell one certificate of a key from another. */
async function findCertificate(
  exchange: ApduExchange,
  tree: FileTree,
  der: Uint8Array,
): Promise<FoundCertificate | undefined> {
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
  if (refused !== undefined) throw refused;
  return undefined;
}

async function valueOf(exchange: ApduExchange, { value }: CertificateEntry): Promise<Uint8Array> {
  return 'direct' in value ? value.direct : readDerObject(exchange, value.file);
}

/**
 * PrKDF, key, file of the public half, and PuKDF, whose entry tells until the end where the rest lies. What entries with
 * another id name as well stays.
 */
async function removeKeyPair(
  writing: DirectoryWriting,
  commands: WriterCommands,
  id: Uint8Array,
  certificate?: Uint8Array,
): Promise<void> {
  const { exchange, tree } = writing;
  const bears = (entry: Uint8Array): boolean => {
    const key = attempt(parseKeyEntry, entry);
    return key !== undefined && equalBytes(key.id, id);
  };
  const own = (key: KeyEntry): boolean => equalBytes(key.id, id);
  const privateKeys = entriesOf(tree, 'privateKeys', parseKeyEntry);
  const publicKeys = entriesOf(tree, 'publicKeys', parseKeyEntry);
  const inUse = privateKeys.filter((key) => !own(key)).map((key) => commands.keyReference(key));
  const listed = privateKeys.filter(own).map((key) => commands.keyReference(key));
  const begun = listed.length > 0 ? [] : publicKeys.filter(own).map((key) => commands.placeOfPublicKey(key));
  const places = [...listed, ...begun];
  if (listed.length === 0 && certificate !== undefined) {
    places.push(await findOrphan(writing, commands, inUse, certificate));
  }
  await removeEntry(writing, 'privateKeys', bears);
  for (const reference of new Set(places)) {
    if (reference !== undefined && !inUse.includes(reference)) await commands.deleteKey(exchange, reference);
  }
  const named = publicKeys.filter((key) => !own(key)).flatMap(({ file }) => (file === undefined ? [] : [fidOf(file)]));
  for (const { file } of publicKeys.filter(own)) {
    if (file !== undefined && !named.includes(fidOf(file))) await removeOwnFile(writing, file);
  }
  await removeEntry(writing, 'publicKeys', bears);
}

/** Of a certificate whose key the PrKDF does not name: its removal was torn before. */
async function findOrphan(
  { exchange }: DirectoryWriting,
  commands: WriterCommands,
  inUse: readonly (number | undefined)[],
  certificate: Uint8Array,
): Promise<number | undefined> {
  const publicKey = attempt(publicKeyOf, certificate);
  const named = inUse.filter((reference) => reference !== undefined);
  return publicKey === undefined ? undefined : await commands.findOrphan?.(exchange, named, publicKey);
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
