import type { SandboxRevocationReason } from '../../model/sandbox-revocation-reason.js';

/** Numbers of CRLReason (RFC 5280 §5.3.1). */
const numbers: Readonly<Record<ListedCertificate['reason'], number>> = {
  unspecified: 0,
  keyCompromise: 1,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
};

/** A revoked certificate of one CA. */
export interface RevokedCertificate extends ListedCertificate {
  readonly reason: SandboxRevocationReason;
}

/** An entry of a full or a delta list; in a delta list also a certificate that is good again. */
export interface ListedCertificate {
  /** Contents of the serial number's INTEGER. */
  readonly serial: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly revokedAt: number;
  readonly reason: SandboxRevocationReason | 'removeFromCRL';
}

/** ENUMERATED of a reason. */
export function enumeratedReason(reason: ListedCertificate['reason']): Uint8Array {
  return Uint8Array.of(0x0a, 1, numbers[reason]);
}
