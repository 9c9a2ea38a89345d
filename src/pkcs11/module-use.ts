/*
 * Runs in a module's process alone: one login, one piece of work, one logout.
 */
import pkcs11js, { type Handle, type Mechanism, type PKCS11, type Template } from 'pkcs11js';
import { concatBytes } from '../core/bytes.js';
import {
  attribute,
  factsOf,
  findObjects,
  openSession,
  returnValueOf,
  slotHandle,
  wantsPinEachTime,
} from './module-calls.js';
import type { SignatureAlgorithm } from '../model/signature.js';
import { limits, type UseAnswer, type UseRequest, type Work } from './protocol.js';
import { ckf, ckr, pinFlags } from './return-values.js';

/** Codes as they came; both empty where the module asks for them itself. */
export interface UseCodes {
  readonly pin: Uint8Array;
  /** Of a change. */
  readonly next: Uint8Array;
}

type Stage = UseAnswer['stage'];
const CKU_USER = 1;
const CKU_CONTEXT_SPECIFIC = 2;
/** CK_STATE with a logged-in user (PKCS#11 v2.40 §3.3). */
const userStates = [1, 3];
const nothing = new Uint8Array();

/** At most one C_Login as user, none unless the token is the one that is meant and shows the flags that the user saw. */
export function useToken(pkcs11: PKCS11, request: UseRequest, codes: UseCodes): UseAnswer {
  const slot = slotHandle(request.slot);
  let stage: Stage = 'before-login';
  let session: Handle | undefined;
  let loggedIn = false;
  try {
    session = openSession(pkcs11, slot, request.work.kind !== 'sign' && request.work.kind !== 'decipher');
    const facts = factsOf(pkcs11, slot);
    if (facts.serial !== request.serial || facts.label !== request.label) {
      return { stage, returnValue: ckr.tokenNotPresent, flags: undefined, value: nothing };
    }
    if (newlyLow(facts.flags, request.pinFlags)) {
      return { stage, returnValue: ckr.ok, flags: facts.flags, value: nothing };
    }
    if (userStates.includes(pkcs11.C_GetSessionInfo(session).state)) pkcs11.C_Logout(session);
    stage = 'login';
    if (request.work.kind === 'change') {
      pkcs11.C_SetPIN(session, text(codes.pin), text(codes.next));
    } else {
      pkcs11.C_Login(session, CKU_USER, text(codes.pin));
      loggedIn = true;
    }
    stage = 'work';
    const value = doWork(pkcs11, session, request.work, codes.pin);
    return { stage: 'done', returnValue: ckr.ok, flags: leave(pkcs11, slot, session, loggedIn), value };
  } catch (error) {
    const returnValue = returnValueOf(error) || 0x5;
    const flags = session === undefined ? undefined : leave(pkcs11, slot, session, loggedIn);
    return { stage, returnValue, flags, value: nothing };
  }
}

/** Flags that say of less tries than the user was shown. */
function newlyLow(now: number, seen: number): boolean {
  const severity = (flags: number): number =>
    flags & ckf.userPinLocked ? 3 : flags & ckf.userPinFinalTry ? 2 : flags & ckf.userPinCountLow ? 1 : 0;
  return severity(now & pinFlags) > severity(seen);
}

/** Ends login and session, whatever the module says to that, and asks for the flags once more. */
function leave(pkcs11: PKCS11, slot: Handle, session: Handle, loggedIn: boolean): number | undefined {
  const attempt = <T>(call: () => T): T | undefined => {
    try {
      return call();
    } catch {
      return undefined;
    }
  };
  if (loggedIn) attempt(() => pkcs11.C_Logout(session));
  const flags = attempt(() => pkcs11.C_GetTokenInfo(slot).flags);
  attempt(() => pkcs11.C_CloseSession(session));
  return flags;
}

const text = (code: Uint8Array): string => Buffer.from(code.buffer, code.byteOffset, code.length).toString('latin1');

function doWork(pkcs11: PKCS11, session: Handle, work: Work, pin: Uint8Array): Uint8Array {
  switch (work.kind) {
    case 'verify':
    case 'change':
      return nothing;
    case 'sign':
      return concatBytes(...signAll(pkcs11, session, work, pin));
    case 'decipher': {
      const key = findKey(pkcs11, session, work.keyId);
      pkcs11.C_DecryptInit(session, decipheringOf(work.algorithm), key);
      confirm(pkcs11, session, key, pin);
      return Uint8Array.from(pkcs11.C_Decrypt(session, Buffer.from(work.data), Buffer.alloc(1024)));
    }
    case 'generate':
      return generate(pkcs11, session, work);
    case 'store':
      pkcs11.C_CreateObject(session, certificateTemplate(work));
      return nothing;
    case 'remove':
      return remove(pkcs11, session, work);
  }
}

/** What a key that wants its PIN each time wants is an entry by the user, not our memory of one. */
function signAll(pkcs11: PKCS11, session: Handle, work: Extract<Work, { kind: 'sign' }>, pin: Uint8Array): Buffer[] {
  const key = findKey(pkcs11, session, work.keyId);
  if (work.digests.length > 1 && wantsPinEachTime(pkcs11, session, key)) {
    throw new Error(`CKR_FUNCTION_NOT_SUPPORTED:${ckr.functionNotSupported}`);
  }
  return work.digests.map((digest) => {
    const { mechanism, data } = signingOf(work.algorithm, digest);
    pkcs11.C_SignInit(session, mechanism, key);
    confirm(pkcs11, session, key, pin);
    return pkcs11.C_Sign(session, data, Buffer.alloc(limits.resultBytes));
  });
}

