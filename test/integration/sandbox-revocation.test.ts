import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RevocationBook } from '../../src/sandbox/ca/revocation-book.js';
import { openSandboxRevocation } from '../../src/sandbox/ca/sandbox-revocation.js';
import { issuePerson } from '../../src/sandbox/ca/sandbox-ca.js';
import { testPeople } from '../../src/sandbox/ca/person.js';
import { createRevocationStage, writePem, type RevocationStage } from '../support/revocation-stage.js';
import { runProcess } from '../support/run-process.js';

let stage: RevocationStage;
let file: Readonly<Record<'leaf' | 'issuer' | 'root' | 'chain', string>>;
beforeAll(async () => {
  stage = await createRevocationStage('rsa');
  const { folder, tolvan, ca } = stage;
  const [issuer, root] = tolvan.caCertificates;
  file = {
    leaf: writePem(folder, 'leaf', tolvan.certificate),
    issuer: writePem(folder, 'issuer', issuer!),
    root: writePem(folder, 'root', root!),
    chain: writePem(folder, 'chain', issuer!, ca.authorities.root.certificate),
  };
});
afterEach(() => stage.revocation.restore('tolvan'));
afterAll(async () => await stage.close());

const openssl = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await runProcess('openssl', args);
  return `${code}\n${stdout}${stderr}`;
};

/** Fetches a list and writes it as openssl's command line wants it. */
async function fetchList(name: string): Promise<string> {
  const response = await fetch(`${stage.base}/crl/${name}.crl`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/pkix-crl');
  const path = join(stage.folder, `${name}.crl`);
  writeFileSync(path, Buffer.from(await response.arrayBuffer()));
  return path;
}

describe('the sandbox lists', () => {
  it.each(['root', 'hsaId3', 'personId2', 'function'] as const)('are verified by openssl crl (%s)', async (name) => {
    const list = await fetchList(name);
    const ca = writePem(stage.folder, `ca-${name}`, stage.ca.authorities[name].certificate);
    const said = await openssl('crl', '-inform', 'DER', '-in', list, '-CAfile', ca, '-noout', '-text');
    expect(said).toMatch(/^0\n/);
    expect(said).toContain('verify OK');
    expect(said).toContain('Version 2');
    expect(said).toContain('No Revoked Certificates');
    expect(said).toMatch(/X509v3 CRL Number/);
    expect(said).toMatch(/X509v3 Authority Key Identifier/);
  });

  it('name a revoked certificate and why, and openssl verify refuses it', async () => {
    stage.revocation.revoke('tolvan', 'keyCompromise');
    const list = await fetchList('hsaId3');
    const said = await openssl('crl', '-inform', 'DER', '-in', list, '-noout', '-text');
    expect(said).toContain(`Serial Number: ${stage.path.leaf.serialNumber.toUpperCase()}`);
    expect(said).toContain('Key Compromise');
    const pem = `${list}.pem`;
    await openssl('crl', '-inform', 'DER', '-in', list, '-out', pem);
    const checked = ['verify', '-crl_check', '-CRLfile', pem, '-CAfile', file.chain, file.leaf];
    expect(await openssl(...checked)).toContain('certificate revoked');
    stage.revocation.restore('tolvan');
    await openssl('crl', '-inform', 'DER', '-in', await fetchList('hsaId3'), '-out', pem);
    expect(await openssl(...checked)).toContain(': OK');
  });
});

describe('the sandbox OCSP responder', () => {
  const ask = async (...more: readonly string[]): Promise<string> =>
    await openssl(
      ...['ocsp', '-issuer', file.issuer, '-cert', file.leaf, '-CAfile', file.root, '-verify_other', file.issuer],
      ...['-url', `${stage.base}/ocsp`, ...more],
    );

  it.each([[[]], [['-no_nonce']], [['-sha256']]])('is verified by openssl ocsp (options %s)', async (options) => {
    // openssl takes the digest for the certificates that come after it.
    const said = await openssl(
      ...['ocsp', ...options, '-issuer', file.issuer, '-cert', file.leaf, '-CAfile', file.root],
      ...['-verify_other', file.issuer, '-url', `${stage.base}/ocsp`],
    );
    expect(said).toContain('Response verify OK');
    expect(said).toMatch(/leaf\.pem: good/);
    if (!options.includes('-no_nonce')) expect(said).not.toContain('no nonce in response');
  });

  it('tells who was revoked, when and why', async () => {
    stage.revocation.revoke('tolvan', 'cessationOfOperation');
    const said = await ask();
    expect(said).toContain('Response verify OK');
    expect(said).toMatch(/leaf\.pem: revoked/);
    expect(said).toContain('Reason: cessationOfOperation');
  });

  it('answers for the root about a CA', async () => {
    const said = await openssl(
      ...['ocsp', '-issuer', file.root, '-cert', file.issuer, '-CAfile', file.root, '-url', `${stage.base}/ocsp`],
    );
    expect(said).toContain('Response verify OK');
    expect(said).toMatch(/issuer\.pem: good/);
  });

  it('says that it may not answer for a CA that is not its own, and that it cannot read what is no request', async () => {
    const said = await openssl(
      ...['ocsp', '-issuer', file.leaf, '-cert', file.leaf, '-CAfile', file.root, '-url', `${stage.base}/ocsp`],
    );
    expect(said).toContain('unauthorized');
    for (const body of [Buffer.from('no request'), Buffer.alloc(0), Buffer.from('3003020100', 'hex')]) {
      const response = await fetch(`${stage.base}/ocsp`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/ocsp-request' },
      });
      expect(Buffer.from(await response.arrayBuffer()).toString('hex')).toBe('30030a0101');
    }
  });
});

