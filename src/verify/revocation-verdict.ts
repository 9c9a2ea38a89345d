import type { RevocationReason } from '../pki/crl-entries.js';
import type { CertificatePath } from '../pki/path.js';

/**
 * Why nothing is known: the certificate names no address; or none on a configured host; the server cannot be reached,
 * or answers something else; the answer does not hold (signature, times, another certificate); or the server itself does
 * not know the certificate.
 */
export type RevocationUnknown =
  'no-address' | 'host-not-listed' | 'unreachable' | 'response' | 'not-valid' | 'not-known';

/** What is known of a whole path; the first certificate that is not good decides. Times are milliseconds since the epoch. */
export type RevocationVerdict =
  | {
      readonly status: 'good';
      /** Until then the answer counts, by its own word. */
      readonly validUntil: number;
    }
  | {
      readonly status: 'revoked';
      readonly certificate: 'leaf' | 'issuer';
      readonly revokedAt: number;
      readonly reason: RevocationReason | undefined;
    }
  | {
      readonly status: 'unknown';
      readonly certificate: 'leaf' | 'issuer';
      readonly reason: RevocationUnknown;
    };

/** Finds out whether the certificates of a verified path have been revoked. */
export interface RevocationChecker {
  /** What is known now; never rejects. */
  check(path: CertificatePath, at: number): Promise<RevocationVerdict>;
  /**
   * {@link check} for who goes on only with a good verdict, or, where `failOpen` was chosen, an unknown one.
   *
   * @throws {MiddlewareError} ERR_VERIFY_REVOKED (`revokedAt`, `reason`, `certificate`), ERR_VERIFY_REVOCATION_UNKNOWN
   *   (`reason`, `certificate`).
   */
  require(path: CertificatePath, at: number): Promise<RevocationVerdict>;
}
