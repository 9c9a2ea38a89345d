/*
 * Runs in a module's process alone: what is made, stored and removed under a login that is open.
 */
import pkcs11js, { type Handle, type PKCS11, type Template } from 'pkcs11js';
import { attribute, findObjects } from './module-calls.js';
import { byId, signAll } from './module-key-work.js';
import type { LoggedIn } from './module-use.js';
import type { OpenWork } from './protocol.js';
import { ckr } from './return-values.js';

const nothing = new Uint8Array();

/** One piece of work; nothing of it needs the PIN again. */
export function doOpenWork({ pkcs11, session }: LoggedIn, work: OpenWork): Uint8Array {
  // An empty CKA_ID would be that of every object without one.
  if ('keyId' in work && work.keyId.length === 0) throw new Error(`CKR_ARGUMENTS_BAD:${ckr.argumentsBad}`);
  switch (work.kind) {
    case 'sign':
      return signAll(pkcs11, session, work, undefined);
    case 'generate':
      return generate(pkcs11, session, work);
    case 'store':
      store(pkcs11, session, work);
      return nothing;
    case 'find-key':
      return Uint8Array.of(
        findObjects(pkcs11, session, byId(pkcs11js.CKO_PRIVATE_KEY, work.keyId)).length,
        findObjects(pkcs11, session, byId(pkcs11js.CKO_CERTIFICATE, work.keyId)).length,
      );
    case 'remove-key':
      if (findObjects(pkcs11, session, byId(pkcs11js.CKO_CERTIFICATE, work.keyId)).length === 0) {
        removeKeyPair(pkcs11, session, work.keyId);
      }
      return nothing;
    case 'remove-certificate':
      removeCertificate(pkcs11, session, work);
      return nothing;
  }
}

/** OIDs of named curves as CKA_EC_PARAMS wants them (RFC 5480 §2.1.1.1). */
const curves = {
  'ec-p256': Buffer.from('06082a8648ce3d030107', 'hex'),
  'ec-p384': Buffer.from('06052b81040022', 'hex'),
} as const;

/** The public key's attributes: modulus and exponent with two bytes of length each, or CKA_EC_POINT. */
function generate(pkcs11: PKCS11, session: Handle, work: Extract<OpenWork, { kind: 'generate' }>): Uint8Array {
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

function certificateTemplate(work: Extract<OpenWork, { kind: 'store' }>): Template {
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

/** The old ones go when the new one is there: a card that has no room for both keeps what it has. */
function store(pkcs11: PKCS11, session: Handle, work: Extract<OpenWork, { kind: 'store' }>): void {
  const before = findObjects(pkcs11, session, byId(pkcs11js.CKO_CERTIFICATE, work.keyId));
  const isStored = (certificate: Handle): boolean =>
    attribute(pkcs11, session, certificate, pkcs11js.CKA_VALUE)?.equals(work.der) === true;
  const same = before.find(isStored);
  if (same === undefined) pkcs11.C_CreateObject(session, certificateTemplate(work));
  for (const certificate of before) if (certificate !== same) pkcs11.C_DestroyObject(session, certificate);
}

/** The private half last: without it nobody would find the other one again. */
function removeKeyPair(pkcs11: PKCS11, session: Handle, keyId: Uint8Array): void {
  for (const kind of [pkcs11js.CKO_PUBLIC_KEY, pkcs11js.CKO_PRIVATE_KEY]) {
    for (const key of findObjects(pkcs11, session, byId(kind, keyId))) pkcs11.C_DestroyObject(session, key);
  }
}

/** The certificate goes last: as long as it is there, everything that goes with it can be found. */
function removeCertificate(
  pkcs11: PKCS11,
  session: Handle,
  { der, keepKey }: Extract<OpenWork, { kind: 'remove-certificate' }>,
): void {
  const found = findObjects(pkcs11, session, [
    { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_CERTIFICATE },
    { type: pkcs11js.CKA_VALUE, value: Buffer.from(der) },
  ]);
  if (found.length === 0) throw new Error(`CKR_KEY_HANDLE_INVALID:${ckr.keyHandleInvalid}`);
  for (const certificate of keepKey ? [] : found) {
    const id = attribute(pkcs11, session, certificate, pkcs11js.CKA_ID);
    if (id === undefined || id.length === 0) continue;
    const holders = findObjects(pkcs11, session, byId(pkcs11js.CKO_CERTIFICATE, id));
    const isShared = holders.some((holder) => !found.some((own) => own.equals(holder)));
    if (!isShared) removeKeyPair(pkcs11, session, id);
  }
  for (const certificate of found) pkcs11.C_DestroyObject(session, certificate);
}
