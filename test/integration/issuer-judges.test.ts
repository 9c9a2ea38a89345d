import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { IssuerStage, openssl, subjectOf, type BasicCredential } from '../support/issuer-stage.js';
import { writePem } from '../support/revocation-stage.js';
import { runProcess } from '../support/run-process.js';

let stage: IssuerStage;
beforeAll(async () => (stage = await IssuerStage.open()));
afterEach(() => {
  stage.revocation.restore('tolvan');
  stage.issuer.reset();
});
afterAll(async () => await stage.close());

/** strongSwan's: its own TLS, EST and CMS. */
const pki = async (...args: readonly string[]): Promise<{ code: number | null; said: string; stdout: string }> => {
  const { code, stdout, stderr } = await runProcess('pki', args, { timeoutMs: 30_000 });
  return { code, said: stdout + stderr, stdout };
};

describe('pki --estca', () => {
  it('gets every CA certificate and trusts them by the root', async () => {
    const out = join(stage.folder, 'estca.pem');
    const to = ['--caout', out, '--outform', 'pem'];
    const { code, said } = await pki('--estca', '--url', stage.url, '--cacert', stage.caFile, ...to);
    expect(said).toContain('TEST SITHS e-id Root CA v2');
    expect(said.match(/Sub CA cert is trusted/g)).toHaveLength(5);
    expect(code).toBe(0);
    const root = new X509Certificate(stage.ca.authorities.root.certificate).toString();
    expect(readFileSync(out, 'utf8').trim()).toBe(root.trim());
  });
});

describe('pki --est', () => {
  /** A request of pki's own making, for a new key. */
  async function pkiRequest(dn: string): Promise<string> {
    const key = await pki('--gen', '--type', 'ecdsa', '--size', '256', '--outform', 'pem');
    const keyFile = stage.write('pki-key.pem', key.stdout);
    const how = ['--type', 'ecdsa', '--dn', dn, '--digest', 'sha256', '--outform', 'pem'];
    const made = await pki('--req', '--in', keyFile, ...how);
    if (made.code !== 0) throw new Error(made.said);
    return stage.write('pki-request.pem', made.stdout);
  }

  const enroll = async (request: string, ...more: readonly string[]) => {
    const cas = ['--cacert', stage.caFile, ...issuers().flatMap((file) => ['--cacert', file])];
    return await pki('--est', '--url', stage.url, '--in', request, ...cas, '--outform', 'pem', ...more);
  };

  /** One CA in each file, as pki reads them. */
  const issuers = (): readonly string[] =>
    (['root', 'function', 'hsaId3'] as const).map((name) =>
      writePem(stage.folder, `pki-${name}`, stage.ca.authorities[name].certificate),
    );

  const userpass = ({ username, password }: BasicCredential): string[] => ['--userpass', `${username}:${password}`];

  it('enrolls with the credential of a login, and openssl verifies what it got', async () => {
    const credential = await stage.logIn('tolvan');
    // It knows of no labels: only one order may wait.
    await useUp('renewal', credential);
    const request = await pkiRequest('CN=whoever');
    const { code, said, stdout } = await enroll(request, ...userpass(credential));
    expect(said).toContain('BEGIN CERTIFICATE');
    expect(code).toBe(0);
    const leaf = stage.write('pki-leaf.pem', stdout);
    expect(await openssl('verify', '-CAfile', stage.caFile, leaf)).toContain(': OK');
    expect(new X509Certificate(stdout).subject).toContain('CN=Tolvan Tolvansson');
  });

  it('polls while the issuer puts it off', async () => {
    const credential = await stage.logIn('tolvan');
    await useUp('renewal', credential);
    const request = await pkiRequest('CN=whoever');
    stage.issuer.setFault('retry-later');
    const { code, said } = await enroll(request, ...userpass(credential), '--interval', '1', '--maxpolltime', '20');
    expect(said).toContain('BEGIN CERTIFICATE');
    expect(code).toBe(0);
  });

  it('is refused with a credential that is wrong', async () => {
    const request = await pkiRequest('CN=whoever');
    const { code, said } = await enroll(request, '--userpass', 'nobody:nothing');
    expect(code).not.toBe(0);
    expect(said).not.toContain('BEGIN CERTIFICATE');
  });

  it('renews over TLS with the old certificate and key, and not when that is revoked', async () => {
    const { certificate, privateKey } = stage.people.tolvan;
    const old = writePem(stage.folder, 'old', certificate);
    const oldKey = stage.write('old-key.pem', privateKey.export({ format: 'pem', type: 'sec1' }));
    const asked = await stage.request({ subject: subjectOf('tolvan') });
    const request = stage.write(
      'request.pem',
      await openssl('req', '-inform', 'DER', '-in', stage.write('r', asked.der)),
    );
    const renew = async () => await enroll(request, '--cert', old, '--key', oldKey);
    stage.revocation.revoke('tolvan', 'keyCompromise');
    const refused = await renew();
    expect(refused.code).not.toBe(0);
    stage.revocation.restore('tolvan');
    const { code, said, stdout } = await renew();
    expect(said).toContain('BEGIN CERTIFICATE');
    expect(code).toBe(0);
    expect(new X509Certificate(stdout).subject).toContain('serialNumber=TSTNMT2321000156-1024');
  });

  async function useUp(kind: string, credential: BasicCredential): Promise<void> {
    const order = await stage.orderOf(credential, kind);
    const { der } = await stage.request();
    const body = Buffer.from(der).toString('base64');
    expect((await stage.enroll(`${order}/simpleenroll`, body, { credential })).status).toBe(200);
  }
});

