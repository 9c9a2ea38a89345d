import { createPublicKey, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseCertificate } from '../../../../src/pki/certificate.js';
import { evaluateCertificate } from '../../../../src/pki/path.js';
import { isSuitableForAuthentication } from '../../../../src/pki/suitability.js';
import { testPeople } from '../../../../src/sandbox/ca/person.js';
import {
  caCertificatesOf,
  createSandboxCa,
  exportSandboxCa,
  importSandboxCa,
  issuePerson,
  issueServer,
  trustPolicyOf,
  type SandboxCa,
} from '../../../../src/sandbox/ca/sandbox-ca.js';

const now = Date.UTC(2026, 0, 2);
const clock = { now: () => now, monotonic: () => 0 };
let ca: SandboxCa;

beforeAll(async () => {
  ca = await createSandboxCa({ clock, keyType: 'ec-p256' });
});

const judge = (der: Uint8Array) => evaluateCertificate(parseCertificate(der), trustPolicyOf(ca), now);

describe('createSandboxCa()', () => {
  it('names its CAs like those of SITHS e-id, with the prefix of test issuers', () => {
    expect(caCertificatesOf(ca).map((der) => parseCertificate(der).subject)).toEqual([
      'CN=TEST SITHS e-id Root CA v2,O=Inera AB,C=SE',
      'CN=TEST SITHS e-id Person HSA-id 3 CA v1,O=Inera AB,C=SE',
      'CN=TEST SITHS e-id Person ID 3 CA v1,O=Inera AB,C=SE',
      'CN=TEST SITHS e-id Person HSA-id 2 CA v1,O=Inera AB,C=SE',
      'CN=TEST SITHS e-id Person ID 2 CA v1,O=Inera AB,C=SE',
      'CN=TEST SITHS e-id Function CA v1,O=Inera AB,C=SE',
    ]);
  });

  it('trusts persons of the person-issuing CAs only', () => {
    const policy = trustPolicyOf(ca);
    expect(policy.anchors).toHaveLength(1);
    expect(policy.personIssuers.map(({ level, test }) => [level, test])).toEqual([
      [3, true],
      [3, true],
      [2, true],
      [2, true],
    ]);
  });
});

describe('issuePerson()', () => {
  it.each([
    ['tolvan', 3, 'CN=TEST SITHS e-id Person HSA-id 3 CA v1,O=Inera AB,C=SE'],
    ['tretton', 2, 'CN=TEST SITHS e-id Person HSA-id 2 CA v1,O=Inera AB,C=SE'],
  ] as const)('gives %s a certificate of level %s', async (name, level, issuer) => {
    const issued = await issuePerson(ca, { ...testPeople[name], keyType: 'ec-p256' });
    const info = parseCertificate(issued.certificate);
    expect(info).toMatchObject({ issuer, cardNumber: testPeople[name].cardNumber });
    expect(info.person.personId).toBe(testPeople[name].personId);
    expect(isSuitableForAuthentication(info)).toBe(true);
    expect(judge(issued.certificate)).toMatchObject({ trusted: true, level, test: true });
    const held = createPublicKey(issued.privateKey).export({ format: 'der', type: 'spki' });
    expect(new X509Certificate(issued.certificate).publicKey.export({ format: 'der', type: 'spki' })).toEqual(held);
  });

  it('issues for personal numbers from the other kind of CA', async () => {
    const issued = await issuePerson(ca, { ...testPeople.tolvan, personId: '191212121212', keyType: 'ec-p384' });
    expect(parseCertificate(issued.certificate)).toMatchObject({
      issuer: 'CN=TEST SITHS e-id Person ID 3 CA v1,O=Inera AB,C=SE',
      keyType: 'ec-p384',
    });
  });

  it('gives every certificate its own serial number', async () => {
    const request = { ...testPeople.tolvan, keyType: 'ec-p256' } as const;
    const [first, second] = await Promise.all([issuePerson(ca, request), issuePerson(ca, request)]);
    expect(parseCertificate(first.certificate).serialNumber).not.toBe(
      parseCertificate(second.certificate).serialNumber,
    );
  });
});

describe('issueServer()', () => {
  it('issues below the same root, but no person', async () => {
    const { certificate } = await issueServer(ca, ['login.example'], 'ec-p256');
    expect(judge(certificate)).toEqual({ trusted: false, problem: 'issuer-unknown' });
    expect(new X509Certificate(certificate).checkHost('login.example')).toBe('login.example');
  });
});

describe('importSandboxCa()', () => {
  it('goes on issuing as the CA that was exported', async () => {
    const state: unknown = JSON.parse(JSON.stringify(exportSandboxCa(ca)));
    const imported = importSandboxCa(state, { clock });
    const { certificate } = await issuePerson(imported, { ...testPeople.tolvan, keyType: 'ec-p256' });
    expect(judge(certificate)).toMatchObject({ trusted: true, level: 3 });
  });

  it.each([
    ['nothing', undefined],
    ['another version', { version: 2, authorities: {} }],
    ['missing authorities', { version: 1, authorities: {} }],
  ])('refuses %s', (_, state) => {
    expect(() => importSandboxCa(state, { clock })).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }));
  });
});
