import type { CertificateInfo } from '../model/certificate.js';
import { x509Of } from './certificate.js';
import type { RequestContent } from './certificate-request.js';
import { octetString, oidOf, sequenceOf } from './der-writing.js';
import { extensionOid } from './extensions.js';

/** RFC 2985 §5.4.2. */
const extensionRequestOid = '1.2.840.113549.1.9.14';

/**
 * Whom the request of a renewal names: its Subject and SubjectAltName are those of the certificate that is renewed
 * (RFC 7030 §4.2.2).
 */
export function renewalContent(renewed: CertificateInfo): Pick<RequestContent, 'subject' | 'attributes'> {
  const { subject, extensions } = x509Of(renewed);
  const { subjectAltName } = extensions;
  const value =
    subjectAltName && sequenceOf(sequenceOf(oidOf(extensionOid.subjectAltName), octetString(subjectAltName)));
  return { subject: subject.encoded, attributes: value === undefined ? [] : [{ oid: extensionRequestOid, value }] };
}
