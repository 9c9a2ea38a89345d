import { findTlv, parseTlvs } from '../../core/ber-tlv.js';
import { equalBytes } from '../../core/bytes.js';
import type { GeneratedKey, KeySpec } from '../../model/key.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { NewCardKey } from '../card-application.js';
import { parsePinEntry } from './authentication-objects.js';
import { malformed, tags, valueOf } from './der.js';
import { addEntry, replaceEntries, requireRoom, type DirectoryWriting } from './directory-writing.js';
import { encodeCertificate, encodePrivateKey, encodePublicKey, type NewKeyPair } from './encode-entries.js';
import { fidOf, fileInApplication } from './file-path.js';
import { entriesOf, ownDirectory, readTree, type FileTree } from './file-tree.js';
import { freeFid, removeFile, requireFileRoom, undoing, writeNewFile } from './file-writing.js';
import { parseKeyEntry, type KeyEntry } from './key-entries.js';
import { sweepFiles } from './leftovers.js';
import { keyBits, type KeyPlace, type WriterCommands } from './writer-commands.js';

/** Bytes that a private key takes at most, in proportion to its length in bits: five numbers of half the modulus, or one. */
const keySize = (spec: KeySpec): number => (spec.startsWith('rsa') ? (keyBits[spec] / 16) * 5 : keyBits[spec] / 8) + 64;
/** More than the headers around the numbers of a public key. */
const PUBLIC_KEY_OVERHEAD = 64;

/**
 * Makes a key pair. Its entry in the PuKDF comes first: it names the key's place and id, so that what a torn write leaves
 * behind is found. Then the key, the file of the public half, and the PrKDF. What is refused leaves nothing behind.
 */
export async function generateKeyPair(
  exchange: ApduExchange,
  commands: WriterCommands,
  { spec, label, keyId, certificateBytes }: NewCardKey,
): Promise<GeneratedKey> {
  const tree = await readTree(exchange);
  const draft = draftOf(tree, commands, { spec, label, keyId });
  const writing = { exchange, commands, layout: commands.layout, tree };
  requireEntries(writing, draft);
  await sweepFiles(exchange, commands, tree, commands.certificateFids);
  const place = await commands.choosePlace(exchange, keysOf(tree));
  const publicFid = await freeFid(exchange, commands.publicKeyFids, publicFidsOf(tree));
  await requireFileRoom(exchange, commands, commands.certificateFids, roomFor(writing, spec, certificateBytes));
  const pair = { ...draft, ...place, publicKeyFile: fileInApplication(publicFid) };
  await commands.announceChange(exchange);
  return await publish(writing, commands, pair, { spec, place });
}

/** Room for what will be added to the directories, to be asked before something is made. */
function requireEntries(writing: DirectoryWriting, draft: NewKeyPair): void {
  requireRoom(writing, 'publicKeys', encodePublicKey(draft).length);
  requireRoom(writing, 'privateKeys', encodePrivateKey(draft).length);
  const file = draft.publicKeyFile;
  requireRoom(writing, 'certificates', encodeCertificate({ label: draft.label, id: draft.id, file }).length);
}

function roomFor({ tree, layout }: DirectoryWriting, spec: KeySpec, certificateBytes: number): number {
  const kinds = ['privateKeys', 'publicKeys', 'certificates'] as const;
  const directories = kinds.filter((kind) => ownDirectory(tree, kind) === undefined).length * layout.size;
  const publicKey = (keyBits[spec] / 8) * (spec.startsWith('rsa') ? 1 : 2) + PUBLIC_KEY_OVERHEAD;
  return certificateBytes + directories + publicKey + keySize(spec);
}

/** All that a new key must not take the place of: also that of one whose making was torn. */
function keysOf(tree: FileTree): KeyEntry[] {
  const made = entriesOf(tree, 'privateKeys', parseKeyEntry);
  const begun = entriesOf(tree, 'publicKeys', parseKeyEntry).filter(
    ({ id }) => !made.some((key) => equalBytes(key.id, id)),
  );
  return [...made, ...begun];
}

function publicFidsOf(tree: FileTree): number[] {
  return entriesOf(tree, 'publicKeys', parseKeyEntry).flatMap(({ file }) => (file === undefined ? [] : [fidOf(file)]));
}

/** The entries as they will be, with numbers and paths of the same length as the true ones. */
function draftOf(
  tree: FileTree,
  commands: WriterCommands,
  { spec, label, keyId }: Pick<NewCardKey, 'spec' | 'label' | 'keyId'>,
): NewKeyPair {
  const pins = entriesOf(tree, 'authObjects', parsePinEntry);
  const pin = pins.find(({ role, reference }) => role === 'user' && reference === commands.pin);
  const publicKeyFile = fileInApplication(commands.publicKeyFids.first);
  return {
    label,
    id: keyId,
    algorithm: spec.startsWith('rsa') ? 'rsa' : 'ec',
    bits: keyBits[spec],
    authId: pin?.authId,
    keyReference: 0,
    keyPath: publicKeyFile.path,
    publicKeyFile,
  };
}

async function publish(
  writing: DirectoryWriting,
  commands: WriterCommands,
  pair: NewKeyPair,
  { spec, place }: { readonly spec: KeySpec; readonly place: KeyPlace },
): Promise<GeneratedKey> {
  const { exchange } = writing;
  return await undoing(async (onFailure) => {
    onFailure(() => withdraw(writing, encodePublicKey(pair)));
    await addEntry(writing, 'publicKeys', encodePublicKey(pair));
    const publicKey = await commands.makeKey(exchange, place, spec);
    onFailure(() => commands.deleteKey(exchange, place.reference));
    const contents = pair.algorithm === 'rsa' ? rsaKeyOf(publicKey) : publicKey;
    const fid = fidOf(pair.publicKeyFile);
    await writeNewFile(exchange, commands, fid, contents);
    onFailure(() => removeFile(exchange, commands, fid));
    // EF.ODF has changed when a directory was made.
    const tree = ownDirectory(writing.tree, 'publicKeys') === undefined ? await readTree(exchange) : writing.tree;
    await addEntry({ ...writing, tree }, 'privateKeys', encodePrivateKey(pair));
    return { reference: place.reference, publicKey };
  });
}

/** Takes the last entry of the PuKDF away again. */
async function withdraw(writing: DirectoryWriting, entry: Uint8Array): Promise<void> {
  const directory = ownDirectory(await readTree(writing.exchange), 'publicKeys');
  if (directory === undefined) return;
  const others = directory.content.entries.filter((other) => !equalBytes(other, entry));
  await replaceEntries(writing, 'publicKeys', directory, others);
}

/** RSAPublicKey (RFC 8017 §A.1.1) out of its SubjectPublicKeyInfo: what the file of an RSA key holds. */
function rsaKeyOf(publicKey: Uint8Array): Uint8Array {
  const key = valueOf(parseTlvs(findTlv(publicKey, tags.sequence) ?? new Uint8Array()), tags.bitString);
  if (key === undefined) throw malformed('public key');
  return key.subarray(1);
}
