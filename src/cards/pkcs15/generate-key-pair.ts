import { findTlv, parseTlvs } from '../../core/ber-tlv.js';
import { equalBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import type { GeneratedKey, KeySpec } from '../../model/key.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { parsePinEntry } from './authentication-objects.js';
import { parseCertificateEntry } from './certificate-entries.js';
import { malformed, tags, valueOf } from './der.js';
import { addEntry, replaceEntries, requireRoom, type DirectoryWriting } from './directory-writing.js';
import { encodePrivateKey, encodePublicKey, type NewKeyPair } from './encode-entries.js';
import { fidOf, fileInApplication } from './file-path.js';
import { entriesOf, ownDirectory, readTree, type FileTree } from './file-tree.js';
import { cardRefused, removeFile, writeNewFile } from './file-writing.js';
import { parseKeyEntry } from './key-entries.js';
import { keyBits, type MadeKey, type WriterCommands } from './writer-commands.js';

/** Ids as pkcs15-init gives them: one byte, from `E` on. */
const FIRST_ID = 0x45;
const LAST_ID = 0xfe;

/** Makes a key pair: key, file of the public half, PuKDF, PrKDF. What fails leaves nothing behind. */
export async function generateKeyPair(
  exchange: ApduExchange,
  commands: WriterCommands,
  { spec, label, slot }: { readonly spec: KeySpec; readonly label: string; readonly slot?: number },
): Promise<GeneratedKey> {
  const tree = await readTree(exchange);
  const draft = draftOf(tree, commands, spec, label);
  const writing = { exchange, commands, layout: commands.layout, tree };
  requireRoom(writing, 'publicKeys', encodePublicKey(draft).length);
  requireRoom(writing, 'privateKeys', encodePrivateKey(draft).length);
  const taken = entriesOf(tree, 'privateKeys', parseKeyEntry);
  const key = await commands.makeKey(exchange, { spec, slot, taken });
  try {
    await publish(writing, commands, draft, key);
  } catch (error) {
    if (cardRefused(error)) await commands.deleteKey(exchange, key.reference);
    throw error;
  }
  return { reference: key.reference, publicKey: key.publicKey };
}

/** The entries as they will be, with numbers and paths of the same length as the true ones. */
function draftOf(tree: FileTree, commands: WriterCommands, spec: KeySpec, label: string): NewKeyPair {
  const pins = entriesOf(tree, 'authObjects', parsePinEntry);
  const pin = pins.find(({ role, reference }) => role === 'user' && reference === commands.pin);
  const { path } = fileInApplication(commands.publicKeyFids.first);
  return {
    label,
    id: freeId(tree),
    algorithm: spec.startsWith('rsa') ? 'rsa' : 'ec',
    bits: keyBits[spec],
    authId: pin?.authId,
    keyReference: 0,
    keyPath: path,
    publicKeyFile: fileInApplication(commands.publicKeyFids.first),
  };
}

function freeId(tree: FileTree): Uint8Array {
  const taken = [
    ...entriesOf(tree, 'privateKeys', parseKeyEntry),
    ...entriesOf(tree, 'publicKeys', parseKeyEntry),
    ...entriesOf(tree, 'certificates', parseCertificateEntry),
  ];
  for (let id = FIRST_ID; id <= LAST_ID; id += 1) {
    const bytes = Uint8Array.of(id);
    if (!taken.some((entry) => equalBytes(entry.id, bytes))) return bytes;
  }
  throw new MiddlewareError('ERR_CARD_NO_CONTAINER', 'No id is free');
}

async function publish(
  writing: DirectoryWriting,
  commands: WriterCommands,
  draft: NewKeyPair,
  { keyReference, keyPath, publicKey }: MadeKey,
): Promise<void> {
  const { exchange, tree } = writing;
  const contents = draft.algorithm === 'rsa' ? rsaKeyOf(publicKey) : publicKey;
  const publicKeyFile = await writeNewFile(exchange, commands, commands.publicKeyFids, contents);
  const pair = { ...draft, keyReference, keyPath, publicKeyFile };
  try {
    await commands.announceChange(exchange);
    await addEntry(writing, 'publicKeys', encodePublicKey(pair));
    try {
      // EF.ODF has changed when a directory was made.
      const now = ownDirectory(tree, 'publicKeys') === undefined ? await readTree(exchange) : tree;
      await addEntry({ ...writing, tree: now }, 'privateKeys', encodePrivateKey(pair));
    } catch (error) {
      if (cardRefused(error)) await withdraw(writing, encodePublicKey(pair));
      throw error;
    }
  } catch (error) {
    if (cardRefused(error)) await removeFile(exchange, commands, fidOf(publicKeyFile));
    throw error;
  }
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