describe('openssl', () => {
  it('reads cacerts as PKCS #7 with every CA in it', async () => {
    const { text, headers } = await stage.call('/.well-known/est/cacerts');
    expect(headers['content-type']).toBe('application/pkcs7-mime');
    const file = stage.write('cacerts.p7', Buffer.from(text, 'base64'));
    const printed = await openssl('pkcs7', '-inform', 'DER', '-in', file, '-print_certs', '-noout');
    expect(printed.match(/^subject=/gm)).toHaveLength(6);
    for (const name of ['Root CA v2', 'Person ID 3', 'Person HSA-id 3', 'Person ID 2', 'Person HSA-id 2', 'Function']) {
      expect(printed).toContain(`subject=C = SE, O = Inera AB, CN = TEST SITHS e-id ${name}`);
    }
  });

  it('reads csrattrs as object identifiers of signatures', async () => {
    const { text, headers } = await stage.call('/.well-known/est/csrattrs');
    expect(headers['content-type']).toBe('application/csrattrs');
    const file = stage.write('csrattrs', Buffer.from(text, 'base64'));
    const parsed = await openssl('asn1parse', '-inform', 'DER', '-in', file);
    expect([...parsed.matchAll(/OBJECT\s+:(\S+)/g)].map(([, name]) => name)).toEqual([
      'sha256WithRSAEncryption',
      'ecdsa-with-SHA256',
      'ecdsa-with-SHA384',
    ]);
  });

  it.each(['tls1_2', 'tls1_3'])('s_client verifies the server by the sandbox’s CA over %s', async (version) => {
    const { port } = new URL(stage.url);
    const how = ['-verify_return_error', '-verify_ip', '127.0.0.1', '-x509_strict', '-brief'];
    const said = await openssl(
      's_client',
      '-connect',
      `127.0.0.1:${port}`,
      '-CAfile',
      stage.caFile,
      `-${version}`,
      ...how,
    );
    expect(said).toContain('Verification: OK');
    expect(said).toContain('CN = localhost');
    await expect(
      openssl('s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', stage.caFile, ...how, '-verify_ip', '127.0.0.2'),
    ).rejects.toThrow(/mismatch|verify failed/);
  });

  it('s_client is refused TLS 1.1', async () => {
    const { port } = new URL(stage.url);
    const old = ['-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0'];
    await expect(openssl('s_client', '-connect', `127.0.0.1:${port}`, ...old)).rejects.toThrow(/alert|unsupported/);
  });
});
