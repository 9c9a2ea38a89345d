import { constants, createHash, generateKeyPairSync, privateEncrypt, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodePkcs1, encodePss } from '../../../src/cards/rsa-encoding.js';
import { toHex } from '../../../src/core/bytes.js';

const message = new TextEncoder().encode('message');
const digest = createHash('sha256').update(message).digest();

describe.each([1024, 2048])('with a key of %i bits', (modulusLength) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
  const raw = (block: Uint8Array) => privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, block);

  it('encodePkcs1() is what a verifier accepts', () => {
    const signature = raw(encodePkcs1(digest, modulusLength / 8));
    expect(verify('sha256', message, publicKey, signature)).toBe(true);
    expect(verify('sha256', Buffer.from('other'), publicKey, signature)).toBe(false);
  });

  it('encodePss() is what a verifier accepts with a salt of 32 bytes, each time another', () => {
    const key = { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    const signatures = Array.from({ length: 10 }, () => raw(encodePss(digest, modulusLength / 8)));
    for (const signature of signatures) expect(verify('sha256', message, key, signature)).toBe(true);
    expect(verify('sha256', Buffer.from('other'), key, signatures[0]!)).toBe(false);
    expect(verify('sha256', message, { ...key, saltLength: 20 }, signatures[0]!)).toBe(false);
    expect(new Set(signatures.map(toHex)).size).toBe(10);
  });
});