describe('the sandbox delta lists', () => {
  const pemOf = async (name: string): Promise<string> => {
    const list = await fetchList(name);
    await openssl('crl', '-inform', 'DER', '-in', list, '-out', `${list}.pem`);
    return `${list}.pem`;
  };
  const textOf = async (name: string): Promise<string> =>
    await openssl('crl', '-inform', 'DER', '-in', await fetchList(name), '-noout', '-text');
  const numberIn = (text: string, name: string): bigint =>
    BigInt(new RegExp(`${name}: .*\\n\\s+(\\w+)`).exec(text)![1]!);

  it('are named in full lists and certificates, and name the full list that they count from', async () => {
    const full = await textOf('hsaId3');
    expect(full).toMatch(/X509v3 Freshest CRL:[^]*\/crl\/hsaId3\.delta\.crl/);
    const delta = await textOf('hsaId3.delta');
    expect(delta).toMatch(/X509v3 Delta CRL Indicator: critical/);
    expect(delta).not.toContain('Freshest CRL');
    const base = numberIn(delta, 'Delta CRL Indicator');
    expect(numberIn(full, 'CRL Number')).toBeGreaterThanOrEqual(base);
    expect(numberIn(delta, 'CRL Number')).toBeGreaterThan(numberIn(full, 'CRL Number'));
    const leaf = await openssl('x509', '-in', file.leaf, '-noout', '-text');
    expect(leaf).toMatch(/X509v3 Freshest CRL:[^]*\/crl\/hsaId3\.delta\.crl/);
    const ca = writePem(stage.folder, 'ca-delta', stage.ca.authorities.hsaId3.certificate);
    const list = await fetchList('hsaId3.delta');
    expect(await openssl('crl', '-inform', 'DER', '-in', list, '-CAfile', ca, '-noout')).toContain('verify OK');
  });

  it('tell openssl verify what was revoked since the full list, and what is good again', async () => {
    const checked = async (...lists: string[]): Promise<string> => {
      const files = lists.flatMap((list) => ['-CRLfile', list]);
      const how = ['-crl_check', '-extended_crl', '-use_deltas', '-CAfile', file.chain];
      return await openssl('verify', ...how, ...files, file.leaf);
    };
    const before = `${await pemOf('hsaId3')}.before`;
    renameSync(before.replace(/\.before$/, ''), before);
    expect(await checked(before, await pemOf('hsaId3.delta'))).toContain(': OK');
    stage.revocation.revoke('tolvan', 'certificateHold');
    expect(await checked(before)).toContain(': OK');
    expect(await checked(before, await pemOf('hsaId3.delta'))).toContain('certificate revoked');
    const held = await pemOf('hsaId3');
    expect(await checked(held)).toContain('certificate revoked');
    stage.revocation.restore('tolvan');
    const delta = await pemOf('hsaId3.delta');
    expect(await textOf('hsaId3.delta')).toContain('Remove From CRL');
    expect(await checked(held, delta)).toContain(': OK');
    expect(await checked(before, delta)).toContain(': OK');
  });

  it('count from a newer full list after an hour, over a restart too', async () => {
    const baseOf = async (): Promise<bigint> => numberIn(await textOf('hsaId3.delta'), 'Delta CRL Indicator');
    await fetchList('hsaId3');
    const first = await baseOf();
    stage.clock.ahead = 3_500_000;
    expect(await baseOf()).toBe(first);
    stage.clock.ahead = 3_700_000;
    const full = numberIn(await textOf('hsaId3'), 'CRL Number');
    expect(await baseOf()).toBe(full);
    expect(new RevocationBook(join(stage.folder, 'revocation.json')).deltaBase(Number(full) + 1, 0)).toBe(Number(full));
    stage.clock.ahead = 0;
  });

  it('forget what is older than their full list', async () => {
    stage.revocation.revoke('tolvan', 'superseded');
    stage.clock.ahead = 8_000_000;
    await fetchList('hsaId3');
    const delta = await textOf('hsaId3.delta');
    expect(delta).toContain('No Revoked Certificates');
    expect(await textOf('hsaId3')).toContain('Superseded');
    stage.clock.ahead = 0;
  });
});

