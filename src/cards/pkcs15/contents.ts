import { equalBytes } from '../../core/bytes.js';
import { isMiddlewareError } from '../../core/errors.js';
import { SW_NOT_FOUND, statusError } from '../status-words.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { CardCertificate, CardContents, CardKey, CardPin } from '../card-application.js';
import { parsePinEntry, type PinEntry } from './authentication-objects.js';
import { parseCertificateEntry, type CertificateEntry } from './certificate-entries.js';
import type { CommandSet } from './command-set.js';
import { concernsOneFile, readDerObject, readDirectory } from './file-access.js';
import { fileInApplication, ODF_FID, pathName } from './file-path.js';
import { parseKeyEntry, type KeyEntry } from './key-entries.js';
import { parseObjectDirectory, type Directory, type DirectoryKind } from './object-directory.js';
import { splitDirectory } from './pkcs15-object.js';

type Unreadable = CardContents['unreadable'][number];

/** More than any card holds. Directories can name many, and one file again and again, each to be read and kept. */
const MAX_CERTIFICATES = 64;

/** What the directories of a card say. */
interface Directories {
  readonly pins: readonly PinEntry[];
  readonly keys: readonly KeyEntry[];
  readonly certificates: readonly CertificateEntry[];
  readonly unreadable: Unreadable[];
}

/**
 * Reads the directories and certificates of a card; public-key and data objects are not needed. Two commands a
 * directory, two and more a certificate.
 *
 * @throws {MiddlewareError} ERR_CARD_FILE_NOT_FOUND without EF.ODF; ERR_CARD_RESPONSE when all of it makes no sense; by
 *   status word.
 */
export async function readContents(
  exchange: ApduExchange,
  commands: CommandSet,
  label: string | undefined,
): Promise<CardContents> {
  const directories = await readDirectories(exchange);
  const { unreadable } = directories;
  const pins = describePins(directories, commands);
  const certificates: CardCertificate[] = [];
  for (const [number, entry] of directories.certificates.slice(0, MAX_CERTIFICATES).entries()) {
    const name = 'file' in entry.value ? pathName(entry.value.file) : `CDF entry ${number + 1}`;
    try {
      const der = 'file' in entry.value ? await readDerObject(exchange, entry.value.file) : entry.value.direct;
      certificates.push({ name, der, key: keyOf(entry, directories, pins, commands) });
    } catch (error) {
      if (!concernsOneFile(error)) throw error;
      unreadable.push({ name, error });
    }
  }
  // Several entries may name one PIN, each with an id of its own.
  const references = new Map(pins.map(({ pin }) => [pin.reference, pin]));
  return { certificates, unreadable, pins: [...references.values()], label };
}

async function readDirectories(exchange: ApduExchange): Promise<Directories> {
  const file = await readDirectory(exchange, fileInApplication(ODF_FID));
  if (file === undefined) throw statusError(SW_NOT_FOUND, 'SELECT EF.ODF');
  const { directories, damaged } = parseObjectDirectory(file.bytes);
  if (directories.length === 0 && damaged[0] !== undefined) throw damaged[0];
  const unreadable: Unreadable[] = damaged.map((error) => ({ name: 'ODF entry', error }));
  const read = async <T>(kind: DirectoryKind, parse: (entry: Uint8Array) => T | undefined): Promise<T[]> => {
    const found: T[] = [];
    for (const directory of directories) {
      if (directory.kind !== kind) continue;
      found.push(...(await readEntries(exchange, directory, parse, unreadable)));
    }
    return found;
  };
  return {
    pins: await read('authObjects', parsePinEntry),
    keys: await read('privateKeys', parseKeyEntry),
    certificates: await read('certificates', parseCertificateEntry),
    unreadable,
  };
}

/** The entries of one directory that make sense; the others, and a directory that cannot be read, go to `unreadable`. */
async function readEntries<T>(
  exchange: ApduExchange,
  directory: Directory,
  parse: (entry: Uint8Array) => T | undefined,
  unreadable: Unreadable[],
): Promise<T[]> {
  const name = 'file' in directory ? pathName(directory.file) : directory.kind;
  const attempt = <R>(part: string, work: () => R): R | undefined => {
    try {
      return work();
    } catch (error) {
      if (!isMiddlewareError(error)) throw error;
      unreadable.push({ name: part, error });
      return undefined;
    }
  };
  let entries: readonly Uint8Array[];
  try {
    entries = await entriesOf(exchange, directory);
  } catch (error) {
    if (!concernsOneFile(error)) throw error;
    unreadable.push({ name, error });
    return [];
  }
  const found = entries.map((entry, number) => attempt(`${name} entry ${number + 1}`, () => parse(entry)));
  return found.filter((entry) => entry !== undefined);
}

async function entriesOf(exchange: ApduExchange, directory: Directory): Promise<readonly Uint8Array[]> {
  if ('inline' in directory) return splitDirectory(directory.inline, directory.inline.length).entries;
  return (await readDirectory(exchange, directory.file))?.entries ?? [];
}

interface DescribedPin {
  readonly pin: CardPin;
  readonly authId: Uint8Array;
}

/**
 * The holder's PINs; those of security officers and those that unblock others are not ours to ask for. One that is not
 * sent as text (packed digits) would be a wrong one as we send it.
 */
function describePins({ pins, keys }: Directories, commands: CommandSet): DescribedPin[] {
  const own = pins.filter(({ role, type }) => role === 'user' && (type === 'ascii-numeric' || type === 'utf8'));
  const several = own.length > 1;
  const described: DescribedPin[] = [];
  for (const entry of own) {
    const role = several && isForSignatures(entry, keys) ? 'signature' : 'authentication';
    const pin = commands.pin(entry, role);
    if (pin !== undefined) described.push({ pin, authId: entry.authId });
  }
  return described;
}

/** A PIN whose keys all sign for good: non-repudiation, or a PIN for each use. */
function isForSignatures({ authId }: PinEntry, keys: readonly KeyEntry[]): boolean {
  const guarded = keys.filter((key) => key.authId !== undefined && equalBytes(key.authId, authId));
  return (
    guarded.length > 0 && guarded.every(({ usage, userConsent }) => usage.has('non-repudiation') || userConsent > 0)
  );
}

function keyOf(
  certificate: CertificateEntry,
  { keys }: Directories,
  pins: readonly DescribedPin[],
  commands: CommandSet,
): CardKey | undefined {
  const entry = keys.find((key) => key.native && equalBytes(key.id, certificate.id));
  if (entry === undefined || certificate.isAuthority) return undefined;
  const reference = commands.keyReference(entry);
  const pin = pins.find(({ authId }) => entry.authId === undefined || equalBytes(authId, entry.authId))?.pin;
  if (reference === undefined || pin === undefined) return undefined;
  const { usage, userConsent } = entry;
  return {
    reference,
    pin: pin.reference,
    canSign: usage.has('sign') || usage.has('sign-recover') || usage.has('non-repudiation'),
    canDecipher: entry.algorithm === 'rsa' && (usage.has('decrypt') || usage.has('unwrap')),
    pinEachTime: userConsent > 0,
  };
}
