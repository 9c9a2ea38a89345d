/** What an inventory of algorithms says of one certificate. */
export interface InventoryEntry {
  /** On a card, above one as its CA, or a relying party's key. */
  readonly where: 'card' | 'issuer' | 'relying-party';
  readonly name: string;
  readonly cardLabel?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly key: AlgorithmUse;
  /** By which its issuer signed it; absent of a bare key. */
  readonly signature?: AlgorithmUse | undefined;
  /** A second key or signature in the same certificate (ITU-T X.509 (10/2019) §9.8), or beside the first in a composite. */
  readonly second?: AlgorithmUse | undefined;
  readonly use: readonly ('login' | 'signature' | 'encryption' | 'ca' | 'request-signing')[];
  /** ISO 8601, UTC; absent of a bare key without an end. */
  readonly notAfter?: string | undefined;
  /**
   * Whether a quantum computer breaks the key, or both keys where there are two: all are broken (`yes`), one holds
   * (`hybrid`), none is broken (`no`). Of the issuer's signature its own entry tells.
   */
  readonly quantumVulnerable: 'yes' | 'hybrid' | 'no' | 'unknown';
}

/** An algorithm by name, OID and size. */
export interface AlgorithmUse {
  /** E.g. `RSA`, `ECDSA P-256`, `ML-DSA-65`; the OID again where no name is known. */
  readonly name: string;
  readonly oid: string;
  /** Of an RSA modulus or an EC field. */
  readonly bits?: number | undefined;
  readonly quantumVulnerable: boolean | undefined;
}
