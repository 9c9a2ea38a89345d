import type { CertificateInfo } from '../model/certificate.js';
import type { Purpose } from '../model/relying-party.js';

/** id-kp-clientAuth (RFC 5280 §4.2.1.12). */
export const clientAuthPurpose = '1.3.6.1.5.5.7.3.2';

/**
 * Whether a certificate's own words allow signing in with it: digitalSignature, clientAuth, not a CA, and not
 * nonRepudiation. A key with both usages is for neither purpose (ETSI EN 319 412-2 §4.3.2 advises against mixing them):
 * what it signs at a login, or for another program over TLS, could be held against its holder as a signed document.
 */
export function isSuitableForAuthentication({ isCa, keyUsage, extendedKeyUsage }: CertificateInfo): boolean {
  return (
    !isCa &&
    keyUsage.includes('digitalSignature') &&
    !keyUsage.includes('nonRepudiation') &&
    extendedKeyUsage.includes(clientAuthPurpose)
  );
}

/**
 * Whether a certificate's own words allow signing documents with it: nonRepudiation alone among the usages of a
 * signature, not for logins of any kind, and not a CA.
 */
export function isSuitableForSignature({ isCa, keyUsage, extendedKeyUsage }: CertificateInfo): boolean {
  return (
    !isCa &&
    keyUsage.includes('nonRepudiation') &&
    !keyUsage.includes('digitalSignature') &&
    !extendedKeyUsage.includes(clientAuthPurpose)
  );
}

/** What a certificate is for: one purpose at most. */
export function purposeOf(certificate: CertificateInfo): Purpose | undefined {
  if (isSuitableForAuthentication(certificate)) return 'auth';
  return isSuitableForSignature(certificate) ? 'sign' : undefined;
}
