import { malformed, tags, valueOf } from './der.js';
import { objectValue, parseObject, type ObjectValue } from './pkcs15-object.js';

/** One X.509 certificate of the CDF (ISO/IEC 7816-15:2016 §8.7). */
export interface CertificateEntry {
  /** Equal to that of its key. */
  readonly id: Uint8Array;
  readonly label: string | undefined;
  /** It is an issuer's, not the holder's. */
  readonly isAuthority: boolean;
  readonly value: ObjectValue;
}

/**
 * Reads one entry of the CDF.
 *
 * @returns undefined for a certificate that is not X.509.
 * @throws {MiddlewareError} ERR_CARD_RESPONSE on an entry that makes no sense.
 */
export function parseCertificateEntry(entry: Uint8Array): CertificateEntry | undefined {
  if (entry[0] !== tags.sequence) return undefined;
  const { classAttributes, typeAttributes, label } = parseObject(entry);
  const id = valueOf(classAttributes, tags.octetString);
  if (id === undefined) throw malformed('certificate without an id');
  const authority = valueOf(classAttributes, tags.boolean);
  return { id, label, isAuthority: (authority?.[0] ?? 0) !== 0, value: objectValue(typeAttributes) };
}
