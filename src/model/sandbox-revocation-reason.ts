/** Why a sandbox certificate may be revoked (RFC 5280 §5.3.1); the reasons of CAs and of delta lists are left out. */
export const sandboxRevocationReasons = [
  'unspecified',
  'keyCompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
] as const;

/** One of them. */
export type SandboxRevocationReason = (typeof sandboxRevocationReasons)[number];
