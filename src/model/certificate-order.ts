import type { AssuranceLevel } from './certificate.js';
import type { KeySpec } from './key.js';

/** Why a certificate waits to be downloaded: one more e-ID, the next one of an old one, or more time for a reserve card. */
export const certificateOrderKinds = ['extra', 'renewal', 'reserve-extension'] as const;
/** One of {@link certificateOrderKinds}. */
export type CertificateOrderKind = (typeof certificateOrderKinds)[number];

/** A certificate that an issuer has waiting for a person. Text from outside is already sanitized. */
export interface CertificateOrder {
  /** 1 to 64 characters of the base64url alphabet: the issuer's name for it, and a segment of its EST addresses. */
  readonly id: string;
  readonly kind: CertificateOrderKind;
  /** Whom it is for: personal number or HSA-id, and the name. */
  readonly personId: string;
  readonly holder: string;
  readonly organization?: string | undefined;
  /** RFC 4514 name of the CA that will sign it. */
  readonly issuer: string;
  readonly level?: AssuranceLevel | undefined;
  /** Keys that the issuer takes, best first. */
  readonly keySpecs: readonly KeySpec[];
  /** When the certificate will end, ISO 8601, UTC. */
  readonly notAfter: string;
  /** Fingerprint of the certificate whose place it takes; that one is retired when the new one has proved itself. */
  readonly replaces?: string | undefined;
  /** The card that it is for, by the number printed on it, where the issuer ties it to one. */
  readonly cardNumber?: string | undefined;
}
