import type { ControlClient } from '../../client/client.js';
import type { BackedUpCertificate, CertificateDetails } from '../../control-contract/certificates.js';
import { MiddlewareError, type ErrorFields } from '../../core/errors.js';

/** Digits of a fingerprint that a person is shown, and may name a certificate by. */
const shownDigits = 16;

/** As much of a fingerprint as a person is shown. */
export const shownFingerprint = (fingerprint: string): string => fingerprint.slice(0, shownDigits);

/**
 * The certificate on an inserted card whose fingerprint begins so. One that is on several cards counts as one.
 *
 * @throws {MiddlewareError} ERR_CERT_NOT_FOUND, ERR_CERT_AMBIGUOUS.
 */
export async function findCertificate(client: ControlClient, fingerprint: string): Promise<CertificateDetails> {
  const { certificates } = await client.request('certificate.list', {});
  return beginningWith(certificates, fingerprint);
}

/** The same for one that was removed and is kept. */
export async function findBackup(client: ControlClient, fingerprint: string): Promise<BackedUpCertificate> {
  const { backups } = await client.request('certificate.backups', {});
  return beginningWith(backups, fingerprint, { in: 'backups' });
}

function beginningWith<T extends { readonly fingerprint: string }>(
  all: readonly T[],
  fingerprint: string,
  fields: ErrorFields = {},
): T {
  const fitting = all.filter((one) => one.fingerprint.startsWith(fingerprint));
  const [found] = fitting;
  if (found === undefined || new Set(fitting.map((one) => one.fingerprint)).size > 1) {
    const code = found === undefined ? 'ERR_CERT_NOT_FOUND' : 'ERR_CERT_AMBIGUOUS';
    throw new MiddlewareError(code, 'No certificate, or more than one, begins so', {
      fields: { fingerprint, ...fields },
    });
  }
  return found;
}
