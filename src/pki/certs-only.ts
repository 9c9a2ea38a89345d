import { encodeTlv } from '../core/ber-tlv.js';
import { withLengths } from './ber.js';
import { contentOids } from './cades.js';
import { maxCertificateBytes } from './certificate.js';
import { contentsOf, derTag, malformedCertificate, readDer, readOid, readOnly } from './der.js';
import { oidOf, sequenceOf, setOf, unsignedInteger } from './der-writing.js';

/** A leaf, the CAs above it, and what an issuer keeps of older CAs (RFC 7030 §4.1.3). */
const maxCertificates = 32;
const maxBytes = maxCertificates * maxCertificateBytes;

/** SignedData that only carries certificates (RFC 5652 §5.1, RFC 8551 §3.8): neither content nor signature. */
export function encodeCertsOnly(certificates: readonly Uint8Array[]): Uint8Array {
  const signedData = sequenceOf(
    unsignedInteger(Uint8Array.of(1)),
    setOf([]),
    sequenceOf(oidOf(contentOids.data)),
    setOf(certificates, 0xa0),
    setOf([]),
  );
  return sequenceOf(oidOf(contentOids.signedData), encodeTlv(0xa0, signedData));
}

/**
 * The certificates of such a message in the order in which they stand there, DER, which says nothing of what is what.
 * Revocation lists beside them, and what is no X.509 certificate, are passed over; BER is taken for the message itself. Nothing is verified, and the
 * certificates themselves are not read.
 *
 * @throws {MiddlewareError} ERR_CERT_MALFORMED for anything else: other CMS, no certificate, more than 32, one over
 *   16 KiB.
 */
export function decodeCertsOnly(der: Uint8Array): readonly Uint8Array[] {
  if (der.length > maxBytes) throw malformedCertificate('message too long');
  const [type, content, ...rest] = readDer(readOnly(withLengths(der), derTag.sequence, 'message'));
  const oid = readOid(contentsOf(type, derTag.oid, 'content type'));
  if (oid !== contentOids.signedData || rest.length > 0) throw malformedCertificate('message of another type');
  const signedData = readOnly(contentsOf(content, 0xa0, 'content'), derTag.sequence, 'signed data');
  const [version, digests, encapsulated, ...optional] = readDer(signedData);
  contentsOf(version, derTag.integer, 'message version');
  contentsOf(digests, derTag.set, 'digest algorithms');
  contentsOf(encapsulated, derTag.sequence, 'encapsulated content');
  if (contentsOf(optional.at(-1), derTag.set, 'signatures').length > 0) throw malformedCertificate('signed message');
  const certificates = readDer(contentsOf(optional[0], 0xa0, 'certificates'))
    .filter(({ tag }) => tag === derTag.sequence)
    .map(({ encoded }) => Uint8Array.from(encoded));
  if (certificates.length === 0 || certificates.length > maxCertificates) throw malformedCertificate('certificates');
  if (certificates.some(({ length }) => length > maxCertificateBytes)) throw malformedCertificate('too long');
  return certificates;
}
