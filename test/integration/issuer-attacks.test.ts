import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { issuePerson, createSandboxCa, issueServer } from '../../src/sandbox/ca/sandbox-ca.js';
import { testPeople } from '../../src/sandbox/ca/person.js';
import { IssuerIdentity } from '../../src/sandbox/issuer/issuer-identity.js';
import {
  base64,
  certificateIn,
  IssuerStage,
  openssl,
  subjectOf,
  type BasicCredential,
} from '../support/issuer-stage.js';
import type { AnswerChanges } from '../support/answered-request.js';
import { signWith } from '../support/forged-jws.js';

let stage: IssuerStage;
let tolvan: BasicCredential;
let tretton: BasicCredential;
beforeAll(async () => {
  stage = await IssuerStage.open({ patienceMs: 2000, openLogins: 20 });
  tolvan = await stage.logIn('tolvan');
  tretton = await stage.logIn('tretton');
});
afterEach(() => {
  stage.clock.ahead = 0;
  stage.revocation.restore('tolvan');
  stage.issuer.reset();
});
afterAll(async () => await stage.close());

const answer = async (session: string, assertion: string) => {
  const { status, text } = await stage.post('/session', { session, assertion });
  return { status, ...(JSON.parse(text) as { error?: string; error_description?: string; username?: string }) };
};

describe('a login is refused', () => {
  it.each<[string, AnswerChanges]>([
    ['for another client', { claims: { aud: 'urn:other' } }],
    ['with another nonce', { claims: { nonce: 'x'.repeat(32) } }],
    ['from a page', { claims: { launcher: 'page', origin: 'https://127.0.0.1' } }],
    ['of somebody else than the certificate', { claims: { sub: testPeople.tretton.personId } }],
    ['at another level than the certificate', { claims: { acr: 'http://id.sambi.se/loa/loa2' } }],
    ['for another request', { claims: { request_hash: 'x'.repeat(43) } }],
    ['that is long over', { claims: { iat: 1, exp: 100, auth_time: 1 } }],
    [
      'signed with another key',
      { signer: signWith(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'ES256') },
    ],
  ])('%s', async (_, changes) => {
    const { session, request } = await stage.begin();
    const refused = await answer(session, stage.assertionOf(request, 'tolvan', changes));
    expect(refused).toMatchObject({ status: 401, error: 'login_refused' });
    // It counted as the one answer.
    const late = await answer(session, stage.assertionOf(request, 'tolvan'));
    expect(late).toMatchObject({ status: 401, error: 'unknown_session' });
  });

  it('a second time, and when it comes twice at once', async () => {
    const { session, request } = await stage.begin();
    const assertion = stage.assertionOf(request, 'tolvan');
    const both = await Promise.all([answer(session, assertion), answer(session, assertion)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 401]);
    expect(await answer(session, assertion)).toMatchObject({ status: 401, error: 'unknown_session' });
  });

  it('with the answer to another session', async () => {
    const first = await stage.begin();
    const second = await stage.begin();
    const assertion = stage.assertionOf(first.request, 'tolvan');
    expect(await answer(second.session, assertion)).toMatchObject({ status: 401, error: 'login_refused' });
    expect(await answer(first.session, assertion)).toMatchObject({ status: 200 });
  });

  it('after eleven minutes', async () => {
    const { session, request } = await stage.begin();
    stage.clock.ahead = 661_000;
    const late = await answer(session, stage.assertionOf(request, 'tolvan'));
    expect(late).toMatchObject({ status: 401, error: 'unknown_session' });
  });

  it('with a revoked card, in words', async () => {
    const { session, request } = await stage.begin();
    stage.revocation.revoke('tolvan', 'keyCompromise');
    const refused = await answer(session, stage.assertionOf(request, 'tolvan'));
    expect(refused).toMatchObject({ status: 401, error: 'revoked' });
    expect(refused.error_description).toContain('revoked');
  });

  it('by a person of another CA', async () => {
    const other = await createSandboxCa({ clock: stage.clock, keyType: 'ec-p256' });
    const stranger = await issuePerson(other, { ...testPeople.tolvan, keyType: 'ec-p256' });
    const { session, request } = await stage.begin();
    const x5c = [stranger.certificate, stranger.caCertificates[0]!].map(base64);
    const signer = signWith(stranger.privateKey, 'ES256');
    const refused = await answer(session, stage.assertionOf(request, 'tolvan', { header: { x5c }, signer }));
    expect(refused).toMatchObject({ status: 401, error: 'login_refused' });
  });
});

