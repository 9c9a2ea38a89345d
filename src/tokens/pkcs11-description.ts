import { createHash } from 'node:crypto';
import { equalBytes } from '../core/bytes.js';
import type { CertificateInfo } from '../model/certificate.js';
import type { PinFormat } from '../model/pin.js';
import type { KeyType } from '../model/certificate.js';
import type { SignatureAlgorithm } from '../model/signature.js';
import type { DecipherAlgorithm } from '../model/key.js';
import type { FoundModule } from '../pkcs11/found-module.js';
import type { TokenFacts } from '../pkcs11/protocol.js';
import { ckf } from '../pkcs11/return-values.js';
import type { Pkcs11Slot } from '../pkcs11/slot-poll.js';
import { isForSignaturesOnly, type Pkcs11Card, type Pkcs11Pin } from './pkcs11-cards.js';
import type { PinPadOperation, TokenCertificate } from './token.js';

/** Numbers for the keys of tokens, since {@link TokenKey} has a number where PKCS#11 has a CKA_ID. */
export interface KeyNames {
  referenceOf(keyId: Uint8Array): number;
  idOf(reference: number): Uint8Array | undefined;
}

/** No key numbered yet; a CKA_ID has the same number always, unless two should meet in one token. */
export function createKeyNames(): KeyNames {
  const ids = new Map<number, Uint8Array>();
  return {
    referenceOf(keyId) {
      let reference = createHash('sha256').update(keyId).digest().readUInt32BE() >>> 1;
      for (let known; (known = ids.get(reference)) !== undefined; reference += 1) {
        if (equalBytes(known, keyId)) return reference;
      }
      ids.set(reference, keyId);
      return reference;
    },
    idOf: (reference) => ids.get(reference),
  };
}

/* Mechanisms and their flags: PKCS#11 v2.40, include file pkcs11t.h. */
const CKF_SIGN = 0x800;
const CKF_DECRYPT = 0x200;
const signMechanisms: Readonly<Record<KeyType, readonly (readonly [number, SignatureAlgorithm])[]>> = {
  rsa: [
    [0x1, 'RS256'],
    [0xd, 'PS256'],
  ],
  'ec-p256': [[0x1041, 'ES256']],
  'ec-p384': [[0x1041, 'ES384']],
};
/** OAEP with SHA-256 is left out: modules that offer the mechanism mostly take SHA-1 alone. */
const decryptMechanisms: readonly (readonly [number, DecipherAlgorithm])[] = [
  [0x9, 'RSA-OAEP'],
  [0x1, 'RSA1_5'],
];

/** What a slot's module can sign with a key of a kind, best first. */
export function signingAlgorithms({ slot }: Pkcs11Pin, keyType: KeyType): readonly SignatureAlgorithm[] {
  return signMechanisms[keyType].flatMap(([wanted, name]) => (can(slot, wanted, CKF_SIGN) ? [name] : []));
}

const can = ({ contents }: Pkcs11Slot, wanted: number, flag: number): boolean =>
  contents.mechanisms.some(({ mechanism, flags }) => mechanism === wanted && (flags & flag) !== 0);

/** The certificates as the layers above see them. */
export function describeKeys(card: Pkcs11Card, names: KeyNames): readonly TokenCertificate[] {
  for (const { slot } of card.pins) for (const id of slot.contents.keyIds) names.referenceOf(id);
  return card.certificates.map(({ certificate, pin, keyId }): TokenCertificate => {
    const { keyType, keyUsage } = certificate;
    if (keyId === undefined || keyType === 'other' || wantsAnotherPin(certificate, pin)) return { certificate };
    // Without the extension a key is for everything (RFC 5280 §4.2.1.3).
    const deciphers = keyType === 'rsa' && (keyUsage.length === 0 || keyUsage.includes('keyEncipherment'));
    return {
      certificate,
      key: {
        reference: names.referenceOf(keyId),
        pin: pin.reference,
        algorithms: signingAlgorithms(pin, keyType),
        decipherAlgorithms: deciphers
          ? decryptMechanisms.flatMap(([m, name]) => (can(pin.slot, m, CKF_DECRYPT) ? [name] : []))
          : [],
        pinEachTime: wantsPinEachTime(certificate, pin, keyId),
      },
    };
  });
}

/**
 * A key for signatures alone (nonRepudiation) in the slot of the authentication PIN may have a PIN of its own that the
 * module does not show, to which that of the slot would be a wrong one: it is not offered.
 */
function wantsAnotherPin(certificate: CertificateInfo, { role }: Pkcs11Pin): boolean {
  return role === 'authentication' && isForSignaturesOnly(certificate);
}

/**
 * CKA_ALWAYS_AUTHENTICATE can mostly be seen only after a login: until then a key for signatures counts as one that has
 * it, so that nobody gives a PIN for more signatures than the token will make.
 */
function wantsPinEachTime(certificate: CertificateInfo, { slot }: Pkcs11Pin, keyId: Uint8Array): boolean {
  const isKey = (id: Uint8Array): boolean => Buffer.compare(id, keyId) === 0;
  return isForSignaturesOnly(certificate) || slot.contents.pinEachTimeIds.some(isKey);
}

/** How long a PIN may be, as the token tells, kept within reason; what the configuration says wins. */
export function formatOf({ minPinLength, maxPinLength }: TokenFacts, configured: Partial<PinFormat>): PinFormat {
  const longest = 64;
  const min = Math.min(Math.max(minPinLength, 4), longest);
  const max = maxPinLength >= min && maxPinLength <= longest ? maxPinLength : longest;
  return { minLength: min, maxLength: max, characters: 'printable', ...configured };
}

/** With CKF_PROTECTED_AUTHENTICATION_PATH codes are typed where the module wants them. */
export function padOperations(
  { slot }: Pkcs11Pin,
  { ignorePinPad }: Pick<FoundModule, 'ignorePinPad'>,
): readonly PinPadOperation[] {
  const protectedPath = (slot.contents.token.flags & ckf.protectedAuthenticationPath) !== 0;
  return protectedPath && !ignorePinPad ? ['verify', 'change'] : [];
}
