import fc from 'fast-check';
import { createPrivateKey, sign } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { concatBytes } from '../../../src/core/bytes.js';
import { encodeTlv } from '../../../src/core/ber-tlv.js';
import { isMiddlewareError } from '../../../src/core/errors.js';
import { parseCertificate } from '../../../src/pki/certificate.js';
import { issueCertificate, type CertificateTemplate } from '../../../src/pki/issue-certificate.js';
import { generateIssuingKey } from '../../../src/pki/issuing-key.js';

let template: CertificateTemplate;
let good: Uint8Array;

beforeAll(async () => {
  const key = await generateIssuingKey('ec-p256');
  template = {
    subject: [
      ['C', 'SE'],
      ['L', 'Testlän'],
      ['O', 'TEST Vård, "Omsorg"'],
      ['CN', 'Tolvan Tolvansson'],
      ['SN', 'Tolvansson'],
      ['GN', 'Tolvan'],
      ['serialNumber', '191212121212'],
    ],
    issuer: [
      ['C', 'SE'],
      ['CN', 'TEST CA'],
    ],
    subjectKey: key,
    issuerKey: key,
    notBefore: Date.UTC(2026, 0, 1),
    notAfter: Date.UTC(2051, 0, 1),
    keyUsage: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
    policies: ['1.2.752.74.8.512', '2.16.840.1.113733.1.7.23.6'],
    cardNumber: '9752269900000000001',
  };
  good = await issueCertificate(template);
});

const malformed = (der: Uint8Array): boolean => {
  try {
    parseCertificate(der);
    return false;
  } catch (error) {
    if (isMiddlewareError(error, 'ERR_CERT_MALFORMED')) return true;
    throw error;
  }
};

describe('parseCertificate()', () => {
  it('reads the profile', () => {
    expect(parseCertificate(good)).toMatchObject({
      subject:
        'serialNumber=191212121212,GN=Tolvan,SN=Tolvansson,CN=Tolvan Tolvansson,O=TEST Vård\\, \\"Omsorg\\",L=Testlän,C=SE',
      issuer: 'CN=TEST CA,C=SE',
      person: {
        commonName: 'Tolvan Tolvansson',
        givenName: 'Tolvan',
        surname: 'Tolvansson',
        organization: 'TEST Vård, "Omsorg"',
        personId: '191212121212',
      },
      notBefore: Date.UTC(2026, 0, 1),
      notAfter: Date.UTC(2051, 0, 1),
      keyType: 'ec-p256',
      keyBits: 256,
      keyUsage: ['digitalSignature', 'keyEncipherment'],
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
      policies: ['1.2.752.74.8.512', '2.16.840.1.113733.1.7.23.6'],
      isCa: false,
      cardNumber: '9752269900000000001',
    });
  });

  it('keeps its own copy of the DER', () => {
    const bytes = Uint8Array.from(good);
    const info = parseCertificate(bytes);
    bytes.fill(0);
    expect(Buffer.from(info.der)).toEqual(Buffer.from(good));
  });

  it('leaves out what a certificate does not say', async () => {
    const { subject: _, extendedKeyUsage: _eku, policies: _policies, cardNumber: _card, ...rest } = template;
    const info = parseCertificate(await issueCertificate({ ...rest, subject: [['C', 'SE']], pathLength: 0 }));
    expect(info).toMatchObject({ person: { commonName: '' }, policies: [], extendedKeyUsage: [], isCa: true });
    expect(info.cardNumber).toBeUndefined();
    expect(Object.keys(info.person)).toEqual(['commonName']);
  });

  it.each([
    ['nothing', () => new Uint8Array()],
    ['trailing bytes', () => concatBytes(good, Uint8Array.of(0))],
    ['a missing byte', () => good.subarray(0, -1)],
    ['more than 16 KiB', () => encodeTlv(0x30, new Uint8Array(16_384))],
    ['an indefinite length', () => concatBytes(Uint8Array.of(0x30, 0x80), good.subarray(4), Uint8Array.of(0, 0))],
    ['a length with a leading zero', () => concatBytes(Uint8Array.of(0x30, 0x83, 0), good.subarray(2))],
    ['a set in place of the sequence', () => concatBytes(Uint8Array.of(0x31), good.subarray(1))],
    ['10 000 nested sequences', () => nested(5000)],
  ])('refuses %s', (_, make) => {
    expect(malformed(make())).toBe(true);
  });

  it('answers any bytes, and any change of a good certificate, with a certificate or ERR_CERT_MALFORMED', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => malformed(bytes)),
      { numRuns: 500 },
    );
    const change = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Uint8Array.from(good);
        for (const [index, value] of changes) bytes[index] = value;
        malformed(bytes);
      }),
      { numRuns: 3000 },
    );
  });

  it('refuses parts that are not what RFC 5280 says', () => {
    // The parts of the to-be-signed certificate, each replaced by another in turn.
    const replaced: readonly (readonly [string, number, Uint8Array])[] = [
      ['version 1', 0, encodeTlv(0xa0, encodeTlv(2, Uint8Array.of(0)))],
      ['a serial number of 22 bytes', 1, encodeTlv(2, new Uint8Array(22).fill(1))],
      ['no serial number', 1, encodeTlv(2, new Uint8Array())],
      ['a serial number with needless zeros', 1, encodeTlv(2, Uint8Array.of(0, 0x55))],
      ['a negative serial number with needless ones', 1, encodeTlv(2, Uint8Array.of(0xff, 0x85))],
      ['another inner signature algorithm', 2, encodeTlv(0x30, encodeTlv(6, Uint8Array.of(0x2a)))],
      ['a validity of one time', 4, encodeTlv(0x30, time('260101000000Z'))],
      ['a validity with a 13th month', 4, encodeTlv(0x30, concatBytes(time('261301000000Z'), time('270101000000Z')))],
      ['a validity on 30 February', 4, encodeTlv(0x30, concatBytes(time('260230000000Z'), time('270101000000Z')))],
      ['a validity without seconds', 4, encodeTlv(0x30, concatBytes(time('2601010000Z'), time('270101000000Z')))],
      ['a name in invalid UTF-8', 5, name(0x0c, Uint8Array.of(0xc3, 0x28))],
      ['a name of a type that is no text', 5, name(0x02, Uint8Array.of(1))],
      ['a name in half a BMPString', 5, name(0x1e, Uint8Array.of(0, 65, 0))],
      ['a key that is none', 6, encodeTlv(0x30, new Uint8Array(10))],
      ['one extension twice', 7, extensions(keyUsage, keyUsage)],
      ['an extension without a value', 7, extensions(encodeTlv(0x30, encodeTlv(6, Uint8Array.of(0x55, 0x1d, 15))))],
    ];
    for (const [what, index, part] of replaced) expect(malformed(rebuilt(index, part)), what).toBe(true);
    expect(malformed(rebuilt(5, name(0x1e, Uint8Array.of(0, 0xc5)))), 'control: a BMPString').toBe(false);
    for (const serial of [[0], [0, 0x85], [0xff], [0xff, 0x55], [0x85]]) {
      expect(malformed(rebuilt(1, encodeTlv(2, Uint8Array.from(serial)))), `control: serial ${serial.join()}`).toBe(
        false,
      );
    }
    expect(malformed(rebuilt(7, extensions(keyUsage))), 'control: one extension').toBe(false);
  });
});

