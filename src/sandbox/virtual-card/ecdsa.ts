import { createECDH, randomBytes, type KeyObject } from 'node:crypto';
import { concatBytes, toHex } from '../../core/bytes.js';
import { modularInverse } from './modular-inverse.js';

/** Group orders (FIPS 186-4 §D.1.2.3 and §D.1.2.4) and field sizes in bytes. */
const curves = {
  prime256v1: { size: 32, order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n },
  secp384r1: {
    size: 48,
    order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
} as const;

export type CurveName = keyof typeof curves;

/** The curve of a key that the card can use; undefined for RSA and other curves. */
export function curveOf(key: KeyObject): CurveName | undefined {
  const name = key.asymmetricKeyDetails?.namedCurve;
  return name === 'prime256v1' || name === 'secp384r1' ? name : undefined;
}

/**
 * ECDSA over a hash that was computed elsewhere (FIPS 186-4 §6.4), as r and s of field length each. node:crypto would
 * hash the input once more, so the formula is written out; it is not in constant time and only for test keys.
 */
export function signEcdsa(key: KeyObject, curve: CurveName, hash: Uint8Array): Uint8Array {
  const { size, order } = curves[curve];
  const secret = toBigInt(Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url'));
  const message = toBigInt(hash.subarray(0, size));
  for (;;) {
    const nonce = toBigInt(randomBytes(size));
    if (nonce === 0n || nonce >= order) continue;
    const r = xOfMultiple(curve, nonce, size) % order;
    const s = (modularInverse(nonce, order) * (message + r * secret)) % order;
    if (r !== 0n && s !== 0n) return concatBytes(toBytes(r, size), toBytes(s, size));
  }
}

function xOfMultiple(curve: CurveName, factor: bigint, size: number): bigint {
  const ecdh = createECDH(curve);
  ecdh.setPrivateKey(toBytes(factor, size));
  return toBigInt(ecdh.getPublicKey().subarray(1, 1 + size));
}

const toBigInt = (bytes: Uint8Array): bigint => BigInt(`0x0${toHex(bytes)}`);

const toBytes = (value: bigint, size: number): Uint8Array =>
  new Uint8Array(Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex'));