/** A key that wants the PIN for each use is given the one that was accepted a moment before. */
function confirm(pkcs11: PKCS11, session: Handle, key: Handle, pin: Uint8Array): void {
  if (!wantsPinEachTime(pkcs11, session, key)) return;
  pkcs11.C_Login(session, CKU_CONTEXT_SPECIFIC, text(pin));
}

function findKey(pkcs11: PKCS11, session: Handle, id: Uint8Array): Handle {
  const [key] = findObjects(pkcs11, session, byId(pkcs11js.CKO_PRIVATE_KEY, id));
  if (key === undefined) throw new Error(`CKR_KEY_HANDLE_INVALID:${ckr.keyHandleInvalid}`);
  return key;
}

const byId = (kind: number, id: Uint8Array): Template => [
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

/** OIDs of named curves as CKA_EC_PARAMS wants them (RFC 5480 §2.1.1.1). */
const curves = {
  'ec-p256': Buffer.from('06082a8648ce3d030107', 'hex'),
  'ec-p384': Buffer.from('06052b81040022', 'hex'),
} as const;

/** The public key's attributes: modulus and exponent with two bytes of length each, or CKA_EC_POINT. */
function generate(pkcs11: PKCS11, session: Handle, work: Extract<Work, { kind: 'generate' }>): Uint8Array {
  const rsa = work.spec !== 'ec-p256' && work.spec !== 'ec-p384';
  const named: Template = [
    { type: pkcs11js.CKA_TOKEN, value: true },
    { type: pkcs11js.CKA_ID, value: Buffer.from(work.keyId) },
    { type: pkcs11js.CKA_LABEL, value: work.label },
  ];
  const kind: Template =
    work.spec === 'ec-p256' || work.spec === 'ec-p384'
      ? [{ type: pkcs11js.CKA_EC_PARAMS, value: curves[work.spec] }]
      : [
          { type: pkcs11js.CKA_MODULUS_BITS, value: Number(work.spec.slice(4)) },
          { type: pkcs11js.CKA_PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
          { type: pkcs11js.CKA_ENCRYPT, value: true },
        ];
  const { publicKey } = pkcs11.C_GenerateKeyPair(
    session,
    { mechanism: rsa ? pkcs11js.CKM_RSA_PKCS_KEY_PAIR_GEN : pkcs11js.CKM_EC_KEY_PAIR_GEN },
    [...named, ...kind, { type: pkcs11js.CKA_VERIFY, value: true }],
    [
      ...named,
      { type: pkcs11js.CKA_PRIVATE, value: true },
      { type: pkcs11js.CKA_SENSITIVE, value: true },
      { type: pkcs11js.CKA_EXTRACTABLE, value: false },
      { type: pkcs11js.CKA_SIGN, value: true },
      ...(rsa ? [{ type: pkcs11js.CKA_DECRYPT, value: true }] : []),
    ],
  );
  const read = (type: number): Uint8Array => attribute(pkcs11, session, publicKey, type) ?? nothing;
  return rsa ? read(pkcs11js.CKA_MODULUS) : read(pkcs11js.CKA_EC_POINT);
}

function certificateTemplate(work: Extract<Work, { kind: 'store' }>): Template {
  return [
    { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_CERTIFICATE },
    { type: pkcs11js.CKA_CERTIFICATE_TYPE, value: pkcs11js.CKC_X_509 },
    { type: pkcs11js.CKA_TOKEN, value: true },
    { type: pkcs11js.CKA_PRIVATE, value: false },
    { type: pkcs11js.CKA_ID, value: Buffer.from(work.keyId) },
    { type: pkcs11js.CKA_LABEL, value: work.label },
    { type: pkcs11js.CKA_SUBJECT, value: Buffer.from(work.subject) },
    { type: pkcs11js.CKA_ISSUER, value: Buffer.from(work.issuer) },
    { type: pkcs11js.CKA_SERIAL_NUMBER, value: Buffer.from(work.serial) },
    { type: pkcs11js.CKA_VALUE, value: Buffer.from(work.der) },
  ];
}

/** The certificate, and, if its CKA_ID is given, its key pair. */
function remove(pkcs11: PKCS11, session: Handle, { keyId, der }: Extract<Work, { kind: 'remove' }>): Uint8Array {
  const certificates = findObjects(pkcs11, session, [
    { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_CERTIFICATE },
    { type: pkcs11js.CKA_VALUE, value: Buffer.from(der) },
  ]);
  for (const certificate of certificates) pkcs11.C_DestroyObject(session, certificate);
  if (keyId.length === 0) return nothing;
  for (const kind of [pkcs11js.CKO_PRIVATE_KEY, pkcs11js.CKO_PUBLIC_KEY]) {
    for (const key of findObjects(pkcs11, session, byId(kind, keyId))) pkcs11.C_DestroyObject(session, key);
  }
  return nothing;
}
