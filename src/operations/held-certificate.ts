import { MiddlewareError } from '../core/errors.js';
import type { CertificateBackup } from '../model/certificate-backup.js';
import type { Token, TokenCertificate } from '../tokens/token.js';
import type { TokenEntry } from '../tokens/token-registry.js';

/** A certificate on an inserted card. */
export interface HeldCertificate extends TokenCertificate {
  readonly token: Token;
}

/** Every certificate of every card that has been read. */
export function heldCertificates(entries: readonly TokenEntry[]): readonly HeldCertificate[] {
  return entries.flatMap(({ token, certificates = [] }) =>
    token === undefined ? [] : certificates.map((held) => ({ ...held, token })),
  );
}

/**
 * The certificate whose fingerprint begins so; of one that is on two cards, either.
 *
 * @throws {MiddlewareError} ERR_CERT_NOT_FOUND, ERR_CERT_AMBIGUOUS.
 */
export function findHeldCertificate(entries: readonly TokenEntry[], fingerprint: string): HeldCertificate {
  return findNamed(heldCertificates(entries), fingerprint, ({ certificate }) => certificate.fingerprint);
}

/**
 * The only one that is named by the beginning of its fingerprint.
 *
 * @throws {MiddlewareError} ERR_CERT_NOT_FOUND, ERR_CERT_AMBIGUOUS.
 */
export function findNamed<T>(all: readonly T[], fingerprint: string, nameOf: (one: T) => string): T {
  const named = all.filter((one) => nameOf(one).startsWith(fingerprint));
  const [found] = named;
  if (found === undefined || new Set(named.map(nameOf)).size > 1) {
    const code = found === undefined ? 'ERR_CERT_NOT_FOUND' : 'ERR_CERT_AMBIGUOUS';
    throw new MiddlewareError(code, 'No certificate, or more than one, begins so', { fields: { fingerprint } });
  }
  return found;
}

/**
 * The backups of what is not on its card: a removal that broke off may have left both, and then the card has the last
 * word. Of a card that is not in, the backup tells what was.
 */
export function certificatesOffCard(
  backups: readonly CertificateBackup[],
  entries: readonly TokenEntry[],
): readonly CertificateBackup[] {
  const held = new Set(heldCertificates(entries).map(({ certificate }) => certificate.fingerprint));
  return backups.filter(({ fingerprint }) => !held.has(fingerprint));
}
