import { x509Of } from './certificate.js';
import type { CertificateInfo } from '../model/certificate.js';
import { contentsOf, derTag, readDer, readOid, readOnly, type DerElement } from './der.js';

/** Where a certificate says that its state is told; nothing of it is looked at but that it is text. */
export interface RevocationAddresses {
  readonly ocsp: readonly string[];
  readonly crl: readonly string[];
  /** Of delta lists. */
  readonly delta: readonly string[];
}

/** id-ad-ocsp (RFC 5280 §4.2.2.1); addresses of issuers' certificates stand beside it and are never read. */
const ocspMethod = '1.3.6.1.5.5.7.48.1';

/**
 * The addresses in a certificate (RFC 5280 §4.2.1.13, §4.2.1.15 and §4.2.2.1). Lists of other issuers and lists of some reasons only
 * are left out. **Use them only once the certificate's path has been verified.**
 *
 * @throws {MiddlewareError} ERR_CERT_MALFORMED.
 */
export function revocationAddressesOf(certificate: CertificateInfo): RevocationAddresses {
  const { authorityInfoAccess, crlDistributionPoints, freshestCrl } = x509Of(certificate).extensions;
  return {
    ocsp: authorityInfoAccess === undefined ? [] : readOcspAddresses(authorityInfoAccess),
    crl: crlDistributionPoints === undefined ? [] : readListAddresses(crlDistributionPoints),
    delta: freshestCrl === undefined ? [] : readListAddresses(freshestCrl),
  };
}

function readOcspAddresses(value: Uint8Array): readonly string[] {
  return readDer(readOnly(value, derTag.sequence, 'authority information access')).flatMap((description) => {
    const [method, location] = readDer(contentsOf(description, derTag.sequence, 'access description'));
    const isOcsp = readOid(contentsOf(method, derTag.oid, 'access method')) === ocspMethod;
    return isOcsp && location ? uriOf(location) : [];
  });
}

/** The addresses in CRLDistributionPoints, as FreshestCRL has them too (RFC 5280 §4.2.1.15 and §5.2.6). */
export function readListAddresses(value: Uint8Array): readonly string[] {
  return readDer(readOnly(value, derTag.sequence, 'distribution points')).flatMap((point) => {
    const [name, ...rest] = readDer(contentsOf(point, derTag.sequence, 'distribution point'));
    return rest.length > 0 || name?.tag !== 0xa0 ? [] : readPointName(name.contents);
  });
}

/** The addresses of a DistributionPointName; none for one relative to the issuer's name. */
export function readPointName(contents: Uint8Array): readonly string[] {
  const [name] = readDer(contents);
  return name?.tag === 0xa0 ? readDer(name.contents).flatMap(uriOf) : [];
}

/** GeneralName of the kind uniformResourceIdentifier, an IA5String. */
function uriOf({ tag, contents }: DerElement): string[] {
  const text = Buffer.from(contents).toString('latin1');
  return tag === 0x86 && /^[!-~]{1,1024}$/.test(text) ? [text] : [];
}
