import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/core/bytes.js';
import { contentsOf, derTag, readDer, readOid, readTime } from '../../../src/pki/der.js';
import { oidOf, setOf, timeOf, unsignedInteger } from '../../../src/pki/der-writing.js';

describe('der-writing', () => {
  it.each(['1.2.840.113549.1.9.16.2.47', '2.16.840.1.101.3.4.2.1', '2.5.29.15', '1.3.14.3.2.26', '0.9.2342'])(
    'oidOf() writes %s as it is read',
    (dotted) => {
      expect(readOid(contentsOf(readDer(oidOf(dotted))[0], derTag.oid, 'OID'))).toBe(dotted);
    },
  );

  it.each([
    ['00', '020100'],
    ['0000', '020100'],
    ['7f', '02017f'],
    ['80', '02020080'],
    ['00ff', '020200ff'],
    ['0001ff', '020201ff'],
    ['', '020100'],
  ])('unsignedInteger() writes %s as %s', (digits, der) => {
    expect(toHex(unsignedInteger(Buffer.from(digits, 'hex')))).toBe(der);
  });

  it('timeOf() is UTCTime up to 2049 and GeneralizedTime from 2050, to the second', () => {
    expect(toHex(timeOf(Date.UTC(2049, 11, 31, 23, 59, 59, 999)))).toBe(
      `170d${Buffer.from('491231235959Z').toString('hex')}`,
    );
    expect(toHex(timeOf(Date.UTC(2050, 0, 1)))).toBe(`180f${Buffer.from('20500101000000Z').toString('hex')}`);
  });

  it('timeOf() writes what readTime() reads', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), (seconds) => {
        expect(readTime(readDer(timeOf(seconds * 1000))[0])).toBe(seconds * 1000);
      }),
    );
  });

  it('setOf() sorts by encoding', () => {
    const [a, b, c] = ['0401ff', '04020000', '0400'].map((hex) => Buffer.from(hex, 'hex'));
    expect(toHex(setOf([b!, a!, c!]))).toBe('310904000401ff04020000');
  });
});