const keyUsage = encodeTlv(
  0x30,
  concatBytes(encodeTlv(6, Uint8Array.of(0x55, 0x1d, 15)), encodeTlv(4, Uint8Array.of(3, 2, 7, 0x80))),
);
const extensions = (...list: readonly Uint8Array[]) => encodeTlv(0xa3, encodeTlv(0x30, concatBytes(...list)));
const time = (text: string) => encodeTlv(0x17, Buffer.from(text));
const name = (tag: number, value: Uint8Array) =>
  encodeTlv(
    0x30,
    encodeTlv(0x31, encodeTlv(0x30, concatBytes(encodeTlv(6, Uint8Array.of(0x55, 4, 3)), encodeTlv(tag, value)))),
  );

/** The elements one after the other, whole. */
function elements(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const first = bytes[offset + 1]!;
    const count = first > 0x80 ? first & 0x7f : 0;
    let length = count === 0 ? first : 0;
    for (let index = 0; index < count; index += 1) length = length * 256 + bytes[offset + 2 + index]!;
    const end = offset + 2 + count + length;
    found.push(bytes.subarray(offset, end));
    offset = end;
  }
  return found;
}

const inside = (element: Uint8Array): Uint8Array => element.subarray(element[1]! > 0x80 ? 2 + (element[1]! & 0x7f) : 2);

function rebuilt(index: number, part: Uint8Array): Uint8Array {
  const [tbs, algorithm] = elements(inside(good));
  const parts = elements(inside(tbs!));
  parts[index] = part;
  const body = encodeTlv(0x30, concatBytes(...parts));
  const key = createPrivateKey(template.issuerKey.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const signature = encodeTlv(3, concatBytes(Uint8Array.of(0), sign('sha256', body, key)));
  return encodeTlv(0x30, concatBytes(body, algorithm!, signature));
}

function nested(depth: number): Uint8Array {
  let inner: Uint8Array = new Uint8Array();
  for (let level = 0; level < depth && inner.length < 16_000; level += 1) inner = encodeTlv(0x30, inner);
  return inner;
}
