import { encodeTlv } from '../../core/ber-tlv.js';
import { concatBytes, fromHex } from '../../core/bytes.js';
import { tags } from './der.js';
import type { FilePath } from './file-path.js';
import { directoryKinds, type DirectoryKind } from './object-directory.js';

/*
 * Entries of the directory files (ISO/IEC 7816-15:2016 §8), byte for byte as OpenSC's pkcs15-init writes them.
 */

/** A key pair for the PrKDF and PuKDF. */
export interface NewKeyPair {
  readonly label: string;
  readonly id: Uint8Array;
  readonly algorithm: 'rsa' | 'ec';
  readonly bits: number;
  readonly authId: Uint8Array | undefined;
  readonly keyReference: number;
  /** The private key's file, or the DF that it belongs to. */
  readonly keyPath: Uint8Array;
  readonly publicKeyFile: FilePath;
}

/** Longer labels are cut: what people read, and what a directory has room for. */
const MAX_LABEL = 64;
const MF = Uint8Array.of(0x3f, 0x00);

/** CommonObjectFlags: private and modifiable; modifiable. */
const PRIVATE = fromHex('030206c0');
const PUBLIC = fromHex('03020640');
/** KeyUsageFlags: decrypt, sign, signRecover, unwrap; encrypt, wrap, verify, verifyRecover; sign; verify. */
const usage = {
  rsaPrivate: fromHex('03020274'),
  rsaPublic: fromHex('0302008b'),
  ecPrivate: fromHex('03020520'),
  ecPublic: fromHex('03020102'),
} as const;
/** KeyAccessFlags: sensitive, alwaysSensitive, neverExtractable, local. */
const MADE_ON_CARD = fromHex('030203b8');
/** `native` FALSE: the public half is a file, not a key that the card computes with. */
const NOT_NATIVE = fromHex('010100');

const sequence = (...parts: readonly Uint8Array[]): Uint8Array => encodeTlv(tags.sequence, concatBytes(...parts));
const octets = (value: Uint8Array): Uint8Array => encodeTlv(tags.octetString, value);
const typed = (value: Uint8Array): Uint8Array => encodeTlv(tags.constructed(1), value);

function integer(value: number): Uint8Array {
  const digits = value < 0x80 ? [value] : value < 0x8000 ? [value >> 8, value & 0xff] : [0, value >> 8, value & 0xff];
  return encodeTlv(tags.integer, Uint8Array.from(digits));
}

/** A label of at most {@link MAX_LABEL} bytes that does not end in half a character. */
function label(text: string): Uint8Array {
  let bytes = Buffer.from(text.normalize('NFC'));
  if (bytes.length > MAX_LABEL) {
    bytes = bytes.subarray(0, MAX_LABEL);
    bytes = Buffer.from(bytes.toString('utf8').replace(/\ufffd$/, ''));
  }
  return encodeTlv(tags.utf8String, Uint8Array.from(bytes));
}

const path = (bytes: Uint8Array): Uint8Array => sequence(octets(concatBytes(MF, bytes)));

/** SEQUENCE for RSA, tag [0] for EC. */
const keyEntry = (algorithm: 'rsa' | 'ec', ...parts: readonly Uint8Array[]): Uint8Array =>
  encodeTlv(algorithm === 'rsa' ? tags.sequence : tags.constructed(0), concatBytes(...parts));

/** Entry of the PrKDF (§8.5). */
export function encodePrivateKey(key: NewKeyPair): Uint8Array {
  const common = [label(key.label), PRIVATE, ...(key.authId === undefined ? [] : [octets(key.authId)])];
  const bits = key.algorithm === 'rsa' ? usage.rsaPrivate : usage.ecPrivate;
  const attributes = sequence(octets(key.id), bits, MADE_ON_CARD, integer(key.keyReference));
  const type = typed(sequence(path(key.keyPath), integer(key.bits)));
  return keyEntry(key.algorithm, sequence(...common), attributes, type);
}

/** Entry of the PuKDF (§8.6). */
export function encodePublicKey(key: NewKeyPair): Uint8Array {
  const bits = key.algorithm === 'rsa' ? usage.rsaPublic : usage.ecPublic;
  const attributes = sequence(octets(key.id), bits, NOT_NATIVE, integer(key.keyReference));
  const size = key.algorithm === 'rsa' ? [integer(key.bits)] : [];
  const type = typed(sequence(path(key.publicKeyFile.path), ...size));
  return keyEntry(key.algorithm, sequence(label(key.label), PUBLIC), attributes, type);
}

/** Entry of the CDF (§8.7). */
export function encodeCertificate(certificate: {
  readonly label: string;
  readonly id: Uint8Array;
  readonly file: FilePath;
}): Uint8Array {
  return sequence(
    sequence(label(certificate.label), PUBLIC),
    sequence(octets(certificate.id)),
    typed(sequence(path(certificate.file.path))),
  );
}

/** Entry of EF.ODF (§8.4). */
export function encodeDirectory(kind: DirectoryKind, file: FilePath): Uint8Array {
  return encodeTlv(tags.constructed(directoryKinds[kind]), path(file.path));
}
