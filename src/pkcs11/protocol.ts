import type { KeySpec } from '../model/key.js';
import type { SignatureAlgorithm } from '../model/signature.js';
import type { DecipherAlgorithm } from '../model/key.js';

/*
 * What a module's process is asked and answers. Both sides are ours, but the process also holds foreign code that may
 * do as it likes with its memory: the parent believes no length, count or text of it.
 */

export const limits = {
  slots: 64,
  objects: 64,
  /** Of all tokens of a module together: reading them holds up everything else. */
  certificates: 128,
  /** Tokens that come, change or cannot be read, all of a module together: each is worth a line somewhere. */
  newsPerMinute: 120,
  mechanisms: 1024,
  slotIdBytes: 16,
  labelBytes: 512,
  idBytes: 256,
  certificateBytes: 16_384,
  signatures: 20,
  /** Pieces of work under one login. */
  openWorks: 64,
  /** Of one signature, plaintext or public key. */
  resultBytes: 1024,
  errorBytes: 200,
} as const;

/** Number of the request kinds on the wire is their place here. */
export const requestKinds = ['load', 'poll', 'read', 'use', 'work', 'end'] as const;
export type RequestKind = (typeof requestKinds)[number];

export interface LoadRequest {
  readonly path: string;
  /** C_WaitForSlotEvent is asked for news; otherwise each token is looked at. */
  readonly slotEvents: boolean;
}

/** CK_INFO (PKCS#11 v2.40 §3.1). */
export interface ModuleInfo {
  readonly manufacturer: string;
  readonly description: string;
  readonly version: string;
}

/** One slot as a poll found it. */
export interface SlotNews {
  /** CK_SLOT_ID, opaque. */
  readonly slot: string;
  readonly hasToken: boolean;
  /** Something happened to it since the poll before. */
  readonly changed: boolean;
  /** The slot's description: with most modules the beginning of the PC/SC name. */
  readonly reader: string;
}

/** CK_TOKEN_INFO (PKCS#11 v2.40 §3.2), as far as it matters. */
export interface TokenFacts {
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly flags: number;
  readonly minPinLength: number;
  readonly maxPinLength: number;
  /** Bytes; undefined where the token does not tell, or tells what cannot be. */
  readonly freePublicMemory: number | undefined;
}

export interface FoundCertificate {
  /** CKA_ID. */
  readonly id: Uint8Array;
  readonly label: string;
  readonly der: Uint8Array;
}

/** What a token shows before anyone logs in. */
export interface TokenContents {
  readonly token: TokenFacts;
  readonly certificates: readonly FoundCertificate[];
  /** CKA_ID of the keys, private or public, that can be seen. */
  readonly keyIds: readonly Uint8Array[];
  /** Of those, the private keys with CKA_ALWAYS_AUTHENTICATE; most tokens show private keys only after a login. */
  readonly pinEachTimeIds: readonly Uint8Array[];
  readonly mechanisms: readonly { readonly mechanism: number; readonly flags: number }[];
}

/** Signatures with one key. */
export interface SignWork {
  readonly kind: 'sign';
  readonly keyId: Uint8Array;
  readonly algorithm: SignatureAlgorithm;
  /** The signatures are answered one after the other, all equally long. */
  readonly digests: readonly Uint8Array[];
}

/** What a login is for; with `open` it stays, for {@link OpenWork}. */
export type Work =
  | { readonly kind: 'verify' }
  | SignWork
  | {
      readonly kind: 'decipher';
      readonly keyId: Uint8Array;
      readonly algorithm: DecipherAlgorithm;
      readonly data: Uint8Array;
    }
  | { readonly kind: 'change' }
  /** Logged out when nobody has asked for anything for so long, milliseconds. */
  | { readonly kind: 'open'; readonly idleMs: number };

/** Work under a login that stays open. */
export type OpenWork =
  | SignWork
  /** Answered with CKA_MODULUS or CKA_EC_POINT. */
  | { readonly kind: 'generate'; readonly keyId: Uint8Array; readonly spec: KeySpec; readonly label: string }
  /** In place of the certificates with this CKA_ID. */
  | {
      readonly kind: 'store';
      readonly keyId: Uint8Array;
      readonly label: string;
      readonly der: Uint8Array;
      readonly subject: Uint8Array;
      readonly serial: Uint8Array;
      readonly issuer: Uint8Array;
    }
  /** Answered with the number of private keys, and of certificates, with this CKA_ID: two bytes. */
  | { readonly kind: 'find-key'; readonly keyId: Uint8Array }
  /** Only where no certificate has its CKA_ID. */
  | { readonly kind: 'remove-key'; readonly keyId: Uint8Array }
  /** With the key pair, where no other certificate has its CKA_ID. */
  | { readonly kind: 'remove-certificate'; readonly der: Uint8Array; readonly keepKey: boolean };

export const workKinds = ['verify', 'sign', 'decipher', 'change', 'open'] as const;
export const openWorkKinds = ['sign', 'generate', 'store', 'find-key', 'remove-key', 'remove-certificate'] as const;
export const signatureAlgorithms = ['RS256', 'PS256', 'ES256', 'ES384'] as const;
export const decipherAlgorithms = ['RSA1_5', 'RSA-OAEP', 'RSA-OAEP-256'] as const;
export const keySpecs = ['rsa-2048', 'rsa-3072', 'rsa-4096', 'ec-p256', 'ec-p384'] as const;

/** Everything of a use but its codes, which follow as bytes. */
export interface UseRequest {
  readonly slot: string;
  /** Of the token that is meant: another one in the same slot is not used. */
  readonly serial: string;
  readonly label: string;
  /** The PIN bits of CKF_* that the user was shown; others refuse the use before the login. */
  readonly pinFlags: number;
  readonly work: Work;
}

/** How far a use came. */
export const useStages = ['before-login', 'login', 'work', 'done'] as const;

export interface UseAnswer {
  readonly stage: (typeof useStages)[number];
  /** CK_RV of the stage that failed; 0 for `done`. */
  readonly returnValue: number;
  /** CKF_* after the use, where the token still told. */
  readonly flags: number | undefined;
  readonly value: Uint8Array;
}

/** A request that failed as a whole. */
export interface FailedAnswer {
  /** CK_RV, or 0 when it was no answer of the module. */
  readonly returnValue: number;
  /** For developers: function and name of the return value. */
  readonly message: string;
}
