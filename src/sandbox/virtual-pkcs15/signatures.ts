import { constants, createPublicKey, diffieHellman, privateEncrypt, type KeyObject } from 'node:crypto';
import { encodeTlv } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import { curveOf, signEcdsa } from '../virtual-card/ecdsa.js';
import { modulusBits, signPkcs1 } from '../virtual-card/rsa-operations.js';

/** The private-key operation on a block that is already as long as the modulus; undefined when it does not fit. */
export function rawRsa(key: KeyObject, block: Uint8Array): Uint8Array | undefined {
  if (key.asymmetricKeyType !== 'rsa' || block.length !== modulusBits(key) / 8) return undefined;
  try {
    return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, block);
  } catch {
    // OpenSSL refuses a block that is not below the modulus.
    return undefined;
  }
}

/** PKCS #1 v1.5 padding around whatever is given, which leaves eight bytes of padding at least. */
export function paddedRsa(key: KeyObject, data: Uint8Array): Uint8Array | undefined {
  if (key.asymmetricKeyType !== 'rsa' || data.length === 0 || data.length > modulusBits(key) / 8 - 11) return undefined;
  return signPkcs1(key, data);
}

/** ECDSA-Sig-Value (RFC 3279 §2.2.3). */
export function ecdsaSequence(key: KeyObject, hash: Uint8Array): Uint8Array | undefined {
  const curve = curveOf(key);
  if (curve === undefined || hash.length === 0) return undefined;
  const signature = signEcdsa(key, curve, hash);
  const half = signature.length / 2;
  return encodeTlv(0x30, concatBytes(integer(signature.subarray(0, half)), integer(signature.subarray(half))));
}

function integer(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = bytes.subarray(start < 0 ? bytes.length - 1 : start);
  return encodeTlv(0x02, ((digits[0] ?? 0) & 0x80) === 0 ? digits : concatBytes(Uint8Array.of(0), digits));
}

/** Elliptic-curve Diffie-Hellman with an uncompressed point: the shared x (SEC 1 §3.3.1). */
export function agree(key: KeyObject, point: Uint8Array): Uint8Array | undefined {
  const curve = curveOf(key);
  const size = (point.length - 1) / 2;
  if (curve === undefined || point[0] !== 4) return undefined;
  try {
    const part = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
    const [x, y] = [part(point.subarray(1, 1 + size)), part(point.subarray(1 + size))];
    const crv = curve === 'prime256v1' ? 'P-256' : 'P-384';
    const publicKey = createPublicKey({ key: { kty: 'EC', crv, x, y }, format: 'jwk' });
    return new Uint8Array(diffieHellman({ privateKey: key, publicKey }));
  } catch {
    // A point that is not on the curve.
    return undefined;
  }
}
