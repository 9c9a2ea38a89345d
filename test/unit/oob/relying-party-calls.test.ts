import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MiddlewareError } from '../../../src/core/errors.js';
import type { RelyingParty } from '../../../src/model/relying-party.js';
import { createRelyingPartyCalls } from '../../../src/oob/relying-party-calls.js';
import { jsonAnswer, scriptedHttp } from '../../support/scripted-http.js';

const never = new AbortController().signal;
const publicKey = (kid: string) => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  kid,
  alg: 'ES256',
});
const party = (endpoints: Partial<RelyingParty['endpoints']> = {}, more: Partial<RelyingParty> = {}): RelyingParty => ({
  clientId: 'urn:test:rp',
  displayName: { sv: 'TEST', en: 'TEST' },
  origins: ['https://rp.example', 'https://login.rp.example:8443'],
  jwks: { keys: [{ kid: 'inline' }] },
  acrValues: [],
  issuers: [],
  launchers: ['redirect'],
  purposes: ['auth'],
  endpoints: {
    request: 'https://rp.example/request',
    response: 'https://rp.example/response',
    caFile: '/ca.pem',
    pins: ['pin'],
    ...endpoints,
  },
  unbound: false,
  pinForEachDocument: false,
  source: 'system',
  ...more,
});

function bench() {
  const http = scriptedHttp();
  let now = 1_000_000;
  const clock = { now: () => now, monotonic: () => 0 };
  return {
    http,
    calls: createRelyingPartyCalls({ http, clock }),
    pass: (ms: number) => (now += ms),
  };
}

describe('fetchRequest()', () => {
  const asked = { ref: 'r'.repeat(22), walletNonce: 'w'.repeat(22) };

  it('posts client_id, ref and nonce to the registered address, and gives out what comes with its time', async () => {
    const { http, calls } = bench();
    http.answer = () => jsonAnswer({ request: 'a.b.c', more: [[[]]] }, { date: 5 });
    await expect(calls.fetchRequest(party(), asked, never)).resolves.toEqual({ request: 'a.b.c', date: 5 });
    expect(http.calls).toEqual([
      {
        method: 'POST',
        url: 'https://rp.example/request',
        body: JSON.stringify({ client_id: 'urn:test:rp', ref: asked.ref, wallet_nonce: asked.walletNonce }),
        contentType: 'application/json',
        accept: 'application/json',
        trust: { caFile: '/ca.pem', pins: ['pin'] },
        signal: never,
      },
    ]);
  });

  it.each([
    [404, 'used'],
    [410, 'used'],
    [403, 'refused'],
    [302, 'refused'],
    [500, 'refused'],
  ])('tells of status %i as %s', async (status, reason) => {
    const { http, calls } = bench();
    http.answer = () => jsonAnswer({ request: 'a.b.c' }, { status });
    await expect(calls.fetchRequest(party(), asked, never)).rejects.toMatchObject({
      code: 'ERR_OOB_REQUEST_FAILED',
      fields: { reason },
    });
  });

  it.each([
    ['another media type', { ...jsonAnswer({ request: 'a.b.c' }), contentType: 'text/html' }],
    ['no JSON', { contentType: 'application/json', body: Buffer.from('{"request":') }],
    ['no UTF-8', { contentType: 'application/json', body: Buffer.from([0x7b, 0xff, 0x7d]) }],
    ['an array', jsonAnswer([{ request: 'a.b.c' }])],
    ['null', jsonAnswer(null)],
    ['no request', jsonAnswer({})],
    ['an object for it', jsonAnswer({ request: { a: 1 } })],
    ['one over 64 KiB', jsonAnswer({ request: 'a'.repeat(65_537) })],
  ])('refuses %s', async (_, answer) => {
    const { http, calls } = bench();
    http.answer = () => answer;
    await expect(calls.fetchRequest(party(), asked, never)).rejects.toMatchObject({
      code: 'ERR_REMOTE_RESPONSE',
      fields: { host: 'rp.example', reason: 'malformed' },
    });
  });

  it('bears what is nested deeply beside it', async () => {
    const { http, calls } = bench();
    const text = `{"x":${'['.repeat(30_000)}${']'.repeat(30_000)},"request":"a.b.c"}`;
    http.answer = () => ({ contentType: 'application/json', body: Buffer.from(text) });
    await expect(calls.fetchRequest(party(), asked, never)).resolves.toHaveProperty('request', 'a.b.c');
  });

  it('calls nobody when no address is registered', async () => {
    const { calls, http } = bench();
    const { request: _, ...endpoints } = party().endpoints;
    await expect(calls.fetchRequest(party({}, { endpoints }), asked, never)).rejects.toHaveProperty(
      'code',
      'ERR_OOB_REQUEST_FAILED',
    );
    expect(http.calls).toEqual([]);
  });
});

