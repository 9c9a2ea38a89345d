import type { NamedCertificate } from './card-work.js';

/** A certificate that was on a card, kept so that it can be put back. */
export interface CertificateBackup extends NamedCertificate {
  readonly der: Uint8Array;
  /** Id of the token that it was on, and what a person knows the card by. */
  readonly token: string;
  readonly cardLabel: string;
  /** ISO 8601, UTC. */
  readonly removedAt: string;
  /** How whatever wrote to the card named the certificate's key; absent where it is not there, or cannot prove itself. */
  readonly keyReference?: number | undefined;
  /** The key stayed on the card, as far as is known. */
  readonly keyKept: boolean;
}

/** Keeps certificates that leave cards, whatever happens to this process or its machine; by fingerprint. */
export interface CertificateBackups {
  /**
   * Resolves when a power cut would not lose it; in place of an earlier one of the same certificate.
   *
   * @throws {MiddlewareError} ERR_CERT_BACKUP; likewise the others.
   */
  add(backup: CertificateBackup): Promise<void>;
  /** The newest first. Files that make no sense are left out, and where they are. */
  all(): Promise<readonly CertificateBackup[]>;
  /** The key has left the card: the certificate is kept, and cannot be put back. */
  markKeyGone(fingerprint: string): Promise<void>;
  /** It is on its card again. */
  remove(fingerprint: string): Promise<void>;
}
