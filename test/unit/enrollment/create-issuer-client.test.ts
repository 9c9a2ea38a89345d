import { generateKeyPairSync, sign } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isMiddlewareError, MiddlewareError } from '../../../src/core/errors.js';
import type { HttpAnswer, HttpCall } from '../../../src/core/ports.js';
import { createIssuerClient } from '../../../src/enrollment/create-issuer-client.js';
import type { IssuerLogin } from '../../../src/enrollment/issuer-client.js';
import { encodeRequest, encodeRequestInfo } from '../../../src/pki/certificate-request.js';
import { encodeCertsOnly } from '../../../src/pki/certs-only.js';
import {
  caCertificatesOf,
  certifyPerson,
  createSandboxCa,
  type SandboxCa,
} from '../../../src/sandbox/ca/sandbox-ca.js';
import { testPeople } from '../../../src/sandbox/ca/person.js';
import { jsonAnswer, scriptedHttp, type ScriptedHttp } from '../../support/scripted-http.js';
import { createTestRelyingParty, entryOf } from '../../support/test-relying-party.js';

const now = Date.UTC(2026, 4, 1);
const party = createTestRelyingParty('issuer');
const base = 'https://issuer.example';
const est = `${base}/.well-known/est`;
const issuer = entryOf(party, {
  enrollment: { session_endpoint: `${base}/session`, orders_endpoint: `${base}/orders`, est_endpoint: est },
  ca_file: '/etc/kort/issuer.pem',
});
const trust = { caFile: '/etc/kort/issuer.pem', pins: [] };
const signal = new AbortController().signal;
const json = 'application/json';

let http: ScriptedHttp;
let clock: { now: () => number; monotonic: () => number; passed: number };
let ca: SandboxCa;
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
let request: Uint8Array;
let issued: Uint8Array;
let other: Uint8Array;

beforeAll(async () => {
  ca = await createSandboxCa({ clock: { now: () => now, monotonic: () => 0 }, keyType: 'ec-p256' });
  const publicKey = key.publicKey.export({ format: 'der', type: 'spki' });
  const info = encodeRequestInfo({ subject: Uint8Array.of(0x30, 0), publicKey, attributes: [] });
  request = encodeRequest(info, 'ES256', sign('sha256', info, { key: key.privateKey, dsaEncoding: 'ieee-p1363' }));
  const another = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  issued = await certifyPerson(ca, testPeople.tolvan, { keyType: 'ec-p256', publicKey: key.publicKey });
  other = await certifyPerson(ca, testPeople.tolvan, { keyType: 'ec-p256', publicKey: another.publicKey });
});
beforeEach(() => {
  http = scriptedHttp();
  clock = { now: () => now + clock.passed, monotonic: () => clock.passed, passed: 0 };
});

const opening = { session: 'session-1', request: 'a.b.c' };
const credential = { username: 'order-1', password: 'a:secret', expires_in: 600 };
const startLogin = async (
  answer: (request: string) => Promise<string> = async () => await Promise.resolve('assertion'),
) => await createIssuerClient({ http, clock }).logIn(issuer, answer, signal);
const loggedIn = async (): Promise<IssuerLogin> => {
  http.answer = ({ body }) => jsonAnswer(body?.includes('assertion') === true ? credential : opening);
  const login = await startLogin();
  http.calls.length = 0;
  return login;
};
const failureOf = async (work: Promise<unknown>): Promise<MiddlewareError> =>
  (await work.then(
    () => expect.unreachable('it succeeded'),
    (error: unknown) => error,
  )) as MiddlewareError;
const inLines = (der: Uint8Array): string => Buffer.from(der).toString('base64').replaceAll(/.{64}/g, '$&\n');
const pkcs7 = (body: string | Uint8Array): Partial<HttpAnswer> => ({
  contentType: 'application/pkcs7-mime',
  body: Buffer.from(body),
});

