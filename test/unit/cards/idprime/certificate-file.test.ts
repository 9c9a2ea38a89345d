import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCertificateFile } from '../../../../src/cards/idprime/certificate-file.js';
import { encodeTlv } from '../../../../src/core/ber-tlv.js';
import { concatBytes, equalBytes } from '../../../../src/core/bytes.js';
import { isMiddlewareError } from '../../../../src/core/errors.js';

const compressed = (content: Uint8Array, declared = content.length): Uint8Array =>
  concatBytes(Uint8Array.of(1, 0, declared & 0xff, declared >> 8), deflateSync(content));
const malformed = expect.objectContaining({ code: 'ERR_CARD_RESPONSE' }) as Error;
const der = fc.uint8Array({ maxLength: 2000 }).map((content) => encodeTlv(0x30, content));

describe('parseCertificateFile()', () => {
  it('reads both forms, with and without padding', () => {
    fc.assert(
      fc.property(der, fc.nat(300), (certificate, padding) => {
        const tail = new Uint8Array(padding);
        expect(equalBytes(parseCertificateFile(concatBytes(certificate, tail)), certificate)).toBe(true);
        expect(equalBytes(parseCertificateFile(concatBytes(compressed(certificate), tail)), certificate)).toBe(true);
      }),
    );
  });

  it('refuses a stream that is longer than declared, without inflating it', () => {
    // 30 MB in 30 kB: what a bomb looks like.
    const bomb = deflateSync(new Uint8Array(30_000_000));
    expect(bomb.length).toBeLessThan(0x7fff);
    expect(() => parseCertificateFile(concatBytes(Uint8Array.of(1, 0, 0xff, 0xff), bomb))).toThrow(malformed);
    const certificate = encodeTlv(0x30, new Uint8Array(500));
    expect(() => parseCertificateFile(compressed(certificate, certificate.length - 1))).toThrow(malformed);
  });

  it('refuses a stream that is shorter than declared or empty', () => {
    const certificate = encodeTlv(0x30, new Uint8Array(500));
    expect(() => parseCertificateFile(compressed(certificate, certificate.length + 1))).toThrow(malformed);
    expect(() => parseCertificateFile(compressed(certificate, 0))).toThrow(malformed);
  });

  it('refuses every truncation of either form', () => {
    const certificate = encodeTlv(0x30, new Uint8Array(300).fill(7));
    const file = compressed(certificate);
    for (let length = 0; length < file.length; length += 1) {
      expect(() => parseCertificateFile(file.subarray(0, length))).toThrow(malformed);
    }
    for (let length = 0; length < certificate.length; length += 1) {
      expect(() => parseCertificateFile(certificate.subarray(0, length))).toThrow(malformed);
    }
  });

  it.each([
    ['another tag', Uint8Array.of(0x31, 0)],
    ['an indefinite length', Uint8Array.of(0x30, 0x80, 0, 0)],
    ['a length of three bytes', Uint8Array.of(0x30, 0x83, 0, 0, 1, 0)],
    ['another compression', Uint8Array.of(1, 1, 2, 0, 0x78, 0x9c)],
    ['compressed rubbish', compressed(Uint8Array.of(1, 2, 3))],
    ['a file beyond what can be read', new Uint8Array(0x8000).fill(0x30)],
  ])('refuses %s', (_, bytes) => {
    expect(() => parseCertificateFile(bytes)).toThrow(malformed);
  });

  it('on any bytes answers a SEQUENCE or fails typed', () => {
    const headed = fc.tuple(
      fc.constantFrom([], [0x30], [0x30, 0x82], [1, 0], [1, 0, 0xff, 0xff, 0x78, 0x9c]),
      fc.uint8Array({ maxLength: 400 }),
    );
    fc.assert(
      fc.property(headed, ([head, rest]) => {
        try {
          expect(parseCertificateFile(concatBytes(Uint8Array.from(head), rest))[0]).toBe(0x30);
        } catch (error) {
          if (!isMiddlewareError(error, 'ERR_CARD_RESPONSE')) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
