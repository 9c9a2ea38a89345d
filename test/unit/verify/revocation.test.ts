import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseCertificate } from '../../../src/pki/certificate.js';
import { buildPath, type CertificatePath } from '../../../src/pki/path.js';
import { testPeople } from '../../../src/sandbox/ca/person.js';
import { createSandboxCa, issuePerson, trustPolicyOf } from '../../../src/sandbox/ca/sandbox-ca.js';
import { contentsOf } from '../../../src/sandbox/ca/sandbox-revocation.js';
import { createRevocationChecker, type RevocationCall, type RevocationOptions } from '../../../src/verify/verify.js';
import type { RevocationContents } from '../../../src/sandbox/ca/revocation-server.js';
import type { RevokedCertificate } from '../../../src/sandbox/ca/revocation-reason.js';
import { serialOf } from '../../../src/sandbox/ca/authority-parts.js';
import type { AuthorityName } from '../../../src/sandbox/ca/authority.js';

const start = Date.UTC(2026, 0, 2, 3, 4, 5);
const clock = { now: () => now, monotonic: () => 0 };
const base = 'http://pki.example';
let now = start;
let path: CertificatePath;
let foreign: CertificatePath;
let contents: RevocationContents;
let revoked: Partial<Record<AuthorityName, readonly RevokedCertificate[]>>;
const serial: Record<'leaf' | 'issuer', Uint8Array> = { leaf: new Uint8Array(), issuer: new Uint8Array() };

beforeAll(async () => {
  const ca = await createSandboxCa({ clock, keyType: 'ec-p256', revocationBase: base });
  const { certificate } = await issuePerson(ca, { ...testPeople.tolvan, keyType: 'ec-p256' });
  path = buildPath(parseCertificate(certificate), trustPolicyOf(ca), now);
  contents = contentsOf(ca, {
    revokedBy: (name) => revoked[name] ?? [],
    changedSince: () => [],
    deltaBase: () => start,
  });
  serial.leaf = serialOf(certificate);
  serial.issuer = serialOf(ca.authorities.hsaId3.certificate);
  const other = await createSandboxCa({ clock, keyType: 'ec-p256' });
  const stranger = await issuePerson(other, { ...testPeople.tolvan, keyType: 'ec-p256' });
  foreign = buildPath(parseCertificate(stranger.certificate), trustPolicyOf(other), now);
});
beforeEach(() => {
  now = start;
  revoked = {};
  calls = [];
  broken = () => undefined;
});

let calls: RevocationCall[];
/** What a server answers instead, if anything. */
let broken: (call: RevocationCall) => { status: number; body: Uint8Array } | undefined;

/** A checker whose calls end at the sandbox's CA, in this process. */
const checker = (options: Partial<RevocationOptions> = {}) =>
  createRevocationChecker({
    hosts: ['pki.example'],
    fetch: async (call) => {
      calls.push(call);
      const instead = broken(call);
      const [, name, delta] = /\/crl\/(\w+)(\.delta)?\.crl$/.exec(call.url) ?? [];
      const body =
        instead?.body ??
        (name === undefined
          ? await contents.respond(call.body!)
          : contents.list(name, delta === undefined ? 'full' : 'delta')!);
      return { status: instead?.status ?? 200, body: inPieces(body) };
    },
    ...options,
  });

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += 3) yield bytes.subarray(at, at + 3);
}

const fails = () => ({ status: 500, body: new Uint8Array() });
const onlyOcspFails = ({ method }: RevocationCall) => (method === 'POST' ? fails() : undefined);

