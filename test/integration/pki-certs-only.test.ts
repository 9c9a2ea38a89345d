import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeTlv } from '../../src/core/ber-tlv.js';
import { isMiddlewareError } from '../../src/core/errors.js';
import { systemClock } from '../../src/core/ports.js';
import { decodeCertsOnly, encodeCertsOnly } from '../../src/pki/certs-only.js';
import { readDer } from '../../src/pki/der.js';
import { octetString, oidOf } from '../../src/pki/der-writing.js';
import { caCertificatesOf, createSandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { editDer } from '../support/edited-der.js';
import { openssl } from '../support/openssl.js';
import { writePem } from '../support/revocation-stage.js';

const folder = mkdtempSync(join(tmpdir(), 'kort-certs-only-'));
const file = (name: string): string => join(folder, name);
let certificates: readonly Uint8Array[];
const hex = (list: readonly Uint8Array[]): readonly string[] =>
  list.map((one) => Buffer.from(one).toString('hex')).toSorted();
const malformed = expect.objectContaining({ code: 'ERR_CERT_MALFORMED' });

beforeAll(async () => {
  certificates = caCertificatesOf(await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' })).slice(0, 3);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('encodeCertsOnly()', () => {
  it('writes what openssl reads, and writes again as it was', () => {
    const ours = encodeCertsOnly(certificates);
    const printed = openssl(['pkcs7', '-inform', 'DER', '-print_certs'], ours).toString();
    expect(printed.match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
    expect(openssl(['pkcs7', '-inform', 'DER', '-outform', 'DER'], ours).equals(Buffer.from(ours))).toBe(true);
    expect(openssl(['cms', '-cmsout', '-inform', 'DER', '-print'], ours).toString()).toContain('signerInfos');
  });
});

describe('decodeCertsOnly()', () => {
  it('reads what openssl made, each certificate as it is', () => {
    const args = certificates.flatMap((one, index) => ['-certfile', writePem(folder, `c${index}`, one)]);
    const theirs = openssl(['crl2pkcs7', '-nocrl', '-outform', 'DER', ...args]);
    expect(hex(decodeCertsOnly(theirs))).toEqual(hex(certificates));
  });

  it('reads what it wrote', () => {
    expect(hex(decodeCertsOnly(encodeCertsOnly(certificates)))).toEqual(hex(certificates));
  });

  it('reads what a library has written without lengths, as openssl does', () => {
    const open = (tag: number, contents: Uint8Array): Uint8Array =>
      Buffer.concat([Uint8Array.of(tag, 0x80), contents, Uint8Array.of(0, 0)]);
    const outer = (der: Uint8Array, depth: number): Uint8Array =>
      Buffer.concat(
        readDer(der).map(({ tag, contents, encoded }) =>
          (tag & 0x20) !== 0 && depth > 0 ? open(tag, outer(contents, depth - 1)) : encoded,
        ),
      );
    for (const depth of [1, 2, 3, 4]) {
      const ber = outer(encodeCertsOnly(certificates), depth);
      const printed = openssl(['pkcs7', '-inform', 'DER', '-print_certs'], ber).toString();
      expect(printed.match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
      expect(hex(decodeCertsOnly(ber))).toEqual(hex(certificates));
      for (let end = 0; end < ber.length; end += 97) {
        expect(() => decodeCertsOnly(ber.subarray(0, end))).toThrow(malformed);
      }
      expect(() => decodeCertsOnly(Buffer.concat([ber, Uint8Array.of(5, 0)]))).toThrow(malformed);
    }
    const deep = Buffer.concat([Buffer.from('3080'.repeat(9), 'hex'), Buffer.alloc(18)]);
    expect(() => decodeCertsOnly(deep)).toThrow(malformed);
    expect(() => decodeCertsOnly(Buffer.from('308004800000000000', 'hex'))).toThrow(malformed);
    expect(() => decodeCertsOnly(Buffer.from(`3080${'0500'.repeat(200_000)}0000`, 'hex'))).toThrow(malformed);
  });

  it('passes a revocation list beside them over', () => {
    const key = file('key.pem');
    const ca = file('ca.pem');
    const configuration = file('list.cnf');
    writeFileSync(configuration, listConfiguration);
    const days = ['-days', '2', '-subj', '/CN=TEST list CA', '-nodes'];
    openssl([
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-keyout',
      key,
      '-out',
      ca,
      ...days,
    ]);
    const list = openssl(['ca', '-gencrl', '-config', configuration, '-cert', ca, '-keyfile', key]);
    const theirs = openssl(['crl2pkcs7', '-outform', 'DER', '-certfile', ca], list);
    const [only] = decodeCertsOnly(theirs);
    expect(openssl(['x509', '-inform', 'DER'], only).toString()).toBe(openssl(['x509'], readFileSync(ca)).toString());
  });

  it('passes over what is no X.509 certificate', () => {
    const attributeCertificate = Uint8Array.of(0xa1, 0);
    const with2 = editDer(encodeCertsOnly(certificates), [0, 1, 0, 3], ({ contents }) => [
      encodeTlv(0xa0, Buffer.concat([contents, attributeCertificate])),
    ]);
    expect(decodeCertsOnly(with2)).toHaveLength(3);
  });

  it.each<[string, (ours: Uint8Array) => Uint8Array]>([
    ['no certificate', () => encodeCertsOnly([])],
    ['more than 32', ([]) => encodeCertsOnly(Array.from({ length: 33 }, () => Uint8Array.of(0x30, 0)))],
    ['one that is too long', () => encodeCertsOnly([encodeTlv(0x30, new Uint8Array(16_384))])],
    ['content of another type', (ours) => editDer(ours, [0, 0], () => [oidOf('1.2.840.113549.1.7.1')])],
    ['a signature', (ours) => editDer(ours, [0, 1, 0, 4], () => [Uint8Array.of(0x31, 2, 0x30, 0)])],
    ['no signatures at all', (ours) => editDer(ours, [0, 1, 0, 4], () => [])],
    ['no certificates at all', (ours) => editDer(ours, [0, 1, 0, 3], () => [])],
    ['another version than a number', (ours) => editDer(ours, [0, 1, 0, 0], () => [octetString(new Uint8Array())])],
    ['something after it', (ours) => Buffer.concat([ours, Uint8Array.of(5, 0)])],
    ['nothing', () => new Uint8Array()],
  ])('refuses a message with %s', (_what, change) => {
    expect(() => decodeCertsOnly(change(encodeCertsOnly(certificates)))).toThrow(malformed);
  });

  it('refuses what openssl signed', () => {
    const key = file('key.pem');
    const signed = openssl(
      ['cms', '-sign', '-outform', 'DER', '-signer', file('ca.pem'), '-inkey', key, '-nodetach'],
      'text',
    );
    expect(() => decodeCertsOnly(signed)).toThrow(malformed);
  });

  it('gives out certificates or ERR_CERT_MALFORMED of whatever comes', () => {
    const whole = Buffer.from(encodeCertsOnly(certificates));
    const decodes = (bytes: Uint8Array): boolean => {
      try {
        return decodeCertsOnly(bytes).every((one) => one[0] === 0x30);
      } catch (error) {
        return isMiddlewareError(error, 'ERR_CERT_MALFORMED');
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), decodes));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(whole.length), (at, flip, end) => {
        const changed = Buffer.from(whole.subarray(0, Math.max(end, at + 1)));
        changed[at]! ^= flip;
        return decodes(changed);
      }),
      { numRuns: 500 },
    );
  });
});

const listConfiguration = `[ca]
default_ca = only
[only]
database = /dev/null
default_md = sha256
default_crl_days = 1
`;
