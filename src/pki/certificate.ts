/*
 * Reading certificates takes this small DER walk and node:crypto, not @peculiar/x509: importing that family costs about
 * 0.25 s and 18 MB resident (Node 20), node:crypto 3 ms and 1.5 MB, and every daemon and every IdP's verifier reads
 * certificates. Writing them, in issue-certificate.ts alone, is worth the price.
 */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { toHex } from '../core/bytes.js';
import type { CertificateInfo, PersonName } from '../model/certificate.js';
import { isSerialNumber } from './der-cursor.js';
import { contentsOf, derTag, malformedCertificate, readBitString, readDer, readOnly, readTime } from './der.js';
import { attributeOf, readName, type DistinguishedName } from './distinguished-name.js';
import { readExtensions, type CertificateExtensions } from './extensions.js';
import { readSpki } from './spki.js';

/** Larger certificates are refused before they are looked at. */
export const maxCertificateBytes = 16_384;

/** A certificate with the parts that a path check needs; only pki sees it. */
export interface X509 {
  readonly info: CertificateInfo;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  /** Undefined for a key of another kind than {@link KeyType}: nobody can mistake it for one that was checked. */
  readonly publicKey: KeyObject | undefined;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  /** Contents of the serial number's INTEGER. */
  readonly serial: Uint8Array;
  readonly extensions: CertificateExtensions;
  /** DER of the AlgorithmIdentifier that it is signed with, what is signed, and the signature. */
  readonly signatureAlgorithm: Uint8Array;
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Reads one DER certificate (RFC 5280 §4.1); says nothing about its signature, validity or trust.
 *
 * @throws {MiddlewareError} ERR_CERT_MALFORMED for anything that is not strict DER of at most 16 KiB, for trailing
 *   bytes, and for RSA and EC keys that are none. Keys of other algorithms are not looked into.
 */
export function parseCertificate(der: Uint8Array): CertificateInfo {
  return readX509(der).info;
}

/** Those that were read already, so that judging a certificate does not read it again. */
const known = new WeakMap<CertificateInfo, X509>();

/** What only pki needs of a certificate that was read. */
export function x509Of(info: CertificateInfo): X509 {
  return known.get(info) ?? readX509(info.der);
}

/**
 * The key of a certificate that was read.
 *
 * @throws {MiddlewareError} ERR_CERT_MALFORMED for one that is neither RSA nor P-256 nor P-384.
 */
export function publicKeyOf(info: CertificateInfo): KeyObject {
  const { publicKey } = x509Of(info);
  if (publicKey === undefined) throw malformedCertificate('key type');
  return publicKey;
}

/** {@link parseCertificate} with what only pki needs. */
export function readX509(bytes: Uint8Array): X509 {
  if (bytes.length > maxCertificateBytes) throw malformedCertificate('too long');
  // A copy, since what is read are views that outlive the caller's buffer.
  const der = Uint8Array.from(bytes);
  const [tbs, algorithm, signature, ...rest] = readDer(readOnly(der, derTag.sequence, 'certificate'));
  const signatureBits = readBitString(contentsOf(signature, derTag.bitString, 'signature'));
  contentsOf(algorithm, derTag.sequence, 'signature algorithm');
  if (rest.length > 0 || algorithm === undefined || tbs === undefined || signatureBits.unused > 0)
    throw malformedCertificate('certificate');
  const body = readBody(contentsOf(tbs, derTag.sequence, 'to-be-signed part'));
  // RFC 5280 §4.1.1.2: named twice, once under the signature, and both must agree.
  if (Buffer.compare(body.algorithm, algorithm.encoded) !== 0) throw malformedCertificate('two signature algorithms');
  const { subject, issuer, extensions } = body;
  const { publicKey, ...keyFacts } = readPublicKey(body.spki);
  const info: CertificateInfo = {
    der,
    fingerprint: sha256Hex(der),
    serialNumber: body.serialNumber,
    subject: subject.text,
    issuer: issuer.text,
    person: personOf(subject),
    notBefore: body.notBefore,
    notAfter: body.notAfter,
    ...keyFacts,
    keyUsage: extensions.keyUsage ?? [],
    extendedKeyUsage: extensions.extendedKeyUsage ?? [],
    policies: extensions.policies ?? [],
    isCa: extensions.isCa ?? false,
    spkiSha256: sha256Hex(body.spki),
    ...(extensions.cardNumber === undefined ? {} : { cardNumber: extensions.cardNumber }),
  };
  const { serial } = body;
  const read: X509 = {
    info,
    subject,
    issuer,
    publicKey,
    spki: body.spki,
    serial,
    extensions,
    signatureAlgorithm: algorithm.encoded,
    signedBytes: tbs.encoded,
    signature: signatureBits.bytes,
  };
  known.set(info, read);
  return read;
}

function readBody(tbs: Uint8Array) {
  const [version, serial, algorithm, issuer, validity, subject, spki, ...optional] = readDer(tbs);
  const versionNumber = readOnly(contentsOf(version, 0xa0, 'version'), derTag.integer, 'version');
  if (toHex(versionNumber) !== '02') throw malformedCertificate('not version 3');
  const serialBytes = contentsOf(serial, derTag.integer, 'serial number');
  // Of two ways to write one number, a list of revoked ones would name the other.
  if (!isSerialNumber(serialBytes, 0, serialBytes.length)) throw malformedCertificate('serial number');
  contentsOf(spki, derTag.sequence, 'public key');
  const [notBefore, notAfter, ...more] = readDer(contentsOf(validity, derTag.sequence, 'validity'));
  if (more.length > 0) throw malformedCertificate('validity');
  return {
    serial: serialBytes,
    serialNumber: toHex(serialBytes).replace(/^00(?=.)/, ''),
    algorithm: algorithm?.encoded ?? new Uint8Array(),
    issuer: readName(issuer),
    subject: readName(subject),
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    spki: spki?.encoded ?? new Uint8Array(),
    extensions: readExtensions(optional.find(({ tag }) => tag === 0xa3)?.contents),
  };
}

type ReadKey = Pick<CertificateInfo, 'keyType' | 'keyBits'> & Pick<X509, 'publicKey'>;

/** rsaEncryption and id-ecPublicKey (RFC 3279 §2.3.1, RFC 5480 §2.1.1): keys that must be ones. */
const lookedInto = ['1.2.840.113549.1.1.1', '1.2.840.10045.2.1'];

function readPublicKey(spki: Uint8Array): ReadKey {
  const { algorithm } = readSpki(spki);
  const key = loadKey(spki);
  if (key === undefined && lookedInto.includes(algorithm)) throw malformedCertificate('public key');
  const { modulusLength, namedCurve } = key?.asymmetricKeyDetails ?? {};
  if (key?.asymmetricKeyType === 'rsa' && modulusLength !== undefined) {
    return { keyType: 'rsa', keyBits: modulusLength, publicKey: key };
  }
  if (namedCurve === 'prime256v1') return { keyType: 'ec-p256', keyBits: 256, publicKey: key };
  if (namedCurve === 'secp384r1') return { keyType: 'ec-p384', keyBits: 384, publicKey: key };
  return { keyType: 'other', keyBits: modulusLength ?? fieldBits(namedCurve), publicKey: undefined };
}

/** Undefined where this OpenSSL knows no such keys, or they are none. */
function loadKey(spki: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

const fieldBits = (curve: string | undefined): number => Number(/\d{3}/.exec(curve ?? '')?.[0] ?? 0);

function personOf(subject: DistinguishedName): PersonName {
  const optional = {
    givenName: attributeOf(subject, 'GN'),
    surname: attributeOf(subject, 'SN'),
    organization: attributeOf(subject, 'O'),
    personId: attributeOf(subject, 'serialNumber'),
  };
  const present = Object.entries(optional).filter(([, value]) => value !== undefined);
  return { commonName: attributeOf(subject, 'CN') ?? '', ...Object.fromEntries(present) };
}

const sha256Hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