describe('createRevocationChecker()', () => {
  it.each([[['ocsp', 'crl']], [['ocsp']], [['crl']]] as const)(
    'finds a path good that nobody revoked (%s)',
    async (sources) => {
      const verdict = await checker({ sources }).check(path, now);
      expect(verdict).toEqual({ status: 'good', validUntil: expect.any(Number) as number });
      expect(new Set(calls.map(({ method }) => method))).toEqual(new Set([sources[0] === 'crl' ? 'GET' : 'POST']));
    },
  );

  it.each(['ocsp', 'crl'] as const)('finds who was revoked, and a revoked CA, by %s', async (source) => {
    const sources = [source];
    revoked = { hsaId3: [{ serial: serial.leaf, revokedAt: now, reason: 'keyCompromise' }] };
    expect(await checker({ sources }).check(path, now)).toEqual({
      status: 'revoked',
      certificate: 'leaf',
      revokedAt: now,
      reason: 'keyCompromise',
    });
    await expect(checker({ sources, failOpen: true }).require(path, now)).rejects.toMatchObject({
      code: 'ERR_VERIFY_REVOKED',
      fields: { certificate: 'leaf', reason: 'keyCompromise', revokedAt: '2026-01-02T03:04:05.000Z' },
    });
    revoked = { root: [{ serial: serial.issuer, revokedAt: now, reason: 'cessationOfOperation' }] };
    expect(await checker({ sources }).check(path, now)).toMatchObject({ status: 'revoked', certificate: 'issuer' });
  });

  it('asks by either hash, and with a nonce that must come back', async () => {
    for (const options of [{ ocspHash: 'sha256' }, { ocspNonce: true }] as const) {
      expect(await checker({ sources: ['ocsp'], ...options }).check(path, now)).toMatchObject({ status: 'good' });
    }
    const kept = await contents.respond(calls[0]!.body!);
    broken = ({ method }) => (method === 'POST' ? { status: 200, body: kept } : undefined);
    const replayed = await checker({ sources: ['ocsp'], ocspNonce: true }).check(path, now);
    expect(replayed).toMatchObject({ status: 'unknown', reason: 'not-valid' });
  });

  it('falls back on the list when the responder fails, and not the other way about', async () => {
    broken = onlyOcspFails;
    expect(await checker().check(path, now)).toMatchObject({ status: 'good' });
    broken = ({ method }) => (method === 'GET' ? fails() : undefined);
    calls = [];
    expect(await checker().check(path, now)).toMatchObject({ status: 'good' });
    expect(calls.every(({ method }) => method === 'POST')).toBe(true);
  });

  it('refuses by default when nothing can be known, and lets pass only where that was chosen', async () => {
    broken = fails;
    await expect(checker().require(path, now)).rejects.toMatchObject({
      code: 'ERR_VERIFY_REVOCATION_UNKNOWN',
      fields: { reason: 'response', certificate: 'leaf' },
    });
    expect(await checker({ failOpen: true }).require(path, now)).toMatchObject({ status: 'unknown' });
  });

  it('calls no host that is not listed, whatever stands in the certificate', async () => {
    for (const hosts of [[], ['pki.example.evil'], ['pki.example:8080'], ['example']]) {
      expect(await checker({ hosts }).check(path, now)).toMatchObject({ status: 'unknown', reason: 'host-not-listed' });
    }
    expect(await checker().check(foreign, now)).toMatchObject({ status: 'unknown', reason: 'no-address' });
    expect(calls).toEqual([]);
  });

  it.each([
    ['a redirect', { status: 302, body: new Uint8Array() }, 'response'],
    ['an empty answer', { status: 200, body: new Uint8Array() }, 'response'],
    ['a page', { status: 200, body: Buffer.from('<html>') }, 'response'],
    ['DER that is something else', { status: 200, body: Uint8Array.of(0x30, 3, 2, 1, 1) }, 'not-valid'],
    ['an answer that is cut', { status: 200, body: Uint8Array.of(0x30, 9, 2, 1, 1) }, 'response'],
    ['an answer with more behind it', { status: 200, body: Uint8Array.of(0x30, 1, 2, 1, 1) }, 'response'],
    ['an answer of 4 GB', { status: 200, body: Uint8Array.of(0x30, 0x84, 255, 255, 255, 255) }, 'response'],
  ])('knows nothing by %s', async (_, answer, reason) => {
    broken = () => answer;
    expect(await checker().check(path, now)).toMatchObject({ status: 'unknown', reason });
  });

  it('gives up on a server that never ends, even if the fetch does not mind', async () => {
    const forever = createRevocationChecker({
      hosts: ['pki.example'],
      ocspTimeoutMs: 20,
      listTimeoutMs: 20,
      fetch: () => new Promise(() => undefined),
    });
    expect(await forever.check(path, now)).toMatchObject({ status: 'unknown', reason: 'unreachable' });
  });

  it('asks once for many at once, and keeps what it knows', async () => {
    const one = checker({ sources: ['crl'] });
    await Promise.all(Array.from({ length: 20 }, () => one.check(path, now)));
    await one.check(path, now + 1000);
    expect(calls.map(({ url }) => url.slice(base.length)).sort()).toEqual([
      '/crl/hsaId3.crl',
      '/crl/hsaId3.delta.crl',
      '/crl/root.crl',
      '/crl/root.delta.crl',
    ]);
  });

  it('uses a kept answer while it counts when a new one cannot be had, and not a moment longer', async () => {
    const one = checker({ sources: ['crl'], listRefreshSeconds: 1 });
    const first = await one.check(path, now);
    const deltaEnd = first.status === 'good' ? first.validUntil : 0;
    broken = fails;
    expect(await one.check(path, now + 5000)).toEqual({ status: 'good', validUntil: deltaEnd });
    expect(await one.check(path, deltaEnd)).toEqual({ status: 'good', validUntil: deltaEnd });
    // The full list counts on its own.
    const second = await one.check(path, deltaEnd + 1);
    const validUntil = second.status === 'good' ? second.validUntil : 0;
    expect(validUntil).toBeGreaterThan(deltaEnd + 60_000);
    expect(await one.check(path, validUntil)).toMatchObject({ status: 'good' });
    expect(await one.check(path, validUntil + 1)).toMatchObject({ status: 'unknown' });
  });

  it('asks a failing server again only after a while', async () => {
    const one = checker({ sources: ['crl'] });
    broken = fails;
    await one.check(path, now);
    const before = calls.length;
    await one.check(path, now + 9000);
    expect(calls).toHaveLength(before);
    broken = () => undefined;
    expect(await one.check(path, now + 11_000)).toMatchObject({ status: 'good' });
  });

  it('learns of a revocation when it asks anew, and never takes an older list after a newer one', async () => {
    const one = checker({ sources: ['crl'], listRefreshSeconds: 60 });
    const old = contents.list('hsaId3', 'full')!;
    now += 10_000;
    revoked = { hsaId3: [{ serial: serial.leaf, revokedAt: now, reason: 'superseded' }] };
    expect(await one.check(path, now)).toMatchObject({ status: 'revoked' });
    broken = ({ url }) => (url.endsWith('hsaId3.crl') ? { status: 200, body: old } : undefined);
    now += 120_000;
    expect(await one.check(path, now)).toMatchObject({ status: 'revoked' });
  });

  it.each(['ocsp', 'crl'] as const)('refuses answers of another time (%s)', async (source) => {
    expect(await checker({ sources: [source] }).check(path, now - 120_000)).toMatchObject({ reason: 'not-valid' });
    expect(await checker({ sources: [source] }).check(path, now + 86_400_000)).toMatchObject({ reason: 'not-valid' });
  });

  it('refuses the answer about another certificate, and an answer with any byte changed', async () => {
    await checker({ sources: ['ocsp'] }).check(path, now);
    const [forLeaf, forIssuer] = await Promise.all(calls.map(async ({ body }) => await contents.respond(body!)));
    broken = ({ body }) => ({
      status: 200,
      body: Buffer.compare(body!, calls[0]!.body!) === 0 ? forIssuer! : forLeaf!,
    });
    expect(await checker({ sources: ['ocsp'] }).check(path, now)).toMatchObject({ reason: 'not-valid' });
    for (let at = 0; at < forLeaf!.length; at += 7) {
      const changed = Uint8Array.from(forLeaf!);
      changed[at] = changed[at]! ^ 0x11;
      broken = () => ({ status: 200, body: changed });
      const verdict = await checker({ sources: ['ocsp'] }).check(path, now);
      // A byte of the delegate's certificate outside what is signed there may differ; a good answer about another may not.
      expect(verdict.status).toBe('unknown');
    }
  });

  it('needs a source', () => {
    expect(() => checker({ sources: [] })).toThrow(RangeError);
  });
});