describe('logIn()', () => {
  it('takes a request object for an assertion, and that for a credential', async () => {
    const asked: string[] = [];
    http.answer = ({ body }) =>
      body?.includes('assertion') === true
        ? jsonAnswer(credential, { date: now + 90_000 })
        : jsonAnswer({ ...opening, later: 'member' });
    const login = await startLogin(async (object) => {
      asked.push(object);
      return await Promise.resolve('the.assertion');
    });
    const call = { method: 'POST', url: `${base}/session`, contentType: json, accept: json, trust, signal };
    expect(http.calls).toEqual([
      { ...call, body: JSON.stringify({ client_id: issuer.clientId }) },
      { ...call, body: JSON.stringify({ session: 'session-1', assertion: 'the.assertion' }) },
    ]);
    expect(asked).toEqual(['a.b.c']);
    expect(login).toMatchObject({ expiresAt: now + 600_000, clockSkewMs: 90_000 });
  });

  it('passes on what the answering of the request object throws, and asks for nothing more', async () => {
    http.answer = () => jsonAnswer(opening);
    const error = new MiddlewareError('ERR_PIN_CANCELLED', 'Cancelled');
    expect(await failureOf(startLogin(async () => await Promise.reject(error)))).toBe(error);
    expect(http.calls).toHaveLength(1);
  });

  it('keeps nothing of the credential where it can be seen', async () => {
    const login = await loggedIn();
    expect(inspect(login, { depth: 10, showHidden: true })).not.toContain('secret');
    expect(JSON.stringify(login)).not.toContain('secret');
    http.answer = () => new MiddlewareError('ERR_REMOTE_UNREACHABLE', 'Away');
    expect(inspect(await failureOf(login.orders(signal)), { depth: 10 })).not.toContain('secret');
  });

  it('says that an entry without the addresses is no issuer, and calls nobody', async () => {
    const work = createIssuerClient({ http, clock }).logIn(
      entryOf(party),
      async () => await Promise.resolve(''),
      signal,
    );
    expect(await failureOf(work)).toMatchObject({ code: 'ERR_ISSUER_NONE', fields: { name: issuer.clientId } });
    expect(http.calls).toEqual([]);
  });

  it.each<[string, Partial<HttpAnswer>, object]>([
    [
      '403 with words',
      { status: 403, contentType: 'text/plain', body: Buffer.from('Nej\u001b[31m!') },
      { text: 'Nej!' },
    ],
    ['401', { status: 401 }, { text: undefined, status: 401 }],
    ['500 as JSON', jsonAnswer({ error: 'Out of order' }, { status: 500 }), { text: 'Out of order' }],
    ['400 as JSON with more', jsonAnswer({ error: 'x', error_description: 'No' }, { status: 400 }), { text: 'No' }],
    ['404 as HTML', { status: 404, contentType: 'text/html', body: Buffer.from('<b>') }, { text: undefined }],
  ])('says that the login did not succeed after %s', async (_what, answer, fields) => {
    http.answer = () => answer;
    expect(await failureOf(startLogin())).toMatchObject({ code: 'ERR_ISSUER_LOGIN', fields });
  });

  it.each<[string, unknown, unknown]>([
    ['no session', { request: 'a.b.c' }, credential],
    ['a session that no header could hold', { ...opening, session: 'a\nb' }, credential],
    ['a request that is too long', { ...opening, request: 'a'.repeat(65_537) }, credential],
    ['a name with a colon', opening, { ...credential, username: 'a:b' }],
    ['a line break in the password', opening, { ...credential, password: 'a\r\nX-More: 1' }],
    ['no end', opening, { ...credential, expires_in: undefined }],
    ['an end that is over', opening, { ...credential, expires_in: 0 }],
    ['a list', [], []],
  ])('refuses %s', async (_what, first, second) => {
    http.answer = ({ body }) => jsonAnswer(body?.includes('assertion') === true ? second : first);
    expect(await failureOf(startLogin())).toMatchObject({ code: 'ERR_ISSUER_RESPONSE' });
  });

  it.each<[string, Partial<HttpAnswer>]>([
    ['a redirect', { status: 302, headers: { location: 'https://else.example' } }],
    ['201', jsonAnswer(opening, { status: 201 })],
    ['another media type', { contentType: 'text/html', body: Buffer.from(JSON.stringify(opening)) }],
    ['half of JSON', { contentType: json, body: Buffer.from('{"session":') }],
  ])('refuses %s, and follows nothing', async (_what, answer) => {
    http.answer = () => answer;
    expect(await failureOf(startLogin())).toMatchObject({ code: 'ERR_ISSUER_RESPONSE' });
    expect(http.calls).toHaveLength(1);
  });

  it('keeps a credential for an hour at most', async () => {
    http.answer = ({ body }) =>
      jsonAnswer(body?.includes('assertion') === true ? { ...credential, expires_in: 1e9 } : opening);
    expect((await startLogin()).expiresAt).toBe(now + 3_600_000);
  });
});

