import type { SignatureAlgorithm } from '../model/signature.js';

/** What a certification request says: everything but its signature. */
export interface RequestContent {
  /** DER of the Name; an empty one (3000) leaves the name to the issuer. */
  readonly subject: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** Attributes by OID (RFC 7030 §4.5.2 asks for some), each with the DER of its one value. */
  readonly attributes: readonly { readonly oid: string; readonly value: Uint8Array }[];
}

/** CertificationRequestInfo (RFC 2986 §4.1), DER: what is hashed and signed with the key that it asks a certificate for. */
export declare function encodeRequestInfo(content: RequestContent): Uint8Array;

/** The whole request (RFC 2986 §4.2), DER; the signature as {@link SignatureAlgorithm} gives it out. */
export declare function encodeRequest(
  info: Uint8Array,
  algorithm: SignatureAlgorithm,
  signature: Uint8Array,
): Uint8Array;
