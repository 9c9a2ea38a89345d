import { createHash } from 'node:crypto';
import { MiddlewareError } from '../core/errors.js';
import type { DecipherAlgorithm } from '../model/key.js';
import { mgf1, xor } from './rsa-encoding.js';

/*
 * Removing the padding that a card leaves on: EME-PKCS1-v1_5 and EME-OAEP, RFC 8017 §7. Whoever may send many
 * cryptograms must not learn why one was refused (notes of §7.1.2 and §7.2.2): there is one error, and the checks are
 * computed without branching on bytes of the plaintext.
 */

/**
 * The plaintext in an RSA block.
 *
 * @param block as long as the modulus; wiped.
 * @throws {MiddlewareError} ERR_TOKEN_CRYPTOGRAM when the padding is wrong, without telling how.
 */
export function removePadding(algorithm: DecipherAlgorithm, block: Uint8Array): Uint8Array {
  try {
    const plaintext = decoders[algorithm](block);
    if (plaintext === undefined) throw new MiddlewareError('ERR_TOKEN_CRYPTOGRAM', 'Cryptogram is not for this key');
    return plaintext;
  } finally {
    block.fill(0);
  }
}

const decoders: Readonly<Record<DecipherAlgorithm, (block: Uint8Array) => Uint8Array | undefined>> = {
  RSA1_5: (block) => decodePkcs1(block),
  'RSA-OAEP': (block) => decodeOaep(block, 'sha1'),
  'RSA-OAEP-256': (block) => decodeOaep(block, 'sha256'),
};

/** 00, 02, at least eight bytes other than 00, 00, plaintext. */
function decodePkcs1(block: Uint8Array): Uint8Array | undefined {
  const head = (block[0] ?? 1) | ((block[1] ?? 0) ^ 0x02);
  const start = afterFirst(block, 2, (byte) => byte);
  const tooEarly = isNegative(start - 11);
  return head === 0 && tooEarly === 0 ? block.slice(start) : undefined;
}

/** 00, masked seed, masked (hash of the empty label, zeros, 01, plaintext). */
function decodeOaep(block: Uint8Array, hash: 'sha1' | 'sha256'): Uint8Array | undefined {
  const labelHash = createHash(hash).digest();
  const { length } = labelHash;
  if (block.length < 2 * length + 2) return undefined;
  const [maskedSeed, maskedData] = [block.subarray(1, 1 + length), block.subarray(1 + length)];
  const seed = xor(maskedSeed, mgf1(hash, maskedData, length));
  const data = xor(maskedData, mgf1(hash, seed, maskedData.length));
  try {
    let bad = block[0] ?? 1;
    for (const [index, byte] of labelHash.entries()) bad |= byte ^ (data[index] ?? 0);
    const start = afterFirst(data, length, (byte) => byte ^ 0x01);
    // Nothing but zeros lies before the 01.
    for (let index = length; index < data.length; index += 1) {
      bad |= (data[index] ?? 0) & -isNegative(index - (start - 1));
    }
    return bad === 0 && start !== 0 ? data.slice(start) : undefined;
  } finally {
    seed.fill(0);
    data.fill(0);
  }
}

/** One more than the index of the first byte from `from` on that `mark` maps to zero; 0 when there is none. */
function afterFirst(bytes: Uint8Array, from: number, mark: (byte: number) => number): number {
  let [found, result] = [0, 0];
  for (let index = from; index < bytes.length; index += 1) {
    const isMark = isNegative(mark(bytes[index] ?? 0) - 1);
    result |= (index + 1) & -(isMark & ~found);
    found |= isMark;
  }
  return result;
}

/** 1 for a negative 32-bit number, else 0. */
const isNegative = (number: number): number => number >>> 31;
