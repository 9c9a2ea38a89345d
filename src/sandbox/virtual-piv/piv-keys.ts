import { generateKeyPairSync, createPublicKey, type KeyObject } from 'node:crypto';
import { encodeTlv } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import { curveOf } from '../virtual-card/ecdsa.js';
import { modulusBits } from '../virtual-card/rsa-operations.js';
import type { PinPolicy } from './piv-card-state.js';

const rsa = (modulusLength: number) => (): KeyObject => generateKeyPairSync('rsa', { modulusLength }).privateKey;
const ec = (namedCurve: string) => (): KeyObject => generateKeyPairSync('ec', { namedCurve }).privateKey;

/** SP 800-78-4 table 6-2, SP 800-78-5 table 9 for 05; 16 is Yubico's. */
const generators: Readonly<Record<number, () => KeyObject>> = {
  0x05: rsa(3072),
  0x06: rsa(1024),
  0x07: rsa(2048),
  0x11: ec('prime256v1'),
  0x14: ec('secp384r1'),
  0x16: rsa(4096),
};
const RSA_4096 = 0x16;
const rsaAlgorithms: Readonly<Record<number, number>> = { 3072: 0x05, 1024: 0x06, 2048: 0x07, 4096: RSA_4096 };

/** Slots with a key pair (SP 800-73-4 part 1 table 4) and the certificates that belong to them (table 3). */
const mainSlots: ReadonlyMap<number, number> = new Map([
  [0x9a, 0x5fc105],
  [0x9c, 0x5fc10a],
  [0x9d, 0x5fc10b],
  [0x9e, 0x5fc101],
]);
const FIRST_RETIRED = 0x82;
const LAST_RETIRED = 0x95;
const FIRST_RETIRED_CERTIFICATE = 0x5fc10d;

export const isRetiredSlot = (reference: number): boolean => reference >= FIRST_RETIRED && reference <= LAST_RETIRED;

export const isKeySlot = (reference: number): boolean => mainSlots.has(reference) || isRetiredSlot(reference);

/** Only these two kinds of slots agree on keys; all others sign. */
export const isKeyManagementSlot = (reference: number): boolean => reference === 0x9d || isRetiredSlot(reference);

/** Tag of the certificate of a slot; undefined for what is no slot. */
export function certificateTag(reference: number): number | undefined {
  if (isRetiredSlot(reference)) return FIRST_RETIRED_CERTIFICATE + reference - FIRST_RETIRED;
  return mainSlots.get(reference);
}

export function defaultPinPolicy(reference: number): PinPolicy {
  if (reference === 0x9c) return 'always';
  return reference === 0x9e ? 'never' : 'once';
}

/** Algorithm identifier of a key; undefined for a key that no PIV card has. */
export function algorithmOf(key: KeyObject): number | undefined {
  if (key.asymmetricKeyType === 'rsa') return rsaAlgorithms[modulusBits(key)];
  const curve = curveOf(key);
  return curve && (curve === 'prime256v1' ? 0x11 : 0x14);
}

/** Makes a key of that algorithm; undefined when the card cannot. */
export function generatorOf(algorithm: number, yubico: boolean): (() => KeyObject) | undefined {
  return algorithm === RSA_4096 && !yubico ? undefined : generators[algorithm];
}

/** 81 modulus and 82 exponent, or 86 uncompressed point (SP 800-73-4 part 2 table 11). */
export function publicKeyObjects(key: KeyObject): Uint8Array {
  const jwk = createPublicKey(key).export({ format: 'jwk' });
  const part = (value: string | undefined): Uint8Array => Buffer.from(value ?? '', 'base64url');
  return jwk.kty === 'RSA'
    ? concatBytes(encodeTlv(0x81, part(jwk.n)), encodeTlv(0x82, part(jwk.e)))
    : encodeTlv(0x86, concatBytes(Uint8Array.of(4), part(jwk.x), part(jwk.y)));
}
