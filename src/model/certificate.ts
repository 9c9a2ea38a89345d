/** Assurance level (tillitsnivå) of a person certificate. */
export type AssuranceLevel = 2 | 3;

/** The URI by which IdPs name a level, e.g. `http://id.sambi.se/loa/loa3`. */
export type LevelUri = 'http://id.sambi.se/loa/loa2' | 'http://id.sambi.se/loa/loa3';

/** The URI of a level. */
export function levelUri(level: AssuranceLevel): LevelUri {
  return `http://id.sambi.se/loa/loa${level}`;
}

/** The level that a URI names, or undefined for a URI that names none. */
export function levelOfUri(uri: string): AssuranceLevel | undefined {
  return uri === levelUri(3) ? 3 : uri === levelUri(2) ? 2 : undefined;
}

/** Who a certificate names. */
export interface PersonName {
  readonly commonName: string;
  readonly givenName?: string;
  readonly surname?: string;
  readonly organization?: string;
  /** subject serialNumber (2.5.4.5): HSA-id or 12-digit personal number; not the certificate's own serial number. */
  readonly personId?: string;
}

/** Public key kinds that cards carry. */
export type KeyType = 'rsa' | 'ec-p256' | 'ec-p384';

/** What the product needs to know of an X.509 certificate, apart from its trust. */
export interface CertificateInfo {
  /** The certificate itself, DER. */
  readonly der: Uint8Array;
  /** Lower-case hex SHA-256 of the DER: how other layers and programs name it. */
  readonly fingerprint: string;
  readonly serialNumber: string;
  /** RFC 4514 string, for display. */
  readonly subject: string;
  readonly issuer: string;
  readonly person: PersonName;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** `other`: read and shown, but nothing here signs or verifies with it. */
  readonly keyType: KeyType | 'other';
  /** RSA modulus or EC field size in bits; 0 of an `other` that has neither. */
  readonly keyBits: number;
  readonly keyUsage: readonly ('digitalSignature' | 'nonRepudiation' | 'keyEncipherment' | 'keyCertSign' | 'cRLSign')[];
  /** OIDs. */
  readonly extendedKeyUsage: readonly string[];
  readonly policies: readonly string[];
  readonly isCa: boolean;
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256: string;
  /** Card number extension 1.2.752.34.2.1, if present. */
  readonly cardNumber?: string;
}
