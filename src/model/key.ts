/** Key pairs that can be made on a card. */
export type KeySpec = 'rsa-2048' | 'rsa-3072' | 'rsa-4096' | 'ec-p256' | 'ec-p384';

/** A key pair that a card has made. */
export interface GeneratedKey {
  /** How its token names the private key. */
  readonly reference: number;
  /** SubjectPublicKeyInfo, DER (RFC 5280 §4.1). */
  readonly publicKey: Uint8Array;
}

/** Ways to encipher for a card, by their JOSE names (RFC 7518 §4.1). */
export type DecipherAlgorithm = 'RSA1_5' | 'RSA-OAEP' | 'RSA-OAEP-256';
