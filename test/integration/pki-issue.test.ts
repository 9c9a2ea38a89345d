import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/ports.js';
import { parseCertificate } from '../../src/pki/certificate.js';
import { createSandboxCa, issuePerson, issueServer, type SandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { testPeople } from '../../src/sandbox/ca/person.js';

let folder: string;
let ca: SandboxCa;

const openssl = (...args: readonly string[]): string =>
  execFileSync('openssl', args, { encoding: 'utf8', cwd: folder });

function write(name: string, der: Uint8Array): string {
  writeFileSync(join(folder, `${name}.der`), der);
  openssl('x509', '-inform', 'DER', '-in', `${name}.der`, '-out', `${name}.pem`);
  return `${name}.pem`;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kort-pki-'));
  ca = await createSandboxCa({ clock: systemClock });
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const verify = (leaf: string, issuer: string, root: string): string =>
  openssl('verify', '-x509_strict', '-CAfile', root, '-untrusted', issuer, '-purpose', 'sslclient', leaf);

describe('issuePerson()', () => {
  it.each(['rsa', 'ec-p256', 'ec-p384'] as const)(
    'makes a path that openssl verifies strictly (%s)',
    async (keyType) => {
      const issued = await issuePerson(ca, { ...testPeople.tolvan, keyType });
      const [issuer, root] = issued.caCertificates;
      const leaf = write('leaf', issued.certificate);
      expect(verify(leaf, write('issuer', issuer!), write('root', root!))).toContain('leaf.pem: OK');
    },
  );

  it('is refused by openssl below another root of the same name', async () => {
    const other = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
    const issued = await issuePerson(ca, testPeople.tolvan);
    const leaf = write('leaf', issued.certificate);
    const issuer = write('issuer', issued.caCertificates[0]!);
    expect(() => verify(leaf, issuer, write('root', other.authorities.root.certificate))).toThrow();
  });

  it('writes every extension of the profile as openssl reads it', async () => {
    const addressed = { ...ca, revocationBase: 'http://127.0.0.1:9' };
    const { certificate } = await issuePerson(addressed, {
      ...testPeople.tretton,
      surname: 'Trettonsson-Åäö',
      upn: 'tretton@test.example',
      policies: ['1.2.752.74.8.512'],
    });
    const text = openssl('x509', '-in', write('full', certificate), '-noout', '-text', '-nameopt', 'utf8,-esc_msb');
    for (const expected of [
      'TEST SITHS e-id Person HSA-id 2 CA v1',
      'CN=Tretton Trettonsson-Åäö',
      'serialNumber=TSTNMT2321000156-1025',
      'Digital Signature, Key Encipherment',
      'TLS Web Client Authentication, Microsoft Smartcard Login',
      'othername: UPN::tretton@test.example',
      'Policy: 1.2.752.74.8.512',
      'URI:http://127.0.0.1:9/crl/hsaId2.crl',
      'OCSP - URI:http://127.0.0.1:9/ocsp',
      '1.2.752.34.2.1:',
      '..9752269900000000002',
    ]) {
      expect(text.replaceAll(' = ', '=')).toContain(expected);
    }
  });

  it('gives signature certificates nonRepudiation alone', async () => {
    const { certificate } = await issuePerson(ca, { ...testPeople.tolvan, usage: 'signature' });
    const text = openssl('x509', '-in', write('sign', certificate), '-noout', '-ext', 'keyUsage,extendedKeyUsage');
    expect(text).toMatch(/Non Repudiation\n?$/);
  });
});

describe('parseCertificate()', () => {
  it('agrees with openssl about names, serial number, validity and fingerprint', async () => {
    for (const { certificate } of [
      await issuePerson(ca, { ...testPeople.tolvan, organization: 'TEST "Vård", +Omsorg; <#1>\\', title: ' läkare ' }),
      await issueServer(ca, ['login.example'], 'ec-p384'),
    ]) {
      const file = write('read', certificate);
      const info = parseCertificate(certificate);
      const ask = (...options: readonly string[]): string =>
        openssl('x509', '-in', file, '-noout', ...options)
          .slice(0, -1)
          .replace(/^[^=]*=/, '');
      expect(info.subject).toBe(ask('-subject', '-nameopt', 'RFC2253,-esc_msb'));
      expect(info.issuer).toBe(ask('-issuer', '-nameopt', 'RFC2253,-esc_msb'));
      expect(info.serialNumber).toBe(ask('-serial').toLowerCase());
      expect(info.fingerprint).toBe(ask('-fingerprint', '-sha256').replaceAll(':', '').toLowerCase());
      expect(info.notBefore).toBe(Date.parse(ask('-startdate')));
      expect(info.notAfter).toBe(Date.parse(ask('-enddate')));
    }
  });
});
