import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { inventoryMethodSchemas } from '../../../src/control-contract/inventory-schemas.js';
import type { RelyingParty } from '../../../src/model/relying-party.js';
import type { TrustPolicy } from '../../../src/model/trust.js';
import { createJudge } from '../../../src/app/judge-certificate.js';
import { certificateInventory } from '../../../src/operations/certificate-inventory.js';
import { parseCertificate } from '../../../src/pki/certificate.js';
import { defaultLevelTable, trustPolicyFrom } from '../../../src/pki/level-table.js';
import { createSandboxCa, issuePerson, trustPolicyOf, type SandboxCa } from '../../../src/sandbox/ca/sandbox-ca.js';
import { testPeople } from '../../../src/sandbox/ca/person.js';
import type { TokenEntry } from '../../../src/tokens/token-registry.js';

const fixture = (name: string): Uint8Array => Uint8Array.from(readFileSync(`test/fixtures/pq/${name}.der`));
const now = Date.UTC(2026, 10, 1);
const cardWith = (...certificates: readonly Uint8Array[]): TokenEntry =>
  ({
    reader: 'TEST reader',
    state: 'ready',
    token: { info: { id: 'card:11', label: 'TEST card' } },
    certificates: certificates.map((der) => ({ certificate: parseCertificate(der) })),
  }) as unknown as TokenEntry;
const nobody: TrustPolicy = { anchors: [], personIssuers: [], levelByPolicy: {} };
const nowhere = { entries: [], trust: nobody, relyingParties: [] };

let ca: SandboxCa;
beforeAll(async () => {
  ca = await createSandboxCa({ clock: { now: () => now, monotonic: () => 0 }, keyType: 'ec-p256' });
});

describe('certificateInventory()', () => {
  it('tells of the certificates on cards, and once of each CA above them', async () => {
    const people = [
      await issuePerson(ca, { ...testPeople.tolvan, keyType: 'ec-p384' }),
      await issuePerson(ca, { ...testPeople.tolvan, keyType: 'ec-p256', usage: 'signature' }),
    ];
    const entries = [cardWith(...people.map(({ certificate }) => certificate))];
    const listed = certificateInventory({ ...nowhere, entries, trust: trustPolicyOf(ca) });
    expect(
      listed.map(({ where, cardLabel, key, use, quantumVulnerable }) => [
        where,
        cardLabel,
        key.name,
        use,
        quantumVulnerable,
      ]),
    ).toEqual([
      ['card', 'TEST card', 'ECDSA P-384', ['login', 'encryption'], 'yes'],
      ['card', 'TEST card', 'ECDSA P-256', ['signature'], 'yes'],
      ['issuer', undefined, 'ECDSA P-256', ['ca'], 'yes'],
      ['issuer', undefined, 'ECDSA P-256', ['ca'], 'yes'],
    ]);
    const [, , issuer, root] = listed;
    const path = people[0]!.caCertificates.map((der) => parseCertificate(der).fingerprint);
    expect([issuer?.fingerprint, root?.fingerprint]).toEqual(path);
    expect(Date.parse(listed[0]!.notAfter!)).toBe(parseCertificate(people[0]!.certificate).notAfter);
  });

  it('names a CA whose signature nobody here can verify by its name', () => {
    const trust = trustPolicyFrom([fixture('ml-dsa-87-ca')], defaultLevelTable);
    const entries = [cardWith(fixture('ml-dsa-65-person'), fixture('rsa-person-of-ml-dsa-ca'))];
    const listed = certificateInventory({ ...nowhere, entries, trust });
    expect(listed.map(({ name, key, quantumVulnerable }) => [name, key.name, quantumVulnerable])).toEqual([
      ['Tolvan Tolvansson', 'ML-DSA-65', 'no'],
      ['Tolvan Tolvansson', 'RSA', 'yes'],
      ['TEST ML-DSA CA', 'ML-DSA-87', 'no'],
    ]);
    // What is named is not trusted.
    for (const name of ['ml-dsa-65-person', 'rsa-person-of-ml-dsa-ca']) {
      expect(createJudge(trust)(parseCertificate(fixture(name)), now, 'auth')).toEqual({
        usable: false,
        reason: 'untrusted',
      });
    }
  });

  it("tells of relying parties' keys, known here or not", () => {
    const jwk = (type: 'ec' | 'rsa', options: object): object =>
      (generateKeyPairSync as (kind: string, details: object) => ReturnType<typeof generateKeyPairSync>)(
        type,
        options,
      ).publicKey.export({ format: 'jwk' });
    const keys = [
      { ...jwk('ec', { namedCurve: 'P-256' }), kid: 'a', alg: 'ES256', exp: 1_800_000_000 },
      { ...jwk('rsa', { modulusLength: 2048 }), kid: 'b', alg: 'PS256' },
      { kty: 'AKP', alg: 'ML-DSA-65', kid: 'c', pub: 'AA' },
      { kty: 'OKP', crv: 'Ed25519', kid: 'd', x: 'AA' },
      { kty: 'constructor', kid: 'e' },
    ];
    const relyingParties = [{ clientId: 'test-rp', jwks: { keys } } as unknown as RelyingParty];
    const listed = certificateInventory({ ...nowhere, relyingParties });
    expect(
      listed.map(({ name, key, notAfter, quantumVulnerable }) => [name, key, notAfter, quantumVulnerable]),
    ).toEqual([
      [
        'test-rp a',
        { name: 'ECDSA P-256', oid: '1.2.840.10045.2.1', bits: 256, quantumVulnerable: true },
        '2027-01-15T08:00:00.000Z',
        'yes',
      ],
      [
        'test-rp b',
        { name: 'RSA', oid: '1.2.840.113549.1.1.1', bits: 2048, quantumVulnerable: true },
        undefined,
        'yes',
      ],
      ['test-rp c', { name: 'ML-DSA-65', oid: '2.16.840.1.101.3.4.3.18', quantumVulnerable: false }, undefined, 'no'],
      ['test-rp d', { name: 'Ed25519', oid: '1.3.101.112', quantumVulnerable: true }, undefined, 'yes'],
      ['test-rp e', { name: 'constructor', oid: '', quantumVulnerable: undefined }, undefined, 'unknown'],
    ]);
  });

  it('gives what its schema says, and leaves out a certificate whose second key is none', () => {
    const broken = fixture('hybrid');
    const at = Buffer.from(broken).indexOf(Buffer.from('0603551d48', 'hex'));
    // Into the tag of the second SubjectPublicKeyInfo, after OID and OCTET STRING.
    broken[at + 9] = 0x31;
    const entries = [cardWith(fixture('composite'), fixture('hybrid'), fixture('slh-dsa-128s'), broken)];
    const result = { entries: certificateInventory({ ...nowhere, entries }) };
    expect(result.entries.map(({ name }) => name)).toEqual(['TEST Composite', 'TEST Hybrid', 'TEST SLH-DSA']);
    const schema = inventoryMethodSchemas['certificate.inventory'].result;
    expect(schema.parse(JSON.parse(JSON.stringify(result)))).toMatchObject(result);
  });
});
