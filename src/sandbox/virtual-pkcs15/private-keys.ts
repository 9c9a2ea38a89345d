import { createECDH, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { concatBytes, toHex } from '../../core/bytes.js';
import { curveOf, type CurveName } from '../virtual-card/ecdsa.js';
import { modulusBits } from '../virtual-card/rsa-operations.js';

export type KeyKind =
  { readonly type: 'rsa'; readonly bits: number } | { readonly type: 'ec'; readonly curve: CurveName };

export const exportKey = (key: KeyObject): Uint8Array => new Uint8Array(key.export({ format: 'der', type: 'pkcs8' }));

export const importKey = (pkcs8: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });

const curveBits: Record<CurveName, number> = { prime256v1: 256, secp384r1: 384 };

export const curveWithBits = (bits: number): CurveName | undefined =>
  bits === 256 ? 'prime256v1' : bits === 384 ? 'secp384r1' : undefined;

/** Bits of the modulus or of the field; 0 for keys that no card here can use. */
export function bitsOf(key: KeyObject): number {
  const curve = curveOf(key);
  if (key.asymmetricKeyType === 'rsa') return modulusBits(key);
  return curve === undefined ? 0 : curveBits[curve];
}

export const keyBits = (pkcs8: Uint8Array): number => bitsOf(importKey(pkcs8));

export function generateKey(kind: KeyKind): KeyObject {
  if (kind.type === 'rsa') return generateKeyPairSync('rsa', { modulusLength: kind.bits }).privateKey;
  return generateKeyPairSync('ec', { namedCurve: kind.curve }).privateKey;
}

/** Chinese-remainder form of an RSA key (RFC 8017 §3.2). */
export interface RsaParts {
  readonly p: Uint8Array;
  readonly q: Uint8Array;
  readonly dP: Uint8Array;
  readonly dQ: Uint8Array;
  readonly qInv: Uint8Array;
}

const big = (bytes: Uint8Array): bigint => BigInt(`0x0${toHex(bytes)}`);

function base64Url(value: bigint): string {
  const digits = value.toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex').toString('base64url');
}

/** Modulus and exponents follow from the parts; undefined when the parts do not belong together. */
export function rsaFromParts(parts: RsaParts): KeyObject | undefined {
  const [p, q, dP, dQ, qInv] = [big(parts.p), big(parts.q), big(parts.dP), big(parts.dQ), big(parts.qInv)];
  try {
    const e = inverse(dP, p - 1n);
    const d = inverse(e, ((p - 1n) * (q - 1n)) / gcd(p - 1n, q - 1n));
    if (d % (p - 1n) !== dP || d % (q - 1n) !== dQ || (qInv * q) % p !== 1n) return undefined;
    const numbers = { n: p * q, e, d, p, q, dp: dP, dq: dQ, qi: qInv };
    const members: [string, string][] = Object.entries(numbers).map(([name, value]) => [name, base64Url(value)]);
    return createPrivateKey({ key: { kty: 'RSA', ...Object.fromEntries(members) }, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** Undefined when the number is none of the curve's private keys. */
export function ecFromScalar(curve: CurveName, d: Uint8Array): KeyObject | undefined {
  try {
    const size = curveBits[curve] / 8;
    // A sign byte in front, as some hosts send it.
    const scalar = d.length === size + 1 && d[0] === 0 ? d.subarray(1) : d;
    const point = uncompressedPoint(curve, scalar);
    const part = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
    const crv = curve === 'prime256v1' ? 'P-256' : 'P-384';
    const [x, y] = [part(point.subarray(1, 1 + size)), part(point.subarray(1 + size))];
    return createPrivateKey({ key: { kty: 'EC', crv, x, y, d: part(padLeft(scalar, size)) }, format: 'jwk' });
  } catch {
    return undefined;
  }
}

const padLeft = (bytes: Uint8Array, size: number): Uint8Array =>
  concatBytes(new Uint8Array(Math.max(0, size - bytes.length)), bytes);

function uncompressedPoint(curve: CurveName, scalar: Uint8Array): Uint8Array {
  const ecdh = createECDH(curve);
  ecdh.setPrivateKey(scalar);
  return new Uint8Array(ecdh.getPublicKey());
}

const jwkPart = (value: string | undefined): Uint8Array => new Uint8Array(Buffer.from(value ?? '', 'base64url'));

/** Modulus and exponent without leading zeros. */
export function rsaPublicParts(key: KeyObject): { modulus: Uint8Array; exponent: Uint8Array } {
  const { n, e } = createPublicKey(key).export({ format: 'jwk' });
  return { modulus: jwkPart(n), exponent: jwkPart(e) };
}

/** 04, x, y (SEC 1 §2.3.3). */
export function ecPublicPoint(key: KeyObject): Uint8Array {
  const { x, y } = createPublicKey(key).export({ format: 'jwk' });
  return concatBytes(Uint8Array.of(4), jwkPart(x), jwkPart(y));
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}

/** By the extended Euclidean algorithm; throws when there is none. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b, x, y] = [b, a % b, y, x - quotient * y];
  }
  if (a !== 1n) throw new RangeError('not invertible');
  return ((x % modulus) + modulus) % modulus;
}