describe('/session', () => {
  it.each([
    ['{}', 'malformed'],
    ['[]', 'malformed'],
    ['null', 'malformed'],
    ['{"client_id":', 'malformed'],
    ['{"client_id":1}', 'malformed'],
    ['{"client_id":"urn:kort:sandbox:issuer","more":1}', 'malformed'],
    ['{"client_id":"urn:kort:sandbox:issuer","session":"x","assertion":"y"}', 'malformed'],
    ['{"session":"x"}', 'malformed'],
    ['{"client_id":"urn:other"}', 'unknown_client'],
    ['{"client_id":"__proto__"}', 'unknown_client'],
  ])('answers %s with 400 %s', async (body, error) => {
    const { status, text } = await stage.call('/session', { headers: { 'content-type': 'application/json' }, body });
    expect({ status, ...(JSON.parse(text) as object) }).toMatchObject({ status: 400, error });
  });

  it('wants JSON, by its name and in measure', async () => {
    const body = '{"client_id":"urn:kort:sandbox:issuer"}';
    expect((await stage.call('/session', { body })).status).toBe(415);
    expect((await stage.call('/session', { headers: { 'content-type': 'text/plain' }, body })).status).toBe(415);
    const headers = { 'content-type': 'application/json' };
    expect((await stage.call('/session', { headers, body: ' '.repeat(100_000) })).status).toBe(413);
    expect((await stage.call('/session')).status).toBe(405);
  });

  it('limits the logins that are begun and not ended, and forgets them in time', async () => {
    const begin = async () => await stage.post('/session', { client_id: 'urn:kort:sandbox:issuer' });
    stage.clock.ahead = 661_000;
    const begun = await Promise.all(Array.from({ length: 25 }, begin));
    expect(begun.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(20);
    expect(await begin()).toMatchObject({ status: 429, headers: { 'retry-after': '60' } });
    stage.clock.ahead = 2 * 661_000;
    expect((await begin()).status).toBe(200);
    await stage.restart();
    stage.clock.ahead = 0;
    tolvan = await stage.logIn('tolvan');
    tretton = await stage.logIn('tretton');
  });
});

describe('a credential', () => {
  it('ends after ten minutes', async () => {
    const credential = await stage.logIn('tolvan');
    stage.clock.ahead = 599_000;
    expect((await stage.call('/orders', { credential })).status).toBe(200);
    stage.clock.ahead = 600_000;
    const ended = await stage.call('/orders', { credential });
    expect(ended.status).toBe(401);
    expect(ended.headers['www-authenticate']).toMatch(/^Basic realm="[^"]+"/);
    expect(ended.text).toContain('log in again');
    expect(ended.headers['content-type']).toMatch(/^text\/plain/);
  });

  it('is worth nothing any more when its card is revoked', async () => {
    const credential = await stage.logIn('tolvan');
    stage.revocation.revoke('tolvan', 'keyCompromise');
    const { status, text } = await stage.call('/orders', { credential });
    expect({ status, text }).toEqual({ status: 401, text: 'The certificate is revoked.\n' });
  });

  it('ends with the process', async () => {
    const credential = await stage.logIn('tolvan');
    await stage.restart();
    expect((await stage.call('/orders', { credential })).status).toBe(401);
    tolvan = await stage.logIn('tolvan');
    tretton = await stage.logIn('tretton');
  });

  it('needs its own password', async () => {
    const mixed = { username: tolvan.username, password: tretton.password };
    expect((await stage.call('/orders', { credential: mixed })).status).toBe(401);
  });

  it.each(['Basic', 'Basic ', 'Basic !!!', 'Basic Og==', 'Basic YQ==', 'Bearer YTpi', `Basic ${'A'.repeat(2000)}`])(
    'cannot be %s',
    async (authorization) => {
      const { status } = await stage.call('/orders', { headers: { authorization } });
      expect(status).toBe(401);
    },
  );

  it('that is wrong is not made good by a certificate', async () => {
    const certificate = stage.people.tolvan;
    expect((await stage.call('/orders', { certificate })).status).toBe(200);
    const credential = { username: 'nobody', password: 'nothing' };
    expect((await stage.call('/orders', { certificate, credential })).status).toBe(401);
  });
});

describe('a client certificate is refused', () => {
  const ordersWith = async (certificate: Parameters<typeof stage.call>[1]) =>
    (await stage.call('/orders', certificate)).status;

  it('of another CA, of a server, of a signature key, expired, and revoked', async () => {
    const other = await createSandboxCa({ clock: stage.clock, keyType: 'ec-p256' });
    const person = { ...testPeople.tolvan, keyType: 'ec-p256' } as const;
    const unfit = [
      await issuePerson(other, person),
      await issueServer(stage.ca, ['tolvan.example'], 'ec-p256'),
      await issuePerson(stage.ca, { ...person, usage: 'signature' }),
      await issuePerson(stage.ca, { ...person, notAfter: Date.now() - 1000 }),
    ];
    for (const certificate of unfit) expect(await ordersWith({ certificate })).toBe(401);
    stage.revocation.revoke('tolvan', 'keyCompromise');
    expect(await ordersWith({ certificate: stage.people.tolvan })).toBe(401);
    stage.revocation.restore('tolvan');
    expect(await ordersWith({ certificate: stage.people.tolvan })).toBe(200);
  });

  it('for a renewal of somebody else’s, or of another certificate of the same person', async () => {
    const { der } = await stage.request({ subject: subjectOf('tolvan') });
    const order = await stage.orderOf(tolvan, 'renewal');
    const theirs = await stage.enroll(`${order}/simplereenroll`, base64(der), { certificate: stage.people.tretton });
    expect(theirs.status).toBe(404);
    const second = await issuePerson(stage.ca, { ...testPeople.tolvan, keyType: 'ec-p256' });
    const named = await stage.enroll(`${order}/simplereenroll`, base64(der), { certificate: second });
    expect(named.status).toBe(403);
    const unnamed = await stage.enroll('simplereenroll', base64(der), { certificate: second });
    expect(unnamed.status).toBe(404);
  });
});

describe('an order', () => {
  it('of another person does not exist', async () => {
    const order = await stage.orderOf(tolvan, 'extra');
    const { der } = await stage.request();
    const theirs = await stage.enroll(`${order}/simpleenroll`, base64(der), { credential: tretton });
    const nobodys = await stage.enroll('AAAAAAAAAAAAAAAAAAAAAA/simpleenroll', base64(der), { credential: tretton });
    expect(theirs).toMatchObject({ status: 404, text: nobodys.text });
    certificateIn(await stage.enroll(`${order}/simpleenroll`, base64(der), { credential: tolvan }));
    const after = await stage.enroll(`${order}/simpleenroll`, base64(der), { credential: tretton });
    expect(after.status).toBe(404);
  });

  it('takes no key that has a certificate already: of another order, of another person, of the card itself', async () => {
    const { der } = await stage.request();
    const extra = await stage.orderOf(tolvan, 'extra');
    certificateIn(await stage.enroll(`${extra}/simpleenroll`, base64(der), { credential: tolvan }));
    const renewal = await stage.orderOf(tolvan, 'renewal');
    const theirs = await stage.orderOf(tretton, 'extra');
    const cardKey = stage.write('card.pem', stage.people.tolvan.privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const own = await stage.request({ key: cardKey, subject: subjectOf('tolvan') });
    const more = stage.issuer.order('tolvan', 'extra').id;
    for (const [order, credential, asked] of [
      [renewal, tolvan, der],
      [theirs, tretton, der],
      [more, tolvan, own.der],
    ] as const) {
      const refused = await stage.enroll(`${order}/simpleenroll`, base64(asked), { credential });
      expect(refused).toMatchObject({ status: 409, text: 'This key has a certificate already.\n' });
    }
    // Its own renewal may keep the key.
    certificateIn(await stage.enroll(`${renewal}/simplereenroll`, base64(own.der), { credential: tolvan }));
  });
});

describe('a request is refused', () => {
  let order: string;
  const enroll = async (body: string | Uint8Array, headers?: Record<string, string>) => {
    order = await stage.orderOf(tolvan, 'extra');
    return await stage.enroll(`${order}/simpleenroll`, body, { credential: tolvan, ...(headers && { headers }) });
  };

  it.each([
    ['RSA with 1024 bits', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'], /keys of these kinds/],
    ['RSA with 2056 bits', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2056'], /keys of these kinds/],
    ['the curve P-521', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-521'], /Keys of this kind/],
    ['the curve secp256k1', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1'], /Keys of this kind/],
    ['Ed25519', ['-algorithm', 'ED25519'], /Keys of this kind/],
  ])('for a key of %s', async (_, algorithm, words) => {
    const { der } = await stage.request({ algorithm });
    const refused = await enroll(base64(der));
    expect(refused.status).toBe(400);
    expect(refused.text).toMatch(words);
    expect(await stage.orderOf(tolvan, 'extra')).toBe(order);
  });

  it('for an RSA key with the exponent 3', async () => {
    const three = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-pkeyopt', 'rsa_keygen_pubexp:3'];
    const { der } = await stage.request({ algorithm: three });
    expect((await enroll(base64(der))).text).toMatch(/Keys of this kind/);
  });

  it('with SHA-1', async () => {
    const { der } = await stage.request({ more: ['-sha1'] });
    expect((await enroll(base64(der))).text).toMatch(/not signed with the key/);
  });

  it('with any byte of it changed', async () => {
    const { der } = await stage.request();
    for (let at = 0; at < der.length; at += 5) {
      const changed = Uint8Array.from(der);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      const { status } = await enroll(base64(changed));
      expect(status, `byte ${at}`).toBe(400);
    }
  });

  it('with more or less than one request in it', async () => {
    const { der } = await stage.request();
    const bodies = [
      base64(Buffer.concat([der, der])),
      base64(der.subarray(0, -1)),
      base64(Buffer.from('3000', 'hex')),
      base64(stage.people.tolvan.certificate),
      '',
      '====',
      'AA=A',
      `-----BEGIN CERTIFICATE REQUEST-----\n${base64(der)}\n-----END CERTIFICATE REQUEST-----\n`,
      der,
    ];
    for (const body of bodies) expect((await enroll(body)).status).toBe(400);
  });

  it('under another name, and longer than it may be', async () => {
    const body = base64((await stage.request()).der);
    expect((await enroll(body, { 'content-type': 'application/json' })).status).toBe(415);
    expect((await enroll(body.repeat(200))).status).toBe(413);
  });

  it('that is tied to another connection (RFC 7030 §3.5)', async () => {
    const refused = await enroll(base64(await tiedTo(Buffer.from('ABCDEFGHIJKL').toString('base64'))));
    expect(refused).toMatchObject({ status: 400, text: expect.stringContaining('another TLS connection') as unknown });
  });

  it('but not one that is tied to its own', async () => {
    order = await stage.orderOf(tolvan, 'extra');
    const { port } = new URL(stage.url);
    const ca = readFileSync(stage.caFile);
    const socket = connectTls({ port: Number(port), host: '127.0.0.1', ca, maxVersion: 'TLSv1.2' });
    await once(socket, 'secureConnect');
    const body = base64(await tiedTo(socket.getFinished()!.toString('base64')));
    const basic = Buffer.from(`${tolvan.username}:${tolvan.password}`).toString('base64');
    const head = [
      `POST /.well-known/est/${order}/simpleenroll HTTP/1.1`,
      ...['Host: 127.0.0.1', 'Connection: close', 'Content-Type: application/pkcs10'],
      ...[`Authorization: Basic ${basic}`, `Content-Length: ${body.length}`],
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 200 /);
  });

  /** A request with a challengePassword. */
  async function tiedTo(challenge: string): Promise<Uint8Array> {
    const parts = ['[req]', 'distinguished_name=dn', 'attributes=more', 'prompt=no', '[dn]', 'CN=x', '[more]'];
    const config = stage.write('req.cnf', `${[...parts, `challengePassword=${challenge}`].join('\n')}\n`);
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      stage.write('key.pem', ''),
    ];
    const out = stage.write('request.der', '');
    await openssl('req', '-new', ...key, '-config', config, '-outform', 'DER', '-out', out);
    return readFileSync(out);
  }
});

describe('an address', () => {
  it.each([
    '/',
    '/.well-known/est',
    '/.well-known/est/',
    '/.well-known/est/cacerts/',
    '/.well-known/est/cacerts?x=1',
    '/.well-known/est//cacerts',
    '/.well-known/est/../est/cacerts',
    '/.well-known/est/a/b/cacerts',
    '/.well-known/est/%61/cacerts',
    `/.well-known/est/${'a'.repeat(65)}/cacerts`,
    '/.well-known/est/..%2f..%2forders.json',
    '/.well-known/est/unknown',
    '/orders.json',
    '/session/',
    '//session',
  ])('%s has nothing', async (path) => {
    expect((await stage.call(path)).status).toBe(404);
  });

  it('of an optional operation says that it is not done here, with and without a label', async () => {
    for (const path of ['fullcmc', 'serverkeygen', 'x/fullcmc', 'x/serverkeygen']) {
      const { status, text } = await stage.call(`/.well-known/est/${path}`, { body: 'AAAA' });
      expect(status).toBe(501);
      expect(text).toMatch(/keys are made on the card/);
    }
  });

  it('takes only its own method', async () => {
    const cacerts = await stage.call('/.well-known/est/cacerts', { method: 'POST', body: '' });
    expect(cacerts).toMatchObject({ status: 405, headers: { allow: 'GET' } });
    const enroll = await stage.call('/.well-known/est/simpleenroll', { method: 'DELETE' });
    expect(enroll).toMatchObject({ status: 405, headers: { allow: 'POST' } });
  });

  it('is not answered under another host’s name', async () => {
    const headers = { host: 'evil.example' };
    expect((await stage.call('/.well-known/est/cacerts', { headers })).status).toBe(421);
  });

  it('asks for a login before it looks at anything', async () => {
    const { status, headers } = await stage.call('/.well-known/est/x/simpleenroll', { body: 'x'.repeat(10) });
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toMatch(/^Basic/);
  });
});

describe('slow clients', () => {
  it('are cut off: without TLS, without a whole head, and without a whole body', async () => {
    const { port } = new URL(stage.url);
    const ended = (socket: ReturnType<typeof connect>) =>
      new Promise<void>((resolve) => {
        socket.on('error', () => undefined);
        socket.once('close', () => resolve());
        socket.resume();
      });
    const silent = connect(Number(port), '127.0.0.1');
    const open = (text: string) => {
      const socket = connectTls({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false });
      socket.once('secureConnect', () => socket.write(text));
      return socket;
    };
    const head = open('GET /orders HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ');
    const body = open(
      'POST /session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    await Promise.all([ended(silent), ended(head), ended(body)]);
    expect((await stage.call('/.well-known/est/cacerts')).status).toBe(200);
  }, 20_000);

  it('cannot take more than so many connections, and the others get theirs when they go', async () => {
    // Of usual patience, so that none of them is cut off meanwhile.
    const patient = await IssuerStage.open();
    const port = Number(new URL(patient.url).port);
    const sockets = Array.from({ length: 80 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    await Promise.all(sockets.map(async (socket) => await once(socket, 'connect')));
    await expect(patient.call('/.well-known/est/cacerts')).rejects.toThrow();
    for (const socket of sockets) socket.destroy();
    const statusOf = async () => (await patient.call('/.well-known/est/cacerts').catch(() => undefined))?.status;
    await expect.poll(statusOf).toBe(200);
    await patient.close();
  });
});

describe('the file of orders', () => {
  it('is kept private, with the issuer’s keys', () => {
    for (const name of ['orders.json', 'issuer.json']) {
      expect(statSync(`${stage.folder}/${name}`).mode & 0o777).toBe(0o600);
    }
  });

  it('and the server’s certificate is renewed with its CA, and in time before it ends', async () => {
    const path = `${stage.folder}/issuer.json`;
    const chainIn = (): string => (JSON.parse(readFileSync(path, 'utf8')) as { serverChain: string }).serverChain;
    const first = chainIn();
    await stage.restart();
    expect(chainIn()).toBe(first);
    stage.clock.ahead = 340 * 86_400_000;
    const port = Number(new URL(stage.url).port);
    await stage.restart();
    expect(chainIn()).not.toBe(first);
    expect(Number(new URL(stage.url).port)).toBe(port);
    const other = await createSandboxCa({ clock: stage.clock, keyType: 'ec-p256' });
    const second = chainIn();
    await IssuerIdentity.open(path, other);
    expect(chainIn()).not.toBe(second);
    rmSync(path);
  });
});