describe('orders()', () => {
  const order = {
    id: 'order_1-A',
    kind: 'renewal',
    person_id: '191212121212',
    holder: 'Tolvan\u202e Tolvansson',
    organization: null,
    issuer: 'CN=TEST SITHS e-id Person ID 3 CA v1,O=Inera AB,C=SE',
    level: 3,
    key_specs: ['rsa-2048', 'ml-dsa-65', 'ec-p256'],
    not_after: '2028-04-01T00:00:00+02:00',
    replaces: 'ab'.repeat(32),
    card_number: '9752269900000000001',
    later: 'member',
  };

  it('tells them under our names, with texts that can be shown', async () => {
    const login = await loggedIn();
    http.answer = () => jsonAnswer({ orders: [order] });
    expect(await login.orders(signal)).toEqual([
      {
        id: 'order_1-A',
        kind: 'renewal',
        personId: '191212121212',
        holder: 'Tolvan Tolvansson',
        organization: undefined,
        issuer: 'CN=TEST SITHS e-id Person ID 3 CA v1,O=Inera AB,C=SE',
        level: 3,
        keySpecs: ['rsa-2048', 'ec-p256'],
        notAfter: '2028-03-31T22:00:00.000Z',
        replaces: 'ab'.repeat(32),
        cardNumber: '9752269900000000001',
      },
    ]);
    expect(http.calls).toEqual([
      {
        method: 'GET',
        url: `${base}/orders`,
        accept: json,
        credential: { username: 'order-1', password: 'a:secret' },
        trust,
        signal,
      },
    ]);
  });

  it('passes over kinds that a later issuer knows', async () => {
    const login = await loggedIn();
    http.answer = () => jsonAnswer({ orders: [{ kind: 'loan', anything: 1 }, order] });
    expect(await login.orders(signal)).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['an id that would lead elsewhere', [{ ...order, id: '../cacerts' }]],
    ['an id that is too long', [{ ...order, id: 'a'.repeat(65) }]],
    ['one id twice', [order, order]],
    ['a holder of nothing that shows', [{ ...order, holder: '\u200b' }]],
    ['a holder that is too long', [{ ...order, holder: 'a'.repeat(257) }]],
    ['no person', [{ ...order, person_id: undefined }]],
    ['a level that is none', [{ ...order, level: 4 }]],
    ['a day that is none', [{ ...order, not_after: '2026-02-30T00:00:00Z' }]],
    ['a year that is none', [{ ...order, not_after: '9999-12-31T23:59:59-05:00' }]],
    ['a fingerprint that is none', [{ ...order, replaces: 'AB'.repeat(32) }]],
    ['no kind', [{ ...order, kind: undefined }]],
    ['more than 64', Array.from({ length: 65 }, (_, index) => ({ ...order, id: `o${index}` }))],
    ['no list', {}],
  ])('refuses %s', async (_what, orders) => {
    const login = await loggedIn();
    http.answer = () => jsonAnswer({ orders });
    expect(await failureOf(login.orders(signal))).toMatchObject({ code: 'ERR_ISSUER_RESPONSE' });
  });

  it('says that the session is over after 401, and that the issuer refuses after others', async () => {
    const login = await loggedIn();
    http.answer = () => ({ status: 401 });
    expect(await failureOf(login.orders(signal))).toMatchObject({ code: 'ERR_ISSUER_SESSION' });
    http.answer = () => ({ status: 503 });
    expect(await failureOf(login.orders(signal))).toMatchObject({ code: 'ERR_ISSUER_REFUSED', retriable: true });
    http.answer = () => ({ status: 403 });
    expect(await failureOf(login.orders(signal))).toMatchObject({ code: 'ERR_ISSUER_REFUSED', retriable: false });
  });

  it('sends a credential no longer than it counts', async () => {
    const login = await loggedIn();
    clock.passed = 600_000;
    expect(await failureOf(login.orders(signal))).toMatchObject({ code: 'ERR_ISSUER_SESSION' });
    expect(http.calls).toEqual([]);
  });
});