describe('postResponse()', () => {
  const ref = 'r'.repeat(22);
  const sentBody = async (answer: Parameters<ReturnType<typeof createRelyingPartyCalls>['postResponse']>[1]) => {
    const { http, calls } = bench();
    http.answer = () => jsonAnswer({});
    await expect(calls.postResponse(party(), answer, never)).resolves.toEqual({ redirectUri: undefined });
    expect(http.calls[0]).toMatchObject({ url: 'https://rp.example/response', contentType: 'application/json' });
    return JSON.parse(http.calls[0]?.body ?? '') as unknown;
  };

  it('posts an assertion, signatures as base64 of their DER, or why there is none', async () => {
    expect(await sentBody({ ref, assertion: 'a.b.c' })).toEqual({ ref, assertion: 'a.b.c' });
    expect(await sentBody({ ref, signatures: [Uint8Array.of(0xfb, 0xff), Uint8Array.of(1)] })).toEqual({
      ref,
      signatures: ['+/8=', 'AQ=='],
    });
    expect(await sentBody({ ref, error: 'userCancel' })).toEqual({ ref, error: 'userCancel' });
  });

  const redirectedTo = async (redirectUri: unknown, origins?: readonly string[]): Promise<string | undefined> => {
    const { http, calls } = bench();
    http.answer = () => jsonAnswer({ redirect_uri: redirectUri });
    const to = party({}, origins === undefined ? {} : { origins });
    return (await calls.postResponse(to, { ref, assertion: 'a.b.c' }, never)).redirectUri;
  };

  it('goes on to a registered origin', async () => {
    expect(await redirectedTo('https://rp.example/done?response_code=1')).toBe(
      'https://rp.example/done?response_code=1',
    );
    expect(await redirectedTo('https://login.rp.example:8443/')).toBe('https://login.rp.example:8443/');
    expect(await redirectedTo('http://127.0.0.1:8080/x', ['http://127.0.0.1:8080'])).toBe('http://127.0.0.1:8080/x');
  });

  it('gives out an address that cannot break a header', async () => {
    expect(await redirectedTo('https://rp.example/a\r\nSet-Cookie: x=y')).not.toMatch(/[\r\n]/);
  });

  it.each([
    'https://evil.example/',
    'http://rp.example/',
    'https://rp.example:444/',
    'https://rp.example.evil.example/',
    'https://rp.example@evil.example/',
    'https://user@rp.example/',
    'https://user:pass@rp.example/',
    'https://:pass@rp.example/',
    'javascript:alert(1)//https://rp.example',
    'blob:https://rp.example/1234',
    'data:text/html,x',
    '//rp.example/',
    '/done',
    '',
  ])('refuses to go on to %j', async (redirectUri) => {
    await expect(redirectedTo(redirectUri)).rejects.toMatchObject({
      code: 'ERR_OOB_DELIVERY_FAILED',
      fields: { reason: 'redirect-uri' },
    });
  });

  it.each([5, null, ['https://rp.example/'], `https://rp.example/${'x'.repeat(4096)}`])(
    'refuses %j for an address',
    async (redirectUri) => {
      await expect(redirectedTo(redirectUri)).rejects.toHaveProperty('code', 'ERR_REMOTE_RESPONSE');
    },
  );

  it.each([204, 302, 400, 404, 503])('tells of status %i', async (status) => {
    const { http, calls } = bench();
    http.answer = () => jsonAnswer({}, { status });
    await expect(calls.postResponse(party(), { ref, assertion: 'x' }, never)).rejects.toMatchObject({
      code: 'ERR_OOB_DELIVERY_FAILED',
      fields: { reason: 'refused', status },
    });
  });
});

