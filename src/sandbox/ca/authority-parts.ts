import { contentsOf, derTag, readBitString, readDer, readOnly, type DerElement } from '../../pki/der.js';
import type { Authority } from './authority.js';

/** The parts of a certificate: version, serial number, algorithm, issuer, validity, subject and so on. */
function partsOf(certificate: Uint8Array): readonly DerElement[] {
  const [body] = readDer(readOnly(certificate, derTag.sequence, 'certificate'));
  return readDer(contentsOf(body, derTag.sequence, 'certificate'));
}

/** Contents of the serial number's INTEGER. */
export function serialOf(certificate: Uint8Array): Uint8Array {
  return contentsOf(partsOf(certificate)[1], derTag.integer, 'serial number');
}

/** DER of the subject, as the CA's own certificate has it. */
export function subjectNameOf({ certificate }: Authority): Uint8Array {
  const subject = partsOf(certificate)[5];
  if (subject === undefined) throw new TypeError('a certificate without a subject');
  return subject.encoded;
}

/** The key itself, as hashes of it are taken (RFC 5280 §4.2.1.2, RFC 6960 §4.1.1): contents of its BIT STRING. */
export function subjectKeyOf({ key }: Authority): Uint8Array {
  const spki = key.publicKey.export({ format: 'der', type: 'spki' });
  const [, bits] = readDer(readOnly(spki, derTag.sequence, 'key'));
  return readBitString(contentsOf(bits, derTag.bitString, 'key')).bytes;
}
