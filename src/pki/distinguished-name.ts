import { contentsOf, derTag, malformedCertificate, readDer, readOid, type DerElement } from './der.js';

/** One attribute of a distinguished name, in the order of the encoding. */
interface NameAttribute {
  readonly oid: string;
  readonly value: string;
}

/** A distinguished name that was read: its attributes, and the RFC 4514 string of them. */
export interface DistinguishedName {
  readonly attributes: readonly NameAttribute[];
  /** Most specific part first, e.g. `CN=TEST SITHS e-id Root CA v2,O=Inera AB,C=SE`. */
  readonly text: string;
  /** DER, for comparing names. */
  readonly encoded: Uint8Array;
}

/** Attribute types by name: RFC 4514 §3, and RFC 4519 §2 with the short names that OpenSSL prints. */
export const nameAttributes = {
  CN: '2.5.4.3',
  SN: '2.5.4.4',
  serialNumber: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  title: '2.5.4.12',
  GN: '2.5.4.42',
  organizationIdentifier: '2.5.4.97',
  DC: '0.9.2342.19200300.100.1.25',
  UID: '0.9.2342.19200300.100.1.1',
} as const;

const nameByOid = new Map<string, string>(Object.entries(nameAttributes).map(([name, oid]) => [oid, name]));

/**
 * Reads a Name (RFC 5280 §4.1.2.4).
 *
 * @throws {MiddlewareError} ERR_CERT_MALFORMED also for a string type that cannot be read as text.
 */
export function readName(element: DerElement | undefined): DistinguishedName {
  const sets = readDer(contentsOf(element, derTag.sequence, 'name')).map((set) =>
    readDer(contentsOf(set, derTag.set, 'name')).map(readAttribute),
  );
  const text = sets
    .map((set) => set.map(({ oid, value }) => `${nameByOid.get(oid) ?? oid}=${escapeValue(value)}`).join('+'))
    .reverse()
    .join(',');
  return { attributes: sets.flat(), text, encoded: element?.encoded ?? new Uint8Array() };
}

/** The value of the first attribute of that type. */
export function attributeOf(name: DistinguishedName, type: keyof typeof nameAttributes): string | undefined {
  return name.attributes.find(({ oid }) => oid === nameAttributes[type])?.value;
}

function readAttribute(element: DerElement): NameAttribute {
  const [type, value, ...rest] = readDer(contentsOf(element, derTag.sequence, 'name attribute'));
  if (value === undefined || rest.length > 0) throw malformedCertificate('name attribute');
  return { oid: readOid(contentsOf(type, derTag.oid, 'name attribute type')), value: readText(value) };
}

const textEncodings: Readonly<Record<number, string>> = {
  [derTag.utf8String]: 'utf-8',
  [derTag.printableString]: 'utf-8',
  [derTag.ia5String]: 'utf-8',
  [derTag.teletexString]: 'latin1',
  [derTag.bmpString]: 'utf-16be',
};

/** Text of a string element; PrintableString and IA5String are subsets of UTF-8. */
export function readText(element: DerElement): string {
  const encoding = textEncodings[element.tag];
  if (encoding === undefined) throw malformedCertificate('string type');
  try {
    return decode(element.contents, encoding);
  } catch (cause) {
    if (cause instanceof TypeError) throw malformedCertificate('text');
    throw cause;
  }
}

function decode(bytes: Uint8Array, encoding: string): string {
  if (encoding !== 'utf-16be') return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  // Builds of Node without full ICU cannot decode utf-16be: swap the bytes instead.
  if (bytes.length % 2 !== 0) throw malformedCertificate('BMPString');
  return new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes).swap16());
}

/** RFC 4514 §2.4; control characters as hex pairs. */
function escapeValue(value: string): string {
  return value
    .replace(/["+,;<>\\]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ')
    .replace(/\p{Cc}/gu, (character) =>
      [...Buffer.from(character)].map((byte) => `\\${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
    );
}