describe('keysOf()', () => {
  const fetching = party({ keys: 'https://rp.example/jwks' }, { jwks: { keys: [] } });
  const minute = 60_000;
  const kidsOf = (keys: readonly Readonly<Record<string, unknown>>[]) => keys.map(({ kid }) => kid);

  it('gives out the keys of the entry without a call', async () => {
    const { calls, http } = bench();
    await expect(calls.keysOf(party(), 'inline')).resolves.toEqual([{ kid: 'inline' }]);
    expect(http.calls).toEqual([]);
  });

  it('fetches keys once in ten minutes, whoever asks for what', async () => {
    const { calls, http, pass } = bench();
    http.answer = () => jsonAnswer({ keys: [publicKey('one')] }, { contentType: 'application/jwk-set+json' });
    const all = await Promise.all([calls.keysOf(fetching, 'one'), calls.keysOf(fetching, 'two')]);
    expect(all.map(kidsOf)).toEqual([['one'], ['one']]);
    pass(10 * minute - 1);
    await calls.keysOf(fetching, 'two');
    expect(http.calls).toHaveLength(1);
    expect(http.calls[0]).toMatchObject({ method: 'GET', url: 'https://rp.example/jwks', trust: { pins: ['pin'] } });
    pass(1);
    http.answer = () => jsonAnswer({ keys: [publicKey('two')] });
    expect(kidsOf(await calls.keysOf(fetching, 'one'))).toEqual(['two']);
  });

  it('passes over keys that cannot sign request objects', async () => {
    const { calls, http } = bench();
    const { d: _, ...rsa1024 } = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({
      format: 'jwk',
    });
    const good = publicKey('good');
    const others = [
      { ...rsa1024, kid: 'short', alg: 'RS256' },
      { ...good, kid: 'private', d: 'AAAA' },
      { ...good, kid: 'address', x5u: 'https://evil.example' },
      { ...good, kid: 'encryption', use: 'enc' },
      { kty: 'oct', kid: 'shared', alg: 'HS256', k: 'AAAA' },
      'nonsense',
    ];
    http.answer = () => jsonAnswer({ keys: [...others, good], more: 1 });
    expect(kidsOf(await calls.keysOf(fetching, 'good'))).toEqual(['good']);
  });

  it.each([
    ['an unreachable server', new MiddlewareError('ERR_REMOTE_UNREACHABLE', 'x'), 'ERR_REMOTE_UNREACHABLE'],
    ['a missing page', jsonAnswer({ keys: [publicKey('x')] }, { status: 404 }), 'ERR_REMOTE_RESPONSE'],
    ['no key that fits', jsonAnswer({ keys: [] }), 'ERR_REMOTE_RESPONSE'],
    ['no key set', jsonAnswer({ key: [] }), 'ERR_REMOTE_RESPONSE'],
    [
      'another media type',
      { ...jsonAnswer({ keys: [publicKey('x')] }), contentType: 'text/html' },
      'ERR_REMOTE_RESPONSE',
    ],
  ])('remembers %s for a minute', async (_, answer, code) => {
    const { calls, http, pass } = bench();
    http.answer = () => answer;
    await expect(calls.keysOf(fetching, 'x')).rejects.toHaveProperty('code', code);
    pass(minute - 1);
    await expect(calls.keysOf(fetching, 'x')).rejects.toHaveProperty('code', code);
    expect(http.calls).toHaveLength(1);
    pass(1);
    await expect(calls.keysOf(fetching, 'x')).rejects.toHaveProperty('code', code);
    expect(http.calls).toHaveLength(2);
  });

  it('keeps old keys when they cannot be fetched anew, but not for ever', async () => {
    const { calls, http, pass } = bench();
    http.answer = () => jsonAnswer({ keys: [publicKey('old')] });
    await calls.keysOf(fetching, 'old');
    http.answer = () => new MiddlewareError('ERR_REMOTE_UNREACHABLE', 'x');
    pass(23 * 60 * minute);
    expect(kidsOf(await calls.keysOf(fetching, 'old'))).toEqual(['old']);
    pass(60 * minute);
    await expect(calls.keysOf(fetching, 'old')).rejects.toHaveProperty('code', 'ERR_REMOTE_UNREACHABLE');
    http.answer = () => jsonAnswer({ keys: [publicKey('new')] });
    pass(minute);
    expect(kidsOf(await calls.keysOf(fetching, 'new'))).toEqual(['new']);
  });

  it('fetches anew when the clock was set back', async () => {
    const { calls, http, pass } = bench();
    http.answer = () => jsonAnswer({ keys: [publicKey('one')] });
    await calls.keysOf(fetching, 'one');
    pass(-1);
    await calls.keysOf(fetching, 'one');
    expect(http.calls).toHaveLength(2);
  });

  it('fetches anew for an entry with other pins', async () => {
    const { calls, http } = bench();
    http.answer = () => jsonAnswer({ keys: [publicKey('one')] });
    await calls.keysOf(fetching, 'one');
    await calls.keysOf(party({ keys: 'https://rp.example/jwks', pins: ['other'] }), 'one');
    expect(http.calls).toHaveLength(2);
  });
});
