import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { certificateAlgorithms, shownKeyType } from '../../../src/pki/certificate-algorithms.js';
import { maxCertificateBytes, parseCertificate, publicKeyOf, x509Of } from '../../../src/pki/certificate.js';
import { isSignedBy } from '../../../src/pki/path.js';
import { fitsKey } from '../../../src/verify/signature.js';
import { runProcess } from '../../support/run-process.js';

const folder = 'test/fixtures/pq';
const bytesOf = (name: string): Uint8Array => Uint8Array.from(readFileSync(join(folder, `${name}.der`)));
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.der'))
  .map((file) => file.slice(0, -4));

const mlDsa87 = { name: 'ML-DSA-87', oid: '2.16.840.1.101.3.4.3.19', quantumVulnerable: false };

it.each([
  ['ml-dsa-87-ca', { key: mlDsa87, signature: mlDsa87, quantumVulnerable: 'no' }],
  [
    'ml-dsa-44-person',
    {
      key: { name: 'ML-DSA-44', oid: '2.16.840.1.101.3.4.3.17', quantumVulnerable: false },
      signature: mlDsa87,
      quantumVulnerable: 'no',
    },
  ],
  [
    'ml-dsa-65-person',
    {
      key: { name: 'ML-DSA-65', oid: '2.16.840.1.101.3.4.3.18', quantumVulnerable: false },
      signature: mlDsa87,
      quantumVulnerable: 'no',
    },
  ],
  [
    'rsa-person-of-ml-dsa-ca',
    {
      key: { name: 'RSA', oid: '1.2.840.113549.1.1.1', bits: 2048, quantumVulnerable: true },
      signature: mlDsa87,
      quantumVulnerable: 'yes',
    },
  ],
  ['slh-dsa-128s', { key: { name: 'SLH-DSA-SHA2-128s' }, quantumVulnerable: 'no' }],
  ['ed25519', { key: { name: 'Ed25519' }, signature: { name: 'Ed25519' }, quantumVulnerable: 'yes' }],
  ['ed448', { key: { name: 'Ed448' }, quantumVulnerable: 'yes' }],
  [
    'p521',
    {
      key: { name: 'ECDSA P-521', oid: '1.2.840.10045.2.1', bits: 521 },
      signature: { name: 'ECDSA with SHA-512' },
      quantumVulnerable: 'yes',
    },
  ],
  ['rsa-pss', { key: { name: 'RSA-PSS', bits: 3072 }, signature: { name: 'RSA-PSS' }, quantumVulnerable: 'yes' }],
  [
    'composite',
    {
      key: { name: 'ML-DSA-65', oid: '1.3.6.1.5.5.7.6.45', quantumVulnerable: false },
      second: { name: 'ECDSA P-256', oid: '1.3.6.1.5.5.7.6.45', quantumVulnerable: true },
      signature: { name: 'ML-DSA-65 + ECDSA P-256', quantumVulnerable: false },
      quantumVulnerable: 'hybrid',
    },
  ],
  [
    'hybrid',
    {
      key: { name: 'ECDSA P-256', bits: 256, quantumVulnerable: true },
      second: { name: 'ML-DSA-65', oid: '2.16.840.1.101.3.4.3.18', quantumVulnerable: false },
      signature: { name: 'ECDSA with SHA-256', quantumVulnerable: true },
      quantumVulnerable: 'hybrid',
    },
  ],
])('certificateAlgorithms() reads %s', (name, expected) => {
  expect(certificateAlgorithms(parseCertificate(bytesOf(name)))).toMatchObject(expected);
});

it.each(names)('parseCertificate() reads %s as OpenSSL does, within the limit', async (name) => {
  const der = bytesOf(name);
  expect(der.length).toBeLessThan(maxCertificateBytes);
  const { person, notAfter, isCa, keyUsage } = parseCertificate(der);
  const path = join(folder, `${name}.der`);
  const { stdout } = await runProcess('openssl', ['x509', '-inform', 'der', '-in', path, '-noout', '-text']);
  expect(stdout).toContain(`CN = ${person.commonName}`);
  expect(Date.parse(/Not After : (.*)/.exec(stdout)?.[1] ?? '')).toBe(notAfter);
  expect(isCa).toBe(stdout.includes('CA:TRUE'));
  expect(keyUsage).toContain(isCa ? 'keyCertSign' : 'digitalSignature');
});

it('a key of another kind signs nothing and verifies nothing, whatever this Node could do with it', () => {
  const usable = ['rsa-person-of-ml-dsa-ca', 'hybrid'];
  for (const name of names.filter((one) => !usable.includes(one))) {
    const info = parseCertificate(bytesOf(name));
    expect(info.keyType, name).toBe('other');
    expect(shownKeyType(info), name).toBe(certificateAlgorithms(info).key.name);
    expect(() => publicKeyOf(info), name).toThrow(expect.objectContaining({ code: 'ERR_CERT_MALFORMED' }));
    expect(isSignedBy(x509Of(info), x509Of(info)), name).toBe(false);
    for (const algorithm of ['RS256', 'PS256', 'ES256', 'ES384'] as const) {
      expect(fitsKey(algorithm, info), name).toBe(false);
    }
  }
});

it('an OID that nobody knows stands for itself', () => {
  const der = bytesOf('ml-dsa-44-person');
  const oid = Buffer.from('0609608648016503040311', 'hex');
  const at = Buffer.from(der).indexOf(oid);
  der[at + oid.length - 1] = 0x7f;
  expect(certificateAlgorithms(parseCertificate(der))).toMatchObject({
    key: { name: '2.16.840.1.101.3.4.3.127', quantumVulnerable: undefined },
    quantumVulnerable: 'unknown',
  });
});
