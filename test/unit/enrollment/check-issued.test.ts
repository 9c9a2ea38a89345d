import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkIssued, type IssuedExpectations } from '../../../src/enrollment/check-issued.js';
import { encodeRequest, encodeRequestInfo } from '../../../src/pki/certificate-request.js';
import { issueCertificate, type CertificateTemplate } from '../../../src/pki/issue-certificate.js';
import { personTemplate, testPeople, type PersonRequest } from '../../../src/sandbox/ca/person.js';
import {
  caCertificatesOf,
  certifyPerson,
  createSandboxCa,
  trustPolicyOf,
  type SandboxCa,
} from '../../../src/sandbox/ca/sandbox-ca.js';

const now = Date.UTC(2026, 4, 1);
const minute = 60_000;
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const another = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
const requestFor = (key: KeyObject): Uint8Array => {
  const spki = key.export({ format: 'der', type: 'spki' });
  const info = encodeRequestInfo({ subject: Uint8Array.of(0x30, 0), publicKey: spki, attributes: [] });
  return encodeRequest(info, 'ES256', new Uint8Array(64));
};
const tolvan = testPeople.tolvan;
let ca: SandboxCa;
let elsewhere: SandboxCa;

beforeAll(async () => {
  const clock = { now: () => now - 400 * 86_400_000, monotonic: () => 0 };
  ca = await createSandboxCa({ clock, keyType: 'ec-p256' });
  elsewhere = await createSandboxCa({ clock, keyType: 'ec-p256' });
});

const certificate = async (changes: Partial<PersonRequest> = {}, key = publicKey, from = ca): Promise<Uint8Array> =>
  await certifyPerson(
    { ...from, clock: { now: () => now, monotonic: () => 0 } },
    { ...tolvan, notBefore: now - minute, ...changes },
    { keyType: 'ec-p256', publicKey: key },
  );
const expected = (changes: Partial<IssuedExpectations> = {}): IssuedExpectations => ({
  request: requestFor(publicKey),
  order: { personId: tolvan.personId, level: 3, cardNumber: tolvan.cardNumber },
  policy: trustPolicyOf(ca),
  now,
  clockSkewMs: 0,
  ...changes,
});
const refusal = (fields: object, code = 'ERR_ISSUER_CERTIFICATE') =>
  expect.objectContaining({ code, fields: expect.objectContaining(fields) as unknown });

describe('checkIssued()', () => {
  it('gives out the path of what was ordered, for logins and for signatures', async () => {
    const path = checkIssued(await certificate(), expected());
    expect(path).toMatchObject({ level: 3, leaf: { person: { personId: tolvan.personId } } });
    expect(path.chain).toHaveLength(2);
    expect(checkIssued(await certificate({ usage: 'signature' }), expected()).leaf.keyUsage).toEqual([
      'nonRepudiation',
    ]);
  });

  it('asks for no level and card where the order names none', async () => {
    const order = { personId: tolvan.personId };
    expect(checkIssued(await certificate({ level: 2 }), expected({ order })).level).toBe(2);
    const { cardNumber: _, ...withoutCard } = tolvan;
    const der = await certifyPerson(ca, withoutCard, { keyType: 'ec-p256', publicKey });
    expect(checkIssued(der, expected()).leaf.cardNumber).toBeUndefined();
  });

  it.each<[string, () => Promise<Uint8Array>]>([
    ['unreadable', async () => await Promise.resolve(Uint8Array.of(0x30, 0))],
    ['key', async () => await certificate({}, another)],
    ['person', async () => await certificate({ personId: testPeople.tretton.personId })],
    ['card', async () => await certificate({ cardNumber: '9752269900000000009' })],
    ['untrusted', async () => await certificate({}, publicKey, elsewhere)],
    ['level', async () => await certificate({ level: 2 })],
    ['expired', async () => await certificate({ notBefore: now - 10 * minute, notAfter: now - 6 * minute })],
    ['not-yet-valid', async () => await certificate({ notBefore: now + 6 * minute })],
  ])('refuses with the reason %s', async (reason, make) => {
    const der = await make();
    expect(() => checkIssued(der, expected())).toThrow(refusal({ reason }));
  });

  it('refuses CAs, whatever key was asked for', () => {
    const { root, personId3 } = ca.authorities;
    for (const { certificate: der, publicKey: key } of [root, personId3].map((one) => ({ ...one, ...one.key }))) {
      expect(() => checkIssued(der, expected({ request: requestFor(key) }))).toThrow(refusal({ reason: 'ca' }));
    }
    expect(caCertificatesOf(ca)).not.toHaveLength(0);
  });

  it.each<[string, Partial<CertificateTemplate>]>([
    ['that is for logins and signatures at once', { keyUsage: ['digitalSignature', 'nonRepudiation'] }],
    ['that is for servers', { extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'] }],
    ['that is for enciphering only', { keyUsage: ['keyEncipherment'] }],
  ])('refuses one %s', async (_what, changes) => {
    const { subject, key: issuerKey } = ca.authorities.hsaId3;
    const subjectKey = { keyType: 'ec-p256', publicKey } as const;
    const template = { ...personTemplate(tolvan, now), ...changes, issuer: subject, issuerKey, subjectKey };
    const der = await issueCertificate(template);
    expect(() => checkIssued(der, expected())).toThrow(refusal({ reason: 'usage' }));
  });

  it('lets the clock of the issuer be five minutes ahead', async () => {
    const der = await certificate({ notBefore: now + 4 * minute });
    expect(checkIssued(der, expected({ clockSkewMs: undefined })).level).toBe(3);
  });

  it('tells a clock that is wrong from a certificate that is', async () => {
    const der = await certificate();
    const clockSkewMs = 3600 * 1000;
    for (const [ours, skew] of [
      [now - clockSkewMs, clockSkewMs],
      [now + 3 * 365 * 86_400_000, -3 * 365 * 86_400_000],
    ] as const) {
      const at = expected({ now: ours, clockSkewMs: skew });
      expect(() => checkIssued(der, at)).toThrow(refusal({ skewSeconds: skew / 1000 }, 'ERR_DOWNLOAD_CLOCK'));
    }
    // What is not valid by the issuer's clock either is the issuer's fault.
    const late = await certificate({ notBefore: now + 10 * clockSkewMs });
    expect(() => checkIssued(late, expected({ clockSkewMs }))).toThrow(refusal({ reason: 'not-yet-valid' }));
    // And whom nobody trusts is not saved by a clock.
    const foreign = await certificate({}, publicKey, elsewhere);
    const at = expected({ now: now - clockSkewMs, clockSkewMs });
    expect(() => checkIssued(foreign, at)).toThrow(refusal({ reason: 'untrusted', problem: 'issuer-unknown' }));
  });
});
