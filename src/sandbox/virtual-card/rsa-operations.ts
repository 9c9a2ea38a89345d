import { constants, createHash, privateDecrypt, privateEncrypt, randomBytes, type KeyObject } from 'node:crypto';
import { concatBytes, fromHex } from '../../core/bytes.js';

export type HashName = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** DigestInfo up to the hash (RFC 8017 §9.2, note 1). */
const digestInfoPrefix = {
  sha1: fromHex('3021300906052b0e03021a05000414'),
  sha256: fromHex('3031300d060960864801650304020105000420'),
  sha384: fromHex('3041300d060960864801650304020205000430'),
  sha512: fromHex('3051300d060960864801650304020305000440'),
} as const;

/** RSASSA-PKCS1-v1_5 over whatever is given as DigestInfo (RFC 8017 §8.2.1, from step 2 of §9.2 on). */
export function signPkcs1(key: KeyObject, digestInfo: Uint8Array): Uint8Array {
  return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, digestInfo);
}

/** RSASSA-PKCS1-v1_5 over a bare hash. */
export function signPkcs1Hash(key: KeyObject, hash: HashName, value: Uint8Array): Uint8Array {
  return signPkcs1(key, concatBytes(digestInfoPrefix[hash], value));
}

/** RSASSA-PSS over a hash, salt as long as the hash, MGF1 with the same hash (RFC 8017 §8.1.1 and §9.1.1). */
export function signPss(key: KeyObject, hash: HashName, value: Uint8Array): Uint8Array {
  const encoded = encodePss(hash, value, modulusBits(key) - 1);
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded);
}

/**
 * RSAES-PKCS1-v1_5 (RFC 8017 §7.2.2); undefined on bad padding. The padding is taken off here, since some Node
 * versions refuse to do it.
 */
export function decryptPkcs1(key: KeyObject, cryptogram: Uint8Array): Uint8Array | undefined {
  const block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, cryptogram);
  const end = block.indexOf(0, 2);
  if (block[0] !== 0 || block[1] !== 2 || end < 10) return undefined;
  return block.subarray(end + 1);
}

/** RSAES-OAEP with an empty label (RFC 8017 §7.1.2); undefined on bad padding. */
export function decryptOaep(key: KeyObject, hash: HashName, cryptogram: Uint8Array): Uint8Array | undefined {
  try {
    return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash }, cryptogram);
  } catch {
    return undefined;
  }
}

export function modulusBits(key: KeyObject): number {
  return key.asymmetricKeyDetails?.modulusLength ?? 0;
}

function encodePss(hash: HashName, value: Uint8Array, bits: number): Uint8Array {
  const length = Math.ceil(bits / 8);
  const salt = randomBytes(value.length);
  const digest = createHash(hash).update(new Uint8Array(8)).update(value).update(salt).digest();
  const block = new Uint8Array(length - digest.length - 1);
  block[block.length - salt.length - 1] = 0x01;
  block.set(salt, block.length - salt.length);
  const mask = mgf1(hash, digest, block.length);
  const masked = block.map((byte, index) => byte ^ (mask[index] ?? 0));
  masked[0] = (masked[0] ?? 0) & (0xff >> (8 * length - bits));
  return concatBytes(masked, digest, Uint8Array.of(0xbc));
}

/** RFC 8017 §B.2.1. */
function mgf1(hash: HashName, seed: Uint8Array, length: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let counter = 0, made = 0; made < length; counter += 1) {
    const block = createHash(hash)
      .update(seed)
      .update(Uint8Array.of(0, 0, 0, counter))
      .digest();
    blocks.push(block);
    made += block.length;
  }
  return concatBytes(...blocks).subarray(0, length);
}
