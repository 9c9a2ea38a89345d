import { createPublicKey, type KeyObject } from 'node:crypto';
import { isMiddlewareError } from '../core/errors.js';
import type { CertificateInfo } from '../model/certificate.js';
import { parseCertificate, publicKeyOf } from '../pki/certificate.js';
import { publicKeyOfRequest } from '../pki/certificate-request.js';
import { strangeAnswer } from './issuer-answer.js';

/** The certificate that was asked for, and what came with it. */
export interface IssuedCertificates {
  readonly certificate: Uint8Array;
  readonly others: readonly Uint8Array[];
}

/**
 * Which certificate of an answer is the one for a request: that with its key (RFC 7030 §4.2.3 tells no order). Of an
 * answer for another key, the one that is no CA, so that whoever judges it can say what is wrong.
 *
 * @throws {MiddlewareError} ERR_ISSUER_RESPONSE when none can be read.
 */
export function pickIssued(certificates: readonly Uint8Array[], request: Uint8Array): IssuedCertificates {
  const read = certificates.flatMap((der) => readable(der) ?? []);
  const key = createPublicKey({ key: Buffer.from(publicKeyOfRequest(request)), format: 'der', type: 'spki' });
  const issued = read.find((info) => hasKey(info, key)) ?? read.find(({ isCa }) => !isCa) ?? read[0];
  if (issued === undefined) throw strangeAnswer('no certificate that can be read');
  return { certificate: issued.der, others: read.filter((info) => info !== issued).map(({ der }) => der) };
}

/** Whether a certificate is for this key. */
export function hasKey(info: CertificateInfo, key: KeyObject): boolean {
  return info.keyType !== 'other' && publicKeyOf(info).equals(key);
}

/** CAs may have keys that cannot be read here. */
function readable(der: Uint8Array): CertificateInfo | undefined {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (isMiddlewareError(error, 'ERR_CERT_MALFORMED')) return undefined;
    throw error;
  }
}
