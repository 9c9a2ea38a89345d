import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCertificateObject, parseCertificateObject } from '../../../../src/cards/piv/certificate-object.js';
import { encodeTlv } from '../../../../src/core/ber-tlv.js';
import { concatBytes, equalBytes, fromHex, toHex } from '../../../../src/core/bytes.js';
import { isMiddlewareError } from '../../../../src/core/errors.js';

const malformed = expect.objectContaining({ code: 'ERR_CARD_RESPONSE' }) as Error;
const der = fc.uint8Array({ maxLength: 2000 }).map((content) => encodeTlv(0x30, content));
const object = (stored: Uint8Array, info: number): Uint8Array =>
  concatBytes(encodeTlv(0x70, stored), encodeTlv(0x71, Uint8Array.of(info)), fromHex('fe00'));

describe('parseCertificateObject()', () => {
  it('reads what encodeCertificateObject() wrote, and both ways to say gzip', () => {
    fc.assert(
      fc.property(der, (certificate) => {
        const forms = [encodeCertificateObject(certificate)];
        for (const info of [0x01, 0x80]) forms.push(object(gzipSync(certificate), info));
        for (const form of forms) expect(equalBytes(parseCertificateObject(form), certificate)).toBe(true);
      }),
    );
  });

  it('needs neither CertInfo nor error detection code', () => {
    expect(toHex(parseCertificateObject(fromHex('70 04 30020500')))).toBe('30020500');
  });

  it('refuses what inflates without an end', () => {
    const bomb = gzipSync(encodeTlv(0x30, new Uint8Array(10_000_000)));
    expect(() => parseCertificateObject(object(bomb, 1))).toThrow(malformed);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['no certificate', fromHex('710100fe00')],
    ['an empty certificate', object(new Uint8Array(), 0)],
    ['another type', object(fromHex('3100'), 0)],
    ['two certificates', object(fromHex('30003000'), 0)],
    ['a cut-off certificate', object(fromHex('300500'), 0)],
    ['rubbish for gzip', object(fromHex('30020500'), 1)],
    ['a gzip that ends early', object(gzipSync(fromHex('30020500')).subarray(0, -9), 1)],
    ['a cut-off object', fromHex('7010300205')],
  ])('refuses %s', (_, contents) => {
    expect(() => parseCertificateObject(contents)).toThrow(malformed);
  });

  it('on any bytes answers a SEQUENCE or fails typed', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const forms = fc.oneof(
      bytes,
      bytes.map((stored) => object(stored, 0)),
      bytes.map((stored) => object(gzipSync(stored), 1)),
      bytes.map((stored) => object(concatBytes(fromHex('1f8b0800000000000003'), stored), 1)),
    );
    fc.assert(
      fc.property(forms, (contents) => {
        try {
          expect(parseCertificateObject(contents)[0]).toBe(0x30);
        } catch (error) {
          if (!isMiddlewareError(error, 'ERR_CARD_RESPONSE')) throw error;
        }
      }),
      { numRuns: 400 },
    );
  });
});
