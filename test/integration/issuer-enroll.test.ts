import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  base64,
  certificateIn,
  IssuerStage,
  openssl,
  subjectOf,
  type BasicCredential,
} from '../support/issuer-stage.js';
import { writePem } from '../support/revocation-stage.js';

let stage: IssuerStage;
beforeAll(async () => (stage = await IssuerStage.open()));
afterEach(() => {
  stage.clock.ahead = 0;
  stage.revocation.restore('tolvan');
  stage.issuer.reset();
});
afterAll(async () => await stage.close());

const publicKeyOf = (keyFile: string): Buffer =>
  createPublicKey(createPrivateKey(readFileSync(keyFile))).export({ format: 'der', type: 'spki' });

describe('a login at the issuer', () => {
  it('gives a credential that orders are told for, of that person alone', async () => {
    const credential = await stage.logIn('tolvan');
    const orders = await stage.ordersOf(credential);
    expect(orders.map(({ kind }) => kind)).toEqual(['extra', 'renewal']);
    for (const order of orders) {
      expect(order).toMatchObject({
        id: expect.stringMatching(/^[\w-]{1,64}$/) as unknown,
        person_id: 'TSTNMT2321000156-1024',
        holder: 'Tolvan Tolvansson',
        organization: 'TEST Organisation',
        issuer: 'CN=TEST SITHS e-id Person HSA-id 3 CA v1,O=Inera AB,C=SE',
        level: 3,
        key_specs: ['rsa-2048', 'ec-p256', 'ec-p384', 'rsa-3072', 'rsa-4096'],
      });
    }
    const { replaces } = orders[1]!;
    const der = writePem(stage.folder, 'tolvan', stage.people.tolvan.certificate);
    const said = await openssl('x509', '-in', der, '-noout', '-fingerprint', '-sha256');
    expect(said.replaceAll(':', '').toLowerCase()).toContain(replaces);
    const others = await stage.ordersOf(await stage.logIn('tretton'));
    expect(others.map(({ kind }) => kind)).toEqual(['extra', 'renewal', 'reserve-extension']);
  });

  it('is asked for by a request object for local programs, of any level', async () => {
    const { request } = await stage.begin();
    const claims = JSON.parse(Buffer.from(request.split('.')[1]!, 'base64url').toString()) as object;
    expect(claims).toMatchObject({
      iss: 'urn:kort:sandbox:issuer',
      purpose: 'auth',
      launchers: ['process'],
      response_mode: 'collect',
      acr_values: ['http://id.sambi.se/loa/loa3', 'http://id.sambi.se/loa/loa2'],
    });
  });
});

