import type { KeySpec } from '../model/key.js';
import { contentsOf, derTag, malformedCertificate, readDer, readOid, readOnly, type DerElement } from './der.js';

/** What an issuer would like to see in a request (RFC 7030 §4.5.2). */
export interface RequestWishes {
  /** Key pairs, in its order; empty leaves them open. */
  readonly keySpecs: readonly KeySpec[];
  /** OIDs of everything else. */
  readonly others: readonly string[];
}

/** Named curves (RFC 5480 §2.1.1.1). */
const curves: Readonly<Record<string, KeySpec>> = {
  '1.2.840.10045.3.1.7': 'ec-p256',
  '1.3.132.0.34': 'ec-p384',
};
const moduli: Readonly<Record<string, KeySpec>> = { '0800': 'rsa-2048', '0c00': 'rsa-3072', '1000': 'rsa-4096' };

/** Key types as attributes, with curves or the bits of a modulus as values (RFC 7030 §4.5.2, RFC 8951 §3.3). */
const ecPublicKey = '1.2.840.10045.2.1';
const rsaEncryption = '1.2.840.113549.1.1.1';

/**
 * Reads CsrAttrs (RFC 7030 §4.5.2): a list of OIDs and attributes. What is not about key pairs is told by its OID only.
 *
 * @throws {MiddlewareError} ERR_CERT_MALFORMED.
 */
export function readCsrAttributes(der: Uint8Array): RequestWishes {
  const wishes = readDer(readOnly(der, derTag.sequence, 'request attributes')).map(readWish);
  return {
    keySpecs: [...new Set(wishes.flatMap(({ keySpecs }) => keySpecs))],
    others: wishes.flatMap(({ oid, keySpecs }) => (keySpecs.length > 0 ? [] : oid)),
  };
}

function readWish(element: DerElement): { oid: string; keySpecs: readonly KeySpec[] } {
  if (element.tag === derTag.oid) return { oid: readOid(element.contents), keySpecs: [] };
  const [type, values, ...rest] = readDer(contentsOf(element, derTag.sequence, 'request attribute'));
  if (rest.length > 0) throw malformedCertificate('request attribute');
  const oid = readOid(contentsOf(type, derTag.oid, 'request attribute'));
  const list = readDer(contentsOf(values, derTag.set, 'request attribute'));
  return { oid, keySpecs: list.flatMap((value) => keySpecOf(oid, value) ?? []) };
}

function keySpecOf(oid: string, { tag, contents }: DerElement): KeySpec | undefined {
  if (oid === ecPublicKey && tag === derTag.oid) return curves[readOid(contents)];
  return oid === rsaEncryption && tag === derTag.integer ? moduli[Buffer.from(contents).toString('hex')] : undefined;
}
