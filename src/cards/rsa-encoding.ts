import { createHash, randomBytes } from 'node:crypto';
import { concatBytes, fromHex } from '../core/bytes.js';

/*
 * What a host encodes for a card that only computes with its private key: EMSA-PKCS1-v1_5 and EMSA-PSS, RFC 8017 §9,
 * both with SHA-256.
 */

/** DigestInfo of SHA-256 without the digest (RFC 8017 §9.2, note 1). */
const sha256DigestInfo = fromHex('3031300d060960864801650304020105000420');
const HASH_LENGTH = 32;

/** DigestInfo, DER, of a SHA-256 value. */
export function digestInfo(digest: Uint8Array): Uint8Array {
  return concatBytes(sha256DigestInfo, digest);
}

/**
 * EMSA-PKCS1-v1_5 (RFC 8017 §9.2) of a SHA-256 value.
 *
 * @param length bytes of the modulus.
 */
export function encodePkcs1(digest: Uint8Array, length: number): Uint8Array {
  const info = digestInfo(digest);
  const encoded = new Uint8Array(length).fill(0xff);
  encoded.set([0x00, 0x01]);
  encoded[length - info.length - 1] = 0x00;
  encoded.set(info, length - info.length);
  return encoded;
}

/**
 * EMSA-PSS (RFC 8017 §9.1.1) of a SHA-256 value, MGF1 with SHA-256, as RFC 7518 §3.5 wants it: the salt is as long as
 * the hash. Different each time.
 *
 * @param length bytes of the modulus, which must have 8 × `length` bits.
 */
export function encodePss(digest: Uint8Array, length: number): Uint8Array {
  const salt = randomBytes(HASH_LENGTH);
  const hash = createHash('sha256').update(new Uint8Array(8)).update(digest).update(salt).digest();
  const block = new Uint8Array(length - HASH_LENGTH - 1);
  block[block.length - HASH_LENGTH - 1] = 0x01;
  block.set(salt, block.length - HASH_LENGTH);
  const masked = xor(block, mgf1('sha256', hash, block.length));
  // emBits is one less than the modulus has: the highest bit stays clear.
  masked[0] = (masked[0] ?? 0) & 0x7f;
  return concatBytes(masked, hash, Uint8Array.of(0xbc));
}

/** The mask generation function MGF1 (RFC 8017 §B.2.1). */
export function mgf1(hash: 'sha1' | 'sha256', seed: Uint8Array, length: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  const counter = Buffer.alloc(4);
  for (let made = 0; made < length; made += blocks.at(-1)?.length ?? length) {
    counter.writeUInt32BE(blocks.length);
    blocks.push(createHash(hash).update(seed).update(counter).digest());
  }
  return concatBytes(...blocks).subarray(0, length);
}

/** Bytes exclusive-or bytes of the same length. */
export function xor(left: Uint8Array, right: Uint8Array): Uint8Array {
  return left.map((byte, index) => byte ^ (right[index] ?? 0));
}