describe('simpleenroll', () => {
  let credential: BasicCredential;
  beforeAll(async () => (credential = await stage.logIn('tolvan')));

  it.each([
    ['EC P-256', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']],
    ['EC P-384', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384']],
    ['RSA 2048', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']],
  ])('certifies a key of %s that openssl made, and openssl verifies the certificate', async (_, algorithm) => {
    const order = await stage.orderOf(credential, 'extra');
    const { der, key } = await stage.request({ algorithm });
    const answer = await stage.enroll(`${order}/simpleenroll`, base64(der), { credential });
    expect(answer.headers['content-type']).toBe('application/pkcs7-mime; smime-type=certs-only');
    const certificate = certificateIn(answer);
    expect(certificate.publicKey.export({ format: 'der', type: 'spki' })).toEqual(publicKeyOf(key));
    const file = stage.write('leaf.pem', certificate.toString());
    expect(await openssl('verify', '-x509_strict', '-CAfile', stage.caFile, file)).toContain(': OK');
    const text = await openssl('x509', '-in', file, '-noout', '-text', '-certopt', 'ext_parse');
    expect(text).toContain('CN = Tolvan Tolvansson');
    expect(text).toMatch(/Digital Signature, Key Encipherment/);
    expect(text).toContain('TLS Web Client Authentication');
    expect(text).toContain(`${stage.revocation.base}/crl/hsaId3.crl`);
    expect(text).toContain(`${stage.revocation.base}/crl/hsaId3.delta.crl`);
    expect(text).toContain(`OCSP - URI:${stage.revocation.base}/ocsp`);
    expect(await stage.ordersOf(credential)).toHaveLength(1);
  });

  it('takes base64 in one line, wrapped, and with an encoding named, and gives the same certificate each time', async () => {
    const order = await stage.orderOf(credential, 'extra');
    const { der } = await stage.request();
    const bodies = [base64(der), base64(der).replaceAll(/.{64}/g, '$&\n'), base64(der).replaceAll(/.{76}/g, '$&\r\n')];
    const serials = new Set<string>();
    for (const body of bodies) {
      const headers = { 'content-transfer-encoding': body.includes('\r') ? 'base64' : 'binary' };
      const answer = await stage.enroll(`${order}/simpleenroll`, body, { credential, headers });
      serials.add(certificateIn(answer).serialNumber);
    }
    expect(serials.size).toBe(1);
  });

  it('gives the same certificate after a restart, too, and by nobody else’s key', async () => {
    const order = await stage.orderOf(credential, 'extra');
    const { der } = await stage.request();
    const first = certificateIn(await stage.enroll(`${order}/simpleenroll`, base64(der), { credential }));
    await stage.restart();
    const anew = await stage.logIn('tolvan');
    const again = certificateIn(await stage.enroll(`${order}/simpleenroll`, base64(der), { credential: anew }));
    expect(again.serialNumber).toBe(first.serialNumber);
    const other = await stage.request();
    const refused = await stage.enroll(`${order}/simpleenroll`, base64(other.der), { credential: anew });
    expect(refused).toMatchObject({ status: 409, text: expect.stringContaining('for another key') as unknown });
    credential = anew;
  });

  it('issues once when the same request comes ten times at once', async () => {
    const order = await stage.orderOf(credential, 'extra');
    const { der } = await stage.request();
    const answers = await Promise.all(
      Array.from({ length: 10 }, async () => await stage.enroll(`${order}/simpleenroll`, base64(der), { credential })),
    );
    expect(new Set(answers.map((answer) => certificateIn(answer).serialNumber)).size).toBe(1);
  });

  it('without a label takes the only order, and names them all when there are several', async () => {
    const { der } = await stage.request();
    const several = await stage.enroll('simpleenroll', base64(der), { credential });
    expect(several.status).toBe(400);
    for (const { id } of await stage.ordersOf(credential)) expect(several.text).toContain(id);
    const renewal = await stage.orderOf(credential, 'renewal');
    const used = await stage.request();
    certificateIn(await stage.enroll(`${renewal}/simpleenroll`, base64(used.der), { credential }));
    const certificate = certificateIn(await stage.enroll('simpleenroll', base64(der), { credential }));
    const again = certificateIn(await stage.enroll('simpleenroll', base64(der), { credential }));
    expect(again.serialNumber).toBe(certificate.serialNumber);
    const third = await stage.enroll('simpleenroll', base64((await stage.request()).der), { credential });
    expect(third.status).toBe(404);
  });

  it('has its certificates revoked with those of the card, in the list and at the OCSP responder', async () => {
    const order = await stage.orderOf(credential, 'extra');
    const { der } = await stage.request();
    const issued = certificateIn(await stage.enroll(`${order}/simpleenroll`, base64(der), { credential }));
    const revocationOf = async (): Promise<string> => {
      const url = `${stage.revocation.base}/ocsp`;
      const issuer = writePem(stage.folder, 'issuer', stage.people.tolvan.caCertificates[0]!);
      const leaf = stage.write('leaf.pem', issued.toString());
      return await openssl('ocsp', '-issuer', issuer, '-cert', leaf, '-CAfile', stage.caFile, '-url', url);
    };
    expect(await revocationOf()).toMatch(/leaf\.pem: good/);
    stage.revocation.revoke('tolvan', 'superseded');
    expect(await revocationOf()).toMatch(/leaf\.pem: revoked/);
  });
});

describe('simplereenroll', () => {
  it('renews with a new key, for whom the old certificate names', async () => {
    const credential = await stage.logIn('tolvan');
    const order = await stage.orderOf(credential, 'renewal');
    const { der } = await stage.request({ subject: subjectOf('tolvan') });
    const certificate = certificateIn(await stage.enroll(`${order}/simplereenroll`, base64(der), { credential }));
    expect(certificate.subject).toContain('serialNumber=TSTNMT2321000156-1024');
  });

  it.each([
    ['somebody else', subjectOf('tretton'), []],
    ['nobody', '/', []],
    ['an address that the old one does not have', subjectOf('tolvan'), ['-addext', 'subjectAltName=DNS:evil.example']],
  ])('refuses a request that names %s', async (_, subject, more) => {
    const credential = await stage.logIn('tolvan');
    const order = await stage.orderOf(credential, 'renewal');
    const { der } = await stage.request({ subject, more });
    const { status, text } = await stage.enroll(`${order}/simplereenroll`, base64(der), { credential });
    expect(status).toBe(400);
    expect(text).toContain('serialNumber=TSTNMT2321000156-1024');
  });

  it('is not for orders that replace nothing', async () => {
    const credential = await stage.logIn('tolvan');
    const order = await stage.orderOf(credential, 'extra');
    const { der } = await stage.request({ subject: subjectOf('tolvan') });
    const { status, text } = await stage.enroll(`${order}/simplereenroll`, base64(der), { credential });
    expect(status).toBe(400);
    expect(text).toContain('simpleenroll');
  });

  it('knows a client by the certificate that it renews, without a label', async () => {
    const certificate = stage.people.tolvan;
    const { der } = await stage.request({ subject: subjectOf('tolvan') });
    const renewed = certificateIn(await stage.enroll('simplereenroll', base64(der), { certificate }));
    expect(renewed.subject).toContain('CN=Tolvan Tolvansson');
    expect(stage.issuer.waiting.filter(({ card }) => card === 'tolvan').map(({ order }) => order.kind)).toEqual([
      'extra',
    ]);
    // The next renewal replaces the renewed one.
    expect(stage.issuer.order('tolvan', 'renewal').replaces).toBe(
      renewed.fingerprint256.replaceAll(':', '').toLowerCase(),
    );
  });
});

describe('orders', () => {
  it('are added for the holder of a card, and set back by reset()', async () => {
    const before = stage.issuer.waiting.length;
    const order = stage.issuer.order('tretton', 'reserve-extension');
    const days = (Date.parse(order.notAfter) - stage.clock.now()) / 86_400_000;
    expect(days).toBeGreaterThan(13.9);
    expect(days).toBeLessThanOrEqual(14);
    const credential = await stage.logIn('tretton');
    expect((await stage.ordersOf(credential)).map(({ id }) => id)).toContain(order.id);
    stage.issuer.reset();
    expect(stage.issuer.waiting).toHaveLength(before);
    expect((await stage.ordersOf(credential)).map(({ id }) => id)).not.toContain(order.id);
  });

  it('last exactly as long as they say', async () => {
    const credential = await stage.logIn('tretton');
    const [order] = (await stage.ordersOf(credential)).filter(({ kind }) => kind === 'reserve-extension');
    const { der } = await stage.request();
    const issued = certificateIn(await stage.enroll(`${order!['id']}/simpleenroll`, base64(der), { credential }));
    expect(Date.parse(issued.validTo)).toBe(Date.parse(order!['not_after']!));
  });

  it('need a card that is recorded to be renewed, and a card that there is', () => {
    expect(() => stage.issuer.order('full', 'renewal')).toThrow(
      expect.objectContaining({ code: 'ERR_SANDBOX_NOT_RECORDED' }),
    );
    expect(() => stage.issuer.order('nobody', 'extra')).toThrow(
      expect.objectContaining({ code: 'ERR_SANDBOX_UNKNOWN' }),
    );
  });
});
