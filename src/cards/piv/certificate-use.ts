import { findTlv, parseTlvs } from '../../core/ber-tlv.js';
import { equalBytes, fromHex } from '../../core/bytes.js';
import { isMiddlewareError } from '../../core/errors.js';

const SEQUENCE = 0x30;
const OBJECT_IDENTIFIER = 0x06;
const OCTET_STRING = 0x04;
const BIT_STRING = 0x03;
const EXTENSIONS = 0xa3;
/** rsaEncryption (RFC 8017 appendix A.1). */
const RSA = fromHex('2a864886f70d010101');
/** id-ce-keyUsage (RFC 5280 §4.2.1.3); digitalSignature is bit 0. */
const KEY_USAGE = fromHex('551d0f');
const DIGITAL_SIGNATURE = 0x80;

/** What the key of a certificate is for, as far as it matters where a slot takes keys of any use. */
export interface CertificateUse {
  readonly isRsa: boolean;
  /** The certificate says so; not merely silent. */
  readonly signs: boolean;
}

/** Reads it out of the DER (RFC 5280 §4.1); one that makes no sense is for nothing. Never throws. */
export function certificateUse(der: Uint8Array): CertificateUse {
  try {
    const fields = parseTlvs(findTlv(findTlv(der, SEQUENCE) ?? none, SEQUENCE) ?? none);
    // Version aside, which may be missing: serial number, signature, issuer, validity, subject, public key.
    const publicKey = fields.filter(({ tag }) => tag !== 0xa0)[5]?.value ?? none;
    const algorithm = findTlv(findTlv(publicKey, SEQUENCE) ?? none, OBJECT_IDENTIFIER) ?? none;
    const extensions = fields.find(({ tag }) => tag === EXTENSIONS)?.value ?? none;
    return { isRsa: equalBytes(algorithm, RSA), signs: signs(findTlv(extensions, SEQUENCE) ?? none) };
  } catch (error) {
    if (!isMiddlewareError(error)) throw error;
    return { isRsa: false, signs: false };
  }
}

const none = new Uint8Array();

function signs(extensions: Uint8Array): boolean {
  const keyUsage = parseTlvs(extensions).find(({ value }) =>
    equalBytes(findTlv(value, OBJECT_IDENTIFIER) ?? none, KEY_USAGE),
  );
  const bits = findTlv(findTlv(keyUsage?.value ?? none, OCTET_STRING) ?? none, BIT_STRING);
  return ((bits?.[1] ?? 0) & DIGITAL_SIGNATURE) !== 0;
}
