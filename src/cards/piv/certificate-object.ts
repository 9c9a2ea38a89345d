import { gunzipSync } from 'node:zlib';
import { encodeTlv, parseTlvs } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';

/*
 * The contents of a certificate's data object: 70 certificate, 71 CertInfo, FE error detection code, empty; SP 800-73-4
 * part 1 appendix A, tables 10 and following.
 */
const CERTIFICATE = 0x70;
const CERT_INFO = 0x71;
const ERROR_DETECTION = 0xfe;
/** CertInfo says gzip by bit 1; cards from before SP 800-73-3 used bit 8. */
const COMPRESSED = 0x81;
/** What a certificate may inflate to: far more than any, far less than a bomb. */
const MAX_CERTIFICATE = 0xffff;

const malformed = (what: string, cause?: unknown): MiddlewareError =>
  new MiddlewareError('ERR_CARD_RESPONSE', `Malformed certificate object: ${what}`, { cause });

/**
 * The DER of the certificate in a data object.
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE on anything else, also one that inflates to more than 65 535 bytes.
 */
export function parseCertificateObject(contents: Uint8Array): Uint8Array {
  const parts = parseTlvs(contents);
  const stored = parts.find(({ tag }) => tag === CERTIFICATE)?.value;
  if (stored === undefined) throw malformed('no certificate');
  const info = parts.find(({ tag }) => tag === CERT_INFO)?.value[0] ?? 0;
  const der = (info & COMPRESSED) === 0 ? stored.slice() : inflate(stored);
  const [sequence, ...others] = parseTlvs(der);
  if (sequence?.tag !== 0x30 || others.length > 0) throw malformed('not one SEQUENCE');
  return der;
}

/** The contents of a data object with this certificate, not compressed: every program can read that. */
export function encodeCertificateObject(der: Uint8Array): Uint8Array {
  return concatBytes(
    encodeTlv(CERTIFICATE, der),
    encodeTlv(CERT_INFO, Uint8Array.of(0x00)),
    encodeTlv(ERROR_DETECTION, new Uint8Array()),
  );
}

function inflate(stored: Uint8Array): Uint8Array {
  try {
    return new Uint8Array(gunzipSync(stored, { maxOutputLength: MAX_CERTIFICATE }));
  } catch (cause) {
    throw malformed('compressed data', cause);
  }
}
