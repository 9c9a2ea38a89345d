import { encodeTlv, findTlv, parseTlvs } from '../../core/ber-tlv.js';
import { tags } from './der.js';

/*
 * The fields of a certificate's TBSCertificate (RFC 5280 §4.1) that directories have to do with. All throw ERR_CARD_RESPONSE
 * on what is no DER.
 */

/** The subject's Name, DER. */
export function subjectOf(der: Uint8Array): Uint8Array | undefined {
  return sequenceAt(der, 4);
}

/** The SubjectPublicKeyInfo, DER. */
export function publicKeyOf(der: Uint8Array): Uint8Array | undefined {
  return sequenceAt(der, 5);
}

/** Of serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo, after version, which may be missing. */
function sequenceAt(der: Uint8Array, index: number): Uint8Array | undefined {
  const certificate = findTlv(der, tags.sequence) ?? new Uint8Array();
  const fields = parseTlvs(findTlv(certificate, tags.sequence) ?? new Uint8Array());
  const field = fields.filter(({ tag }) => tag !== tags.constructed(0))[index];
  return field?.tag === tags.sequence ? encodeTlv(tags.sequence, field.value) : undefined;
}
