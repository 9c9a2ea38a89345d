/*
 * Runs in a module's process alone: signatures and plaintexts under a login.
 */
import pkcs11js, { type Handle, type Mechanism, type PKCS11, type Template } from 'pkcs11js';
import { concatBytes } from '../core/bytes.js';
import type { SignatureAlgorithm } from '../model/signature.js';
import { findObjects, wantsPinEachTime } from './module-calls.js';
import { limits, type SignWork, type Work } from './protocol.js';
import { ckr } from './return-values.js';

/** Tells the module the PIN once more, between the beginning of an operation and its end. */
export type PinConfirmation = () => void;

/**
 * What a key that wants its PIN each time wants is an entry by the user, not our memory of one.
 *
 * @param confirm - undefined where nobody remembers the PIN any more.
 */
export function signAll(
  pkcs11: PKCS11,
  session: Handle,
  { keyId, algorithm, digests }: SignWork,
  confirm: PinConfirmation | undefined,
): Uint8Array {
  const key = findKey(pkcs11, session, keyId);
  const eachTime = wantsPinEachTime(pkcs11, session, key);
  if (eachTime && (digests.length > 1 || confirm === undefined)) {
    throw new Error(`CKR_FUNCTION_NOT_SUPPORTED:${ckr.functionNotSupported}`);
  }
  const signatures = digests.map((digest) => {
    const { mechanism, data } = signingOf(algorithm, digest);
    pkcs11.C_SignInit(session, mechanism, key);
    if (eachTime) confirm?.();
    return pkcs11.C_Sign(session, data, Buffer.alloc(limits.resultBytes));
  });
  return concatBytes(...signatures);
}

/** The plaintext, without its padding. */
export function decipher(
  pkcs11: PKCS11,
  session: Handle,
  { keyId, algorithm, data }: Extract<Work, { kind: 'decipher' }>,
  confirm: PinConfirmation,
): Uint8Array {
  const key = findKey(pkcs11, session, keyId);
  pkcs11.C_DecryptInit(session, decipheringOf(algorithm), key);
  if (wantsPinEachTime(pkcs11, session, key)) confirm();
  return Uint8Array.from(pkcs11.C_Decrypt(session, Buffer.from(data), Buffer.alloc(1024)));
}

function findKey(pkcs11: PKCS11, session: Handle, id: Uint8Array): Handle {
  const [key] = findObjects(pkcs11, session, byId(pkcs11js.CKO_PRIVATE_KEY, id));
  if (key === undefined) throw new Error(`CKR_KEY_HANDLE_INVALID:${ckr.keyHandleInvalid}`);
  return key;
}

/** All objects of a class with this CKA_ID. */
export const byId = (kind: number, id: Uint8Array): Template => [
  { type: pkcs11js.CKA_CLASS, value: kind },
  { type: pkcs11js.CKA_ID, value: Buffer.from(id) },
];

/** DigestInfo of SHA-256 up to the digest (RFC 8017 §9.2 note 1). */
const sha256DigestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex');

function signingOf(algorithm: SignatureAlgorithm, bytes: Uint8Array): { mechanism: Mechanism; data: Buffer } {
  const digest = Buffer.from(bytes);
  switch (algorithm) {
    case 'RS256':
      return {
        mechanism: { mechanism: pkcs11js.CKM_RSA_PKCS },
        data: Buffer.from(concatBytes(sha256DigestInfo, digest)),
      };
    case 'PS256': {
      const parameter = {
        type: pkcs11js.CK_PARAMS_RSA_PSS,
        hashAlg: pkcs11js.CKM_SHA256,
        mgf: pkcs11js.CKG_MGF1_SHA256,
        saltLen: 32,
      };
      return { mechanism: { mechanism: pkcs11js.CKM_RSA_PKCS_PSS, parameter }, data: digest };
    }
    case 'ES256':
    case 'ES384':
      return { mechanism: { mechanism: pkcs11js.CKM_ECDSA }, data: digest };
  }
}

function decipheringOf(algorithm: Extract<Work, { kind: 'decipher' }>['algorithm']): Mechanism {
  if (algorithm === 'RSA1_5') return { mechanism: pkcs11js.CKM_RSA_PKCS };
  const sha1 = algorithm === 'RSA-OAEP';
  const parameter = {
    type: pkcs11js.CK_PARAMS_RSA_OAEP,
    hashAlg: sha1 ? pkcs11js.CKM_SHA_1 : pkcs11js.CKM_SHA256,
    mgf: sha1 ? pkcs11js.CKG_MGF1_SHA1 : pkcs11js.CKG_MGF1_SHA256,
    source: 1, // CKZ_DATA_SPECIFIED
  };
  return { mechanism: pkcs11js.CKM_RSA_PKCS_OAEP, parameter };
}
