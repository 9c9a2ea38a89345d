/** Numbers of CRLReason (RFC 5280 §5.3.1); those of CAs and of delta lists are left out. */
export const revocationReasons = {
  unspecified: 0,
  keyCompromise: 1,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  privilegeWithdrawn: 9,
} as const;

/** Why a sandbox certificate was revoked. */
export type SandboxRevocationReason = keyof typeof revocationReasons;

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
  return Uint8Array.of(0x0a, 1, reason === 'removeFromCRL' ? 8 : revocationReasons[reason]);
}
