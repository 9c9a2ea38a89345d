import { MiddlewareError } from '../../core/errors.js';
import type { CertificateInfo } from '../../model/certificate.js';
import { parseCertificate } from '../../pki/certificate.js';

/**
 * The certificate that signed an assertion of our own (RFC 7515 §4.1.6), which nobody has to verify again.
 *
 * @throws {MiddlewareError} ERR_CERT_MALFORMED.
 */
export function leafOfAssertion(assertion: string): CertificateInfo {
  const [header = ''] = assertion.split('.', 1);
  const { x5c } = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as { readonly x5c?: readonly string[] };
  const [leaf] = x5c ?? [];
  if (leaf === undefined) throw new MiddlewareError('ERR_CERT_MALFORMED', 'Assertion names no certificate');
  return parseCertificate(new Uint8Array(Buffer.from(leaf, 'base64')));
}
