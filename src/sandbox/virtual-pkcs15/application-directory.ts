import { createPublicKey, type KeyObject } from 'node:crypto';
import { concatBytes, fromHex } from '../../core/bytes.js';
import type { CardFile, DedicatedFile, ElementaryFile } from './card-files.js';
import { PIN_2, type CardLayout } from './card-layout.js';
import { PKCS15_AID, PKCS15_DIRECTORY } from './empty-card.js';
import {
  certificateEntry,
  odfEntry,
  pinEntry,
  privateKeyEntry,
  publicKeyEntry,
  tokenInfo,
  type KeyEntry,
} from './object-entries.js';
import type { PinBlock } from './pin-block.js';
import { bitsOf, exportKey } from './private-keys.js';

/** What a card needs to know of one certificate and its key. */
export interface StoredCertificate {
  readonly der: Uint8Array;
  readonly key: KeyObject | undefined;
  readonly id: Uint8Array;
  readonly label: string;
  readonly number: number;
  readonly pin: { readonly reference: number; readonly authId: number };
  readonly onlySigns: boolean;
  readonly userConsent: boolean;
}

/** A file with room behind its content; directory files end at the first 00. */
export function elementary(
  { access }: CardLayout,
  fid: number,
  bytes: Uint8Array,
  size = bytes.length,
): ElementaryFile {
  const content = new Uint8Array(Math.max(size, bytes.length));
  content.set(bytes);
  return { kind: 'ef', fid, access: access.file, content };
}

/** What the application of a storedalized card tells of itself. */
export interface ApplicationContents {
  readonly label: string;
  readonly serial: Uint8Array;
  readonly lastUpdate: Date;
  readonly block: PinBlock;
  readonly hasSignaturePin: boolean;
  readonly certificates: readonly StoredCertificate[];
}

/** The directory 5015 with all its files. */
export function applicationDirectory(layout: CardLayout, contents: ApplicationContents): DedicatedFile {
  const { label, serial, lastUpdate, certificates } = contents;
  const keyed = certificates.filter(({ key }) => key !== undefined);
  const listing = (fid: number, entries: readonly Uint8Array[]): CardFile => {
    const bytes = concatBytes(...entries);
    const { directoryFileSize } = layout;
    return elementary(layout, fid, bytes, Math.max(directoryFileSize, bytes.length + directoryFileSize / 2));
  };
  return {
    kind: 'df',
    fid: PKCS15_DIRECTORY,
    access: layout.access.directory,
    aid: PKCS15_AID,
    children: [
      elementary(layout, 0x5031, concatBytes(...odf(layout)), 256),
      elementary(layout, 0x5032, tokenInfo({ serial, manufacturer: 'kort sandbox', label, lastUpdate }), 160),
      elementary(layout, 0x4946, concatBytes(fromHex('0106'), Buffer.from('pkcs15', 'ascii')), 128),
      listing(layout.aodf, pins(contents, layout)),
      listing(
        layout.prkdf,
        keyed.map((stored) => privateEntry(stored, layout)),
      ),
      listing(
        layout.pukdf,
        keyed.map((stored) => publicKeyEntry(publicEntry(stored, layout))),
      ),
      listing(
        layout.cdf,
        certificates.map((stored) => entryOfCertificate(stored, layout)),
      ),
      ...certificates.flatMap((stored) => filesOf(stored, layout)),
    ],
  };
}

/** ODF: authentication objects [8], private keys [0], public keys [1], certificates [4]. */
const odf = ({ aodf, prkdf, pukdf, cdf }: CardLayout): Uint8Array[] => [
  odfEntry(0xa8, aodf),
  odfEntry(0xa0, prkdf),
  odfEntry(0xa1, pukdf),
  odfEntry(0xa4, cdf),
];

function pins({ block, hasSignaturePin }: ApplicationContents, { userPin }: CardLayout): Uint8Array[] {
  const user = pinEntry({ label: 'User PIN', ...userPin, block });
  return hasSignaturePin ? [user, pinEntry({ label: 'Signature PIN', ...PIN_2, block })] : [user];
}

const typeOf = ({ key }: StoredCertificate): KeyEntry['type'] => (key?.asymmetricKeyType === 'rsa' ? 'rsa' : 'ec');

/** KeyUsageFlags: encrypt 0, decrypt 1, sign 2, signRecover 3, wrap 4, unwrap 5, verify 6, verifyRecover 7, derive 8, nonRepudiation 9. */
const privateUsage = { rsa: [1, 2, 3, 5], ec: [2, 3, 8] } as const;
const publicUsage = { rsa: [0, 4, 6, 7], ec: [6, 7, 8] } as const;

const fileNumber = (first: number | undefined, { number }: StoredCertificate): number | undefined =>
  first === undefined ? undefined : first + number;

function privateEntry(stored: StoredCertificate, { privateKeys }: CardLayout): Uint8Array {
  const { label, id, key, number, pin } = stored;
  return privateKeyEntry({
    type: typeOf(stored),
    label,
    id,
    bits: key === undefined ? 0 : bitsOf(key),
    usage: stored.onlySigns ? [2, 9] : privateUsage[typeOf(stored)],
    file: fileNumber(privateKeys, stored),
    authId: pin.authId,
    // MyEID's means nothing: a key is chosen by its file.
    reference: privateKeys === undefined ? number : number + 1,
    userConsent: stored.userConsent,
  });
}

function publicEntry(stored: StoredCertificate, { publicKeys }: CardLayout): KeyEntry {
  const { label, id, key } = stored;
  const type = typeOf(stored);
  return {
    type,
    label,
    id,
    bits: key === undefined ? 0 : bitsOf(key),
    usage: publicUsage[type],
    file: fileNumber(publicKeys, stored),
  };
}

const entryOfCertificate = ({ label, id, key, number }: StoredCertificate, { certificates }: CardLayout): Uint8Array =>
  certificateEntry(label, id, certificates + number, key === undefined);

/** The files of one certificate: itself, its public key, and with MyEID the private one. */
function filesOf(stored: StoredCertificate, layout: CardLayout): CardFile[] {
  const { der, key, number, pin } = stored;
  const files: CardFile[] = [elementary(layout, layout.certificates + number, der)];
  if (key === undefined) return files;
  files.push(elementary(layout, layout.publicKeys + number, publicKeyFile(key)));
  if (layout.privateKeys !== undefined) {
    const access = layout.access.key(pin.reference);
    const common = { kind: 'key', fid: layout.privateKeys + number, access, type: typeOf(stored) } as const;
    files.push({ ...common, bits: bitsOf(key), pkcs8: exportKey(key) });
  }
  return files;
}

/** RSAPublicKey or SubjectPublicKeyInfo. */
function publicKeyFile(key: KeyObject): Uint8Array {
  const publicKey = createPublicKey(key);
  const isRsa = key.asymmetricKeyType === 'rsa';
  return new Uint8Array(
    isRsa ? publicKey.export({ format: 'der', type: 'pkcs1' }) : publicKey.export({ format: 'der', type: 'spki' }),
  );
}