describe('enroll()', () => {
  it('sends base64 in lines to the address of the order', async () => {
    const login = await loggedIn();
    http.answer = () => pkcs7(inLines(encodeCertsOnly([issued])));
    await login.enroll({ id: 'order-1', kind: 'extra' }, request);
    await login.enroll({ id: 'order-2', kind: 'renewal' }, request);
    const [first, second] = http.calls as [HttpCall, HttpCall];
    expect(first).toMatchObject({
      method: 'POST',
      url: `${est}/order-1/simpleenroll`,
      contentType: 'application/pkcs10',
      accept: 'application/pkcs7-mime',
      credential: { username: 'order-1', password: 'a:secret' },
      timeoutMs: 30_000,
      trust,
    });
    expect(second.url).toBe(`${est}/order-2/simplereenroll`);
    expect(first.body).toMatch(/^([A-Za-z0-9+/=]{1,76}\r\n)+$/);
    expect(Buffer.from(first.body!, 'base64').equals(Buffer.from(request))).toBe(true);
  });

  it.each<[string, (der: Uint8Array) => string]>([
    ['one line', (der) => Buffer.from(der).toString('base64')],
    ['lines', inLines],
    ['lines of CRLF and spaces', (der) => ` ${inLines(der).replaceAll('\n', '\r\n\t')}\r\n\r\n`],
  ])('reads %s, and finds the certificate by its key, wherever it stands', async (_what, write) => {
    const login = await loggedIn();
    const cas = caCertificatesOf(ca).slice(0, 2);
    for (const list of [
      [issued, ...cas, other],
      [...cas, other, issued],
    ]) {
      http.answer = () => pkcs7(write(encodeCertsOnly(list)));
      const { certificate, others } = await login.enroll({ id: 'o', kind: 'extra' }, request);
      expect(Buffer.from(certificate).equals(issued)).toBe(true);
      expect(others).toHaveLength(3);
    }
  });

  it('gives out the one that is no CA when none has the key', async () => {
    const login = await loggedIn();
    http.answer = () => pkcs7(inLines(encodeCertsOnly([...caCertificatesOf(ca).slice(0, 2), other])));
    const { certificate } = await login.enroll({ id: 'o', kind: 'extra' }, request);
    expect(Buffer.from(certificate).equals(other)).toBe(true);
  });

  it.each<[string, string | undefined, number]>([
    ['a number', '120', 120],
    ['none', undefined, 60],
    ['a word', 'later', 60],
    ['nothing', '0', 1],
    ['a number below nothing', '-5', 1],
    ['a year', '31536000', 604_800],
    ['a date by its own clock', 'Fri, 01 May 2026 01:05:00 GMT', 300],
    ['a date that is over', 'Fri, 01 May 2020 00:00:00 GMT', 1],
  ])('says how long the issuer takes: %s', async (_what, after, retryAfterSeconds) => {
    const login = await loggedIn();
    const headers: Record<string, string> = after === undefined ? {} : { 'retry-after': after };
    http.answer = () => ({ status: 202, headers, date: now + 3_600_000 });
    const error = await failureOf(login.enroll({ id: 'o', kind: 'extra' }, request));
    expect(error).toMatchObject({ code: 'ERR_ISSUER_PENDING', retriable: true, fields: { retryAfterSeconds } });
  });

  it('tells a refusal in the words of the issuer, made safe and short', async () => {
    const login = await loggedIn();
    const body = Buffer.from(`Fel\r\nnyckel \u202e${'å'.repeat(400)}`);
    http.answer = () => ({ status: 400, contentType: 'text/plain', body });
    const error = await failureOf(login.enroll({ id: 'o', kind: 'extra' }, request));
    expect(error).toMatchObject({ code: 'ERR_ISSUER_REFUSED', fields: { status: 400, detail: 'HTTP 400' } });
    expect(error.fields['text']).toBe(`Fel nyckel ${'å'.repeat(288)}…`);
  });

  it.each<[string, () => Partial<HttpAnswer>]>([
    ['another media type', () => ({ ...pkcs7(inLines(encodeCertsOnly([issued]))), contentType: 'text/html' })],
    ['DER', () => pkcs7(encodeCertsOnly([issued]))],
    ['PEM', () => pkcs7(`-----BEGIN PKCS7-----\n${inLines(encodeCertsOnly([issued]))}\n-----END PKCS7-----\n`)],
    ['base64 cut off', () => pkcs7(inLines(encodeCertsOnly([issued])).slice(0, 301))],
    ['base64url', () => pkcs7(Buffer.from(Uint8Array.of(0x30, 1, 0xff, 0xff)).toString('base64url'))],
    ['a message cut off', () => pkcs7(inLines(encodeCertsOnly([issued]).subarray(0, 300)))],
    ['a certificate alone', () => pkcs7(inLines(issued))],
    ['nothing', () => pkcs7('')],
    ['certificates that are none', () => pkcs7(inLines(encodeCertsOnly([Uint8Array.of(0x30, 0)])))],
    ['204', () => ({ status: 204 })],
    ['a redirect', () => ({ status: 307, headers: { location: `${est}/o/simpleenroll` } })],
  ])('refuses %s', async (_what, answer) => {
    const login = await loggedIn();
    http.answer = answer;
    const error = await failureOf(login.enroll({ id: 'o', kind: 'extra' }, request));
    expect(error).toMatchObject({ code: 'ERR_ISSUER_RESPONSE' });
    expect(http.calls).toHaveLength(1);
  });

  it('passes on what went wrong on the way', async () => {
    const login = await loggedIn();
    const away = new MiddlewareError('ERR_REMOTE_UNREACHABLE', 'Away');
    http.answer = () => away;
    expect(await failureOf(login.enroll({ id: 'o', kind: 'extra' }, request))).toBe(away);
    http.answer = () => ({ status: 401 });
    const error = await failureOf(login.enroll({ id: 'o', kind: 'extra' }, request));
    expect(error.code).toBe('ERR_ISSUER_SESSION');
  });

  it('makes a certificate or an error of its own of whatever comes', async () => {
    const login = await loggedIn();
    const good = encodeCertsOnly([issued, other]);
    const anyBody = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, flip]) => {
        const changed = Uint8Array.from(good);
        changed[at]! ^= flip;
        return Buffer.from(Buffer.from(changed).toString('base64'));
      }),
    );
    const anyAnswer = fc.record({
      status: fc.constantFrom(200, 200, 200, 202, 204, 301, 400, 401, 500, 999),
      contentType: fc.constantFrom('application/pkcs7-mime', 'text/plain', json, ''),
      headers: fc.constantFrom({}, { 'retry-after': '\u0000' }),
      body: anyBody,
    });
    await fc.assert(
      fc.asyncProperty(anyAnswer, async (answer) => {
        http.answer = () => answer;
        await login.enroll({ id: 'o', kind: 'extra' }, request).catch((error: unknown) => {
          if (!isMiddlewareError(error) || !error.code.startsWith('ERR_ISSUER_')) throw error;
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('caCertificates() and wishes()', () => {
  it('reads the CAs', async () => {
    const login = await loggedIn();
    http.answer = () => pkcs7(inLines(encodeCertsOnly(caCertificatesOf(ca).slice(0, 3))));
    expect(await login.caCertificates(signal)).toHaveLength(3);
    expect(http.calls[0]).toMatchObject({ method: 'GET', url: `${est}/cacerts` });
  });

  it('reads wishes, and none where there are none', async () => {
    const login = await loggedIn();
    // The example of RFC 7030 §4.5.2.
    const example = 'MEEGCSqGSIb3DQEJBzASBgcqhkjOPQIBMQcGBSuBBAAiMBYGCSqGSIb3DQEJDjEJ\nBgcrBgEBAQEWBggqhkjOPQQDAw==\n';
    http.answer = () => ({ contentType: 'application/csrattrs', body: Buffer.from(example) });
    expect(await login.wishes(signal)).toEqual({
      keySpecs: ['ec-p384'],
      others: ['1.2.840.113549.1.9.7', '1.2.840.113549.1.9.14', '1.2.840.10045.4.3.3'],
    });
    for (const status of [204, 404]) {
      http.answer = () => ({ status });
      expect(await login.wishes(signal)).toEqual({ keySpecs: [], others: [] });
    }
  });

  it.each(['MAA=', 'MAYCAQACAQA=', 'MAIwAA==', 'AAAA', 'x'])(
    'refuses wishes of %s unless they are none',
    async (text) => {
      const login = await loggedIn();
      http.answer = () => ({ contentType: 'application/csrattrs', body: Buffer.from(text) });
      if (text === 'MAA=') expect(await login.wishes(signal)).toEqual({ keySpecs: [], others: [] });
      else expect(await failureOf(login.wishes(signal))).toMatchObject({ code: 'ERR_ISSUER_RESPONSE' });
    },
  );
});
