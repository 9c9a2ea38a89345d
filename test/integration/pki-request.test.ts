import { constants, createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, type SignatureAlgorithm } from '../../src/model/signature.js';
import { encodeRequest, encodeRequestInfo } from '../../src/pki/certificate-request.js';
import { readDer } from '../../src/pki/der.js';
import { octetString, oidOf } from '../../src/pki/der-writing.js';
import { openssl } from '../support/openssl.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keys = {
  RS256: rsa,
  PS256: rsa,
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
};
const algorithms = Object.keys(keys) as readonly SignatureAlgorithm[];
const noName = Uint8Array.of(0x30, 0);
const spkiOf = ({ publicKey }: { publicKey: KeyObject }): Uint8Array =>
  publicKey.export({ format: 'der', type: 'spki' });

/** As a card signs: a PSS salt of 32 bytes, ECDSA as r and s. */
function cardSignature(info: Uint8Array, algorithm: SignatureAlgorithm): Uint8Array {
  const key = keys[algorithm].privateKey;
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  const options = algorithm === 'PS256' ? pss : algorithm === 'RS256' ? {} : { dsaEncoding: 'ieee-p1363' as const };
  return sign(digestOf(algorithm), info, { key, ...options });
}

const requestBy = (algorithm: SignatureAlgorithm, content: Partial<Parameters<typeof encodeRequestInfo>[0]> = {}) => {
  const parts = { subject: noName, publicKey: spkiOf(keys[algorithm]), attributes: [], ...content };
  const info = encodeRequestInfo(parts);
  return encodeRequest(info, algorithm, cardSignature(info, algorithm));
};

describe('encodeRequest()', () => {
  it.each(algorithms)('of %s is taken and verified by openssl, which writes it again as it was', (algorithm) => {
    const request = requestBy(algorithm);
    const written = openssl(['req', '-inform', 'DER', '-outform', 'DER', '-verify'], request);
    expect(written.equals(Buffer.from(request))).toBe(true);
    const text = openssl(['req', '-inform', 'DER', '-noout', '-text'], request).toString();
    expect(text).toContain('Version: 1 (0x0)');
    if (algorithm === 'PS256') expect(text).toMatch(/Salt Length: 0x20/);
  });

  it('openssl makes the same of the same key, name and attributes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kort-request-'));
    const key = join(folder, 'key.pem');
    writeFileSync(key, rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const theirs = openssl([
      'req',
      '-new',
      '-key',
      key,
      '-subj',
      '/C=SE/CN=Tolvan Tolvansson',
      '-sha256',
      '-outform',
      'DER',
    ]);
    rmSync(folder, { recursive: true });
    const info = readDer(readDer(theirs)[0]!.contents)[0]!;
    const [, subject] = readDer(info.contents);
    const ours = requestBy('RS256', { subject: subject!.encoded });
    expect(Buffer.from(ours).equals(theirs)).toBe(true);
  });

  it('carries attributes that openssl reads, in the order of DER', () => {
    const challenge = { oid: '1.2.840.113549.1.9.7', value: Buffer.from('0c0548656a2121', 'hex') };
    const other = { oid: '1.2.3.4', value: octetString(Uint8Array.of(1)) };
    const one = requestBy('RS256', { attributes: [challenge, other] });
    expect(requestBy('RS256', { attributes: [other, challenge] })).toEqual(one);
    expect(openssl(['req', '-inform', 'DER', '-noout', '-text', '-verify'], one).toString()).toContain('Hej!!');
  });

  it('openssl refuses it when anything under the signature is changed', () => {
    const request = requestBy('ES256', { attributes: [{ oid: '1.2.3.4', value: oidOf('1.2.3') }] });
    const changed = Uint8Array.from(request);
    changed[changed.indexOf(0xa0) + 5]! ^= 1;
    expect(() => openssl(['req', '-inform', 'DER', '-noout', '-verify'], changed)).toThrow();
  });
});

describe('encodeRequestInfo()', () => {
  it('has empty attributes where there are none', () => {
    const info = encodeRequestInfo({ subject: noName, publicKey: noName, attributes: [] });
    expect(Buffer.from(info).toString('hex')).toBe('3009' + '020100' + '3000' + '3000' + 'a000');
    expect(createHash('sha256').update(info).digest()).toHaveLength(32);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['a SET', Uint8Array.of(0x31, 0)],
    ['two names', Uint8Array.of(0x30, 0, 0x30, 0)],
    ['a name cut off', Uint8Array.of(0x30, 5)],
  ])('refuses %s for a subject or a key', (_what, bytes) => {
    const malformed = expect.objectContaining({ code: 'ERR_CERT_MALFORMED' });
    expect(() => encodeRequestInfo({ subject: bytes, publicKey: noName, attributes: [] })).toThrow(malformed);
    expect(() => encodeRequestInfo({ subject: noName, publicKey: bytes, attributes: [] })).toThrow(malformed);
  });
});
