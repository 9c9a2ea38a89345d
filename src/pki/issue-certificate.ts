import { randomBytes, webcrypto } from 'node:crypto';
import { encodeTlv } from '../core/ber-tlv.js';
import { toHex } from '../core/bytes.js';
import type { CertificateInfo, KeyType } from '../model/certificate.js';
import { derTag } from './der.js';
import { nameAttributes } from './distinguished-name.js';
import { extensionOid } from './extensions.js';
import { sequenceOf } from './der-writing.js';
import { exportIssuingKey, type IssuingKey } from './issuing-key.js';
import { loadX509Library, type X509Library } from './x509-library.js';

/** Attributes of a name in the order of the encoding, country first. */
export type NameAttributes = readonly (readonly [keyof typeof nameAttributes, string])[];

/** The key that a certificate is for; its private half may be somewhere else. */
export type SubjectKey = Pick<IssuingKey, 'keyType' | 'publicKey'>;

/** What a certificate shall say. */
export interface CertificateTemplate {
  readonly subject: NameAttributes;
  readonly issuer: NameAttributes;
  readonly subjectKey: SubjectKey;
  readonly issuerKey: IssuingKey;
  /** Milliseconds since the epoch; cut to whole seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly keyUsage: CertificateInfo['keyUsage'];
  /** How many CAs may follow below this one; undefined makes it no CA. */
  readonly pathLength?: number;
  /** OIDs. */
  readonly extendedKeyUsage?: readonly string[];
  readonly policies?: readonly string[];
  /** User principal name of a domain account. */
  readonly upn?: string;
  readonly dnsNames?: readonly string[];
  readonly cardNumber?: string;
  /** As an iPAddress, four numbers with points. */
  readonly ipAddresses?: readonly string[];
  readonly crlUrl?: string;
  /** Where the delta list is (RFC 5280 §4.2.1.15). */
  readonly deltaUrl?: string;
  readonly ocspUrl?: string;
  /** id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1), for the certificate of an OCSP responder. */
  readonly ocspNoCheck?: boolean;
}

/** Writes and signs a certificate (RFC 5280 §4.1) with a random serial number of 16 bytes; returns DER. */
export async function issueCertificate(template: CertificateTemplate): Promise<Uint8Array> {
  const x509 = await loadX509Library();
  const [publicKey, authorityKey, signingKey] = await Promise.all([
    importPublic(template.subjectKey),
    importPublic(template.issuerKey),
    importPrivate(template.issuerKey),
  ]);
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: newSerialNumber(),
      subject: new x509.Name(jsonName(template.subject)),
      issuer: new x509.Name(jsonName(template.issuer)),
      notBefore: wholeSeconds(template.notBefore),
      notAfter: wholeSeconds(template.notAfter),
      publicKey,
      signingKey,
      signingAlgorithm: algorithms[template.issuerKey.keyType],
      extensions: [
        ...extensionsOf(x509, template),
        await x509.SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
        await x509.AuthorityKeyIdentifierExtension.create(authorityKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return new Uint8Array(certificate.rawData);
}

function extensionsOf(x509: X509Library, template: CertificateTemplate) {
  const { pathLength, extendedKeyUsage, policies, cardNumber, crlUrl, deltaUrl, ocspUrl } = template;
  const names = [
    ...(template.upn === undefined ? [] : [{ type: 'upn' as const, value: template.upn }]),
    ...(template.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(template.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  const usages = template.keyUsage.map((usage) => x509.KeyUsageFlags[usage]).reduce((all, one) => all | one);
  return [
    ...(pathLength === undefined ? [] : [new x509.BasicConstraintsExtension(true, pathLength, true)]),
    new x509.KeyUsagesExtension(usages, true),
    ...(extendedKeyUsage ? [new x509.ExtendedKeyUsageExtension([...extendedKeyUsage])] : []),
    ...(policies ? [new x509.CertificatePolicyExtension([...policies])] : []),
    ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
    ...(cardNumber === undefined
      ? []
      : [new x509.Extension(extensionOid.cardNumber, false, Uint8Array.from(printableString(cardNumber)))]),
    ...(crlUrl === undefined ? [] : [new x509.CRLDistributionPointsExtension([crlUrl])]),
    ...(deltaUrl === undefined
      ? []
      : [new x509.Extension(freshestCrl, false, Uint8Array.from(freshestCrlOf(deltaUrl)))]),
    ...(ocspUrl === undefined ? [] : [new x509.AuthorityInfoAccessExtension({ ocsp: ocspUrl })]),
    ...(template.ocspNoCheck === true ? [new x509.Extension(ocspNoCheck, false, Uint8Array.of(0x05, 0))] : []),
  ];
}

/** FreshestCRL (RFC 5280 §4.2.1.15 and §5.2.6) stands in certificates and in full lists. */
export const freshestCrl = '2.5.29.46';

/** The value of a {@link freshestCrl} extension: one distribution point with one address. */
export function freshestCrlOf(url: string): Uint8Array {
  const name = encodeTlv(0x86, Buffer.from(url, 'latin1'));
  return sequenceOf(sequenceOf(encodeTlv(0xa0, encodeTlv(0xa0, name))));
}

const ocspNoCheck = '1.3.6.1.5.5.7.48.1.5';

const printableString = (text: string): number[] => [
  derTag.printableString,
  text.length,
  ...Buffer.from(text, 'ascii'),
];

/** RFC 5280 §4.1.2.4 and appendix A: country and serialNumber are PrintableString, the rest UTF-8. */
function jsonName(attributes: NameAttributes) {
  return attributes.map(([type, value]) => ({
    [nameAttributes[type]]: [
      type === 'C' || type === 'serialNumber' ? { printableString: value } : { utf8String: value },
    ],
  }));
}

/** Positive (RFC 5280 §4.1.2.2): the first bit is 0, and the next 1 so that the length is always the same. */
function newSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return toHex(bytes);
}

const wholeSeconds = (milliseconds: number): Date => new Date(Math.floor(milliseconds / 1000) * 1000);

/** Web Crypto algorithms by key type of the issuer. */
const algorithms = {
  rsa: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  'ec-p256': { name: 'ECDSA', hash: 'SHA-256', namedCurve: 'P-256' },
  'ec-p384': { name: 'ECDSA', hash: 'SHA-384', namedCurve: 'P-384' },
} as const satisfies Record<KeyType, unknown>;

const importPublic = async ({ keyType, publicKey }: SubjectKey) =>
  await webcrypto.subtle.importKey(
    'spki',
    publicKey.export({ format: 'der', type: 'spki' }),
    algorithms[keyType],
    true,
    ['verify'],
  );

const importPrivate = async (key: IssuingKey) =>
  await webcrypto.subtle.importKey('pkcs8', exportIssuingKey(key), algorithms[key.keyType], false, ['sign']);
