import type { CertificateInfo } from '../model/certificate.js';
import {
  contentsOf,
  derTag,
  malformedCertificate,
  readBitString,
  readBoolean,
  readDer,
  readOid,
  readOnly,
  type DerElement,
} from './der.js';
import { readText } from './distinguished-name.js';

/** Object identifiers of certificate extensions (RFC 5280 §4.2) and the card number of Swedish ID cards. */
export const extensionOid = {
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  certificatePolicies: '2.5.29.32',
  extendedKeyUsage: '2.5.29.37',
  cardNumber: '1.2.752.34.2.1',
} as const;

/** Extensions that only a revocation check reads (RFC 5280 §4.2.1.13, §4.2.1.15 and §4.2.2.1, RFC 6960 §4.2.2.2.1). */
const revocationOid = {
  crlDistributionPoints: '2.5.29.31',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
  freshestCrl: '2.5.29.46',
} as const;

/** What the extensions of a certificate say; a member is undefined when the extension is absent. */
export interface CertificateExtensions {
  readonly keyUsage?: CertificateInfo['keyUsage'];
  readonly extendedKeyUsage?: readonly string[];
  readonly policies?: readonly string[];
  readonly isCa?: boolean;
  readonly pathLength?: number;
  readonly cardNumber?: string;
  /** DER, not looked into. */
  readonly subjectAltName?: Uint8Array;
  /** DER, not looked into: where a list is, and where an OCSP responder. */
  readonly crlDistributionPoints?: Uint8Array;
  readonly authorityInfoAccess?: Uint8Array;
  /** Likewise: where a list is of what has changed since the full one. */
  readonly freshestCrl?: Uint8Array;
  /** The certificate of an OCSP responder that need not be checked itself. */
  readonly ocspNoCheck?: boolean;
  /** Critical ones that nobody here understands: a path through them must fail (RFC 5280 §4.2). */
  readonly unknownCritical: readonly string[];
}

/** Bit numbers of KeyUsage (RFC 5280 §4.2.1.3) that {@link CertificateInfo} names. */
const keyUsageBits = [
  ['digitalSignature', 0],
  ['nonRepudiation', 1],
  ['keyEncipherment', 2],
  ['keyCertSign', 5],
  ['cRLSign', 6],
] as const;

const understood = new Set<string>(Object.values(extensionOid));

/** Reads the contents of the `[3]` element of a certificate; undefined when it has none. */
export function readExtensions(contents: Uint8Array | undefined): CertificateExtensions {
  const found = new Map<string, Uint8Array>();
  const unknownCritical: string[] = [];
  const list = contents === undefined ? [] : readDer(readOnly(contents, derTag.sequence, 'extensions'));
  for (const element of list) {
    const { oid, critical, value } = readExtension(element);
    if (found.has(oid)) throw malformedCertificate('extension twice');
    found.set(oid, value);
    if (critical && !understood.has(oid)) unknownCritical.push(oid);
  }
  const read = <T>(oid: string, reader: (value: Uint8Array) => T): T | undefined => {
    const value = found.get(oid);
    return value === undefined ? undefined : reader(value);
  };
  const known = {
    keyUsage: read(extensionOid.keyUsage, readKeyUsage),
    extendedKeyUsage: read(extensionOid.extendedKeyUsage, readExtendedKeyUsage),
    policies: read(extensionOid.certificatePolicies, readPolicies),
    cardNumber: read(extensionOid.cardNumber, readCardNumber),
    subjectAltName: found.get(extensionOid.subjectAltName),
    crlDistributionPoints: found.get(revocationOid.crlDistributionPoints),
    freshestCrl: found.get(revocationOid.freshestCrl),
    authorityInfoAccess: found.get(revocationOid.authorityInfoAccess),
    ocspNoCheck: found.has(revocationOid.ocspNoCheck) || undefined,
    ...read(extensionOid.basicConstraints, readBasicConstraints),
  };
  return { ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)), unknownCritical };
}

function readExtension(element: DerElement): { oid: string; critical: boolean; value: Uint8Array } {
  const parts = readDer(contentsOf(element, derTag.sequence, 'extension'));
  const [type, second] = parts;
  const critical = second?.tag === derTag.boolean;
  if (parts.length !== (critical ? 3 : 2)) throw malformedCertificate('extension');
  return {
    oid: readOid(contentsOf(type, derTag.oid, 'extension type')),
    critical: critical && readBoolean(second.contents),
    value: contentsOf(parts.at(-1), derTag.octetString, 'extension value'),
  };
}

function readKeyUsage(value: Uint8Array): CertificateInfo['keyUsage'] {
  const { bytes } = readBitString(readOnly(value, derTag.bitString, 'key usage'));
  return keyUsageBits.filter(([, bit]) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0).map(([name]) => name);
}

function readExtendedKeyUsage(value: Uint8Array): readonly string[] {
  return readDer(readOnly(value, derTag.sequence, 'extended key usage')).map((purpose) =>
    readOid(contentsOf(purpose, derTag.oid, 'extended key usage')),
  );
}

function readPolicies(value: Uint8Array): readonly string[] {
  return readDer(readOnly(value, derTag.sequence, 'policies')).map((policy) => {
    const [identifier] = readDer(contentsOf(policy, derTag.sequence, 'policy'));
    return readOid(contentsOf(identifier, derTag.oid, 'policy identifier'));
  });
}

function readBasicConstraints(value: Uint8Array): { isCa: boolean; pathLength?: number } {
  const parts = [...readDer(readOnly(value, derTag.sequence, 'basic constraints'))];
  const isCa = parts[0]?.tag === derTag.boolean && readBoolean(parts[0].contents);
  if (parts[0]?.tag === derTag.boolean) parts.shift();
  if (parts.length === 0) return { isCa };
  const length = contentsOf(parts[0], derTag.integer, 'path length');
  const [pathLength] = length;
  if (parts.length > 1 || length.length !== 1 || pathLength === undefined || pathLength > 0x7f) {
    throw malformedCertificate('path length');
  }
  return { isCa, pathLength };
}

/** A PrintableString of digits, on most cards 19 that start with 9752. */
function readCardNumber(value: Uint8Array): string {
  const [element, ...rest] = readDer(value);
  if (element === undefined || rest.length > 0) throw malformedCertificate('card number');
  const text = readText(element);
  if (!/^[0-9A-Za-z ]{1,32}$/.test(text)) throw malformedCertificate('card number');
  return text;
}
