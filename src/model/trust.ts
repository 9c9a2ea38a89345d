import type { AssuranceLevel } from './certificate.js';

/** A person-issuing CA that the configuration names; matched by its key, not by its name. */
export interface PersonIssuer {
  /** DER. */
  readonly certificate: Uint8Array;
  /** Used when no policy OID of a certificate tells its level. */
  readonly level: AssuranceLevel;
  /** A test issuer, whose name starts with `TEST `. */
  readonly test: boolean;
}

/** Whom to trust, and which level each certificate has: configuration, never code. */
export interface TrustPolicy {
  /** Root certificates, DER. */
  readonly anchors: readonly Uint8Array[];
  readonly personIssuers: readonly PersonIssuer[];
  /** certificatePolicies OID to level; wins over the issuer's level. */
  readonly levelByPolicy: Readonly<Record<string, AssuranceLevel>>;
}