describe('the sandbox revocation server', () => {
  it.each([
    ['GET', '/', 404],
    ['GET', '/crl/nobody.crl', 404],
    ['GET', '/crl/../ca.json', 404],
    ['GET', '/crl/nobody.delta.crl', 404],
    ['GET', '/crl/root.delta.delta.crl', 404],
    ['POST', '/crl/root.delta.crl', 405],
    ['POST', '/crl/root.crl', 405],
    ['GET', '/ocsp', 405],
    ['POST', '/ocsp', 415],
  ])('answers %s %s with %s', async (method, path, status) => {
    expect((await fetch(stage.base + path, { method })).status).toBe(status);
  });

  it('refuses a request that is too long', async () => {
    const headers = { 'content-type': 'application/ocsp-request' };
    const body = new Uint8Array(20_000);
    expect((await fetch(`${stage.base}/ocsp`, { method: 'POST', headers, body })).status).toBe(413);
  });

  it('keeps its port and what was revoked over a restart, and tells nothing where the port is taken', async () => {
    const first = await createRevocationStage();
    try {
      first.revocation.revoke('tolvan', 'superseded');
      const book = (): RevocationBook => new RevocationBook(join(first.folder, 'revocation.json'));
      const second = await openSandboxRevocation(book(), first.clock, 1);
      expect(second).toMatchObject({ base: first.base, isServed: false });
      await first.revocation.close();
      const third = await openSandboxRevocation(book(), first.clock, 1);
      expect(third).toMatchObject({ base: first.base, isServed: true });
      expect(third.revocationOf('tolvan')).toMatchObject({ reason: 'superseded' });
      await third.close();
    } finally {
      await first.close();
    }
  });

  it('takes the next free port at its first start', async () => {
    const port = Number(new URL(stage.base).port);
    const book = new RevocationBook(join(stage.folder, 'other.json'));
    const other = await openSandboxRevocation(book, stage.clock, port);
    expect(Number(new URL(other.base!).port)).toBeGreaterThan(port);
    await other.close();
  });

  it('refuses to revoke a card whose certificates it does not know', () => {
    expect(() => stage.revocation.revoke('full', 'superseded')).toThrow(
      expect.objectContaining({ code: 'ERR_SANDBOX_NOT_RECORDED' }),
    );
  });
});

describe('issuePerson()', () => {
  it('names where revocation is told, in certificates of people and of CAs', async () => {
    const { certificate } = await issuePerson(stage.ca, { ...testPeople.tretton, keyType: 'ec-p256' });
    const text = await openssl('x509', '-in', writePem(stage.folder, 'tretton', certificate), '-noout', '-text');
    expect(text).toContain(`URI:${stage.base}/crl/hsaId2.crl`);
    expect(text).toContain(`OCSP - URI:${stage.base}/ocsp`);
    const issuer = await openssl('x509', '-in', file.issuer, '-noout', '-text');
    expect(issuer).toContain(`URI:${stage.base}/crl/root.crl`);
    expect(await openssl('x509', '-in', file.root, '-noout', '-text')).not.toContain('URI:');
  });
});
