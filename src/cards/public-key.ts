import { createPublicKey, type KeyObject } from 'node:crypto';
import { encodeTlv, findTlv } from '../core/ber-tlv.js';
import { concatBytes, fromHex } from '../core/bytes.js';
import { MiddlewareError } from '../core/errors.js';
import type { KeySpec } from '../model/key.js';

/*
 * SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) of the keys that cards make. AlgorithmIdentifier of rsaEncryption: RFC 3279
 * §2.3.1; of id-ecPublicKey with a named curve: RFC 5480 §2.1.1.
 */
const rsaEncryption = fromHex('300d06092a864886f70d0101010500');
const ecCurves = {
  'ec-p256': { algorithm: fromHex('301306072a8648ce3d020106082a8648ce3d030107'), fieldBytes: 32 },
  'ec-p384': { algorithm: fromHex('301006072a8648ce3d020106052b81040022'), fieldBytes: 48 },
} as const;

/** Curves that cards make keys on. */
export type EcCurve = keyof typeof ecCurves;

/**
 * SubjectPublicKeyInfo, DER, of an RSA key as cards tell it: two unsigned big-endian numbers, leading zeros or not.
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE on numbers that are no RSA key.
 */
export function rsaPublicKey(modulus: Uint8Array, exponent: Uint8Array): Uint8Array {
  const numbers = concatBytes(derUnsigned(modulus), derUnsigned(exponent));
  return checked(subjectPublicKeyInfo(rsaEncryption, encodeTlv(0x30, numbers)), 'RSA key');
}

/**
 * SubjectPublicKeyInfo, DER, of an EC key, from its uncompressed point (04, x, y; SEC 1 §2.3.3).
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE on a point of another length or form, or that is not on the curve.
 */
export function ecPublicKey(curve: EcCurve, point: Uint8Array): Uint8Array {
  const { algorithm, fieldBytes } = ecCurves[curve];
  if (point.length !== 1 + 2 * fieldBytes || point[0] !== 0x04) throw malformed('EC point');
  return checked(subjectPublicKeyInfo(algorithm, point), 'EC point');
}

/** What kind of key a SubjectPublicKeyInfo holds, of those that cards make. Never throws. */
export function publicKeySpec(der: Uint8Array): KeySpec | undefined {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (namedCurve === 'prime256v1') return 'ec-p256';
  if (namedCurve === 'secp384r1') return 'ec-p384';
  const specs = ['rsa-2048', 'rsa-3072', 'rsa-4096'] as const;
  return specs.find((spec) => spec === `rsa-${modulusLength ?? 0}`);
}

/** Answer to GENERATE ASYMMETRIC KEY PAIR (ISO/IEC 7816-8:2021 §5.4): 7F49 with 81 modulus and 82 exponent, or 86 point. */
const PUBLIC_KEY = 0x7f49;

/**
 * SubjectPublicKeyInfo, DER, of the key that a card says it has made.
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE on anything but a public key of that kind and length.
 */
export function generatedPublicKey(answer: Uint8Array, spec: KeySpec): Uint8Array {
  const template = findTlv(answer, PUBLIC_KEY) ?? new Uint8Array();
  const part = (tag: number): Uint8Array => findTlv(template, tag) ?? new Uint8Array();
  if (spec === 'ec-p256' || spec === 'ec-p384') return ecPublicKey(spec, part(0x86));
  const modulus = part(0x81);
  if (modulus.length * 8 === Number(spec.slice(4))) return rsaPublicKey(modulus, part(0x82));
  throw new MiddlewareError('ERR_CARD_RESPONSE', 'Card made a key of another length', {
    fields: { spec, modulusLength: modulus.length },
  });
}

function subjectPublicKeyInfo(algorithm: Uint8Array, key: Uint8Array): Uint8Array {
  return encodeTlv(0x30, concatBytes(algorithm, encodeTlv(0x03, concatBytes(Uint8Array.of(0), key))));
}

/** INTEGER of an unsigned number: shortest form, a zero before a set highest bit (ITU-T X.690 §8.3). */
function derUnsigned(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0);
  if (start === -1) throw malformed('RSA key');
  const digits = bytes.subarray(start);
  const signed = (digits[0] ?? 0) >= 0x80 ? concatBytes(Uint8Array.of(0), digits) : digits;
  return encodeTlv(0x02, signed);
}

/** A key that no program could load is not handed on to whoever writes a certificate request. */
function checked(der: Uint8Array, what: string): Uint8Array {
  try {
    createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
    return der;
  } catch (cause) {
    throw malformed(what, cause);
  }
}

function malformed(what: string, cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_CARD_RESPONSE', `Card tells no usable ${what}`, { cause });
}
