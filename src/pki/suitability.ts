import type { CertificateInfo } from '../model/certificate.js';

/** id-kp-clientAuth (RFC 5280 §4.2.1.12). */
export const clientAuthPurpose = '1.3.6.1.5.5.7.3.2';

/** Whether a certificate's own words allow signing in with it: digitalSignature, clientAuth, and not a CA. */
export function isSuitableForAuthentication(certificate: CertificateInfo): boolean {
  return (
    !certificate.isCa &&
    certificate.keyUsage.includes('digitalSignature') &&
    certificate.extendedKeyUsage.includes(clientAuthPurpose)
  );
}
