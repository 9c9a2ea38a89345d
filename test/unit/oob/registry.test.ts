import { createHash, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMiddlewareError } from '../../../src/core/errors.js';
import { parseRelyingParty } from '../../../src/oob/relying-party-entry.js';
import { usableKeysOf } from '../../../src/oob/relying-party-keys.js';
import { createRelyingPartyRegistry } from '../../../src/oob/registry.js';
import { createTestRelyingParty, entryOf } from '../../support/test-relying-party.js';

const party = createTestRelyingParty();
const other = createTestRelyingParty('other');
const goodKey = (party.json['jwks'] as { keys: Readonly<Record<string, unknown>>[] }).keys.find(
  ({ alg }) => alg === 'ES256',
)!;
const keys = (...list: readonly unknown[]) => ({ jwks: { keys: list } });
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });

const launched = {
  launchers: ['redirect', 'scheme'],
  request_endpoint: 'https://rp.example/request',
  response_endpoint: 'https://login.rp.example:8443/response?a=b',
};
const pin = createHash('sha256').update('TEST').digest('base64');
const enrollment = {
  session_endpoint: 'https://rp.example/session',
  orders_endpoint: 'https://rp.example/orders',
  est_endpoint: 'https://rp.example:8443/.well-known/est',
};
const publishing = { jwks: undefined, jwks_uri: 'https://rp.example/jwks', pins: [pin] };

describe('parseRelyingParty()', () => {
  it('reads an entry and keeps the source', () => {
    const entry = entryOf(party, { issuers: ['CN=TEST x,C=SE'] }, 'user');
    expect(entry).toMatchObject({
      clientId: 'https://rp.example/client',
      displayName: { sv: 'TEST tjänst rp', en: 'TEST service rp' },
      origins: ['https://rp.example'],
      issuers: ['CN=TEST x,C=SE'],
      launchers: ['page', 'process'],
      source: 'user',
    });
  });

  it('cleans display names', () => {
    const entry = entryOf(party, { display_name: { sv: 'Va\u030ard\u202e\u200b', en: ' Care\u001b[31m ' } });
    expect(entry.displayName).toEqual({ sv: 'Vård', en: 'Care' });
  });

  it.each(['http://127.0.0.1:8080', 'http://localhost:3000', 'http://[::1]:1'])(
    'takes %s from a user only',
    (origin) => {
      expect(entryOf(party, { origins: [origin] }, 'user').origins).toEqual([origin]);
      expect(() => entryOf(party, { origins: [origin] }, 'system')).toThrow(/origins\.0/);
    },
  );

  it('has the addresses of an issuer, on the loopback without https for the user alone', () => {
    expect(entryOf(party, { enrollment }).endpoints.enrollment).toEqual({
      session: enrollment.session_endpoint,
      orders: enrollment.orders_endpoint,
      est: enrollment.est_endpoint,
    });
    const near = { ...enrollment, session_endpoint: 'http://127.0.0.1:4711/session' };
    expect(entryOf(party, { enrollment: near }, 'user').endpoints.enrollment?.session).toBe(near.session_endpoint);
    expect(() => entryOf(party, { enrollment: near })).toThrow(/enrollment\.session_endpoint/);
  });

  it('reads addresses, and what else is for launches and signatures', () => {
    const removal_endpoint = 'https://rp.example';
    const more = {
      purposes: ['auth', 'sign'],
      removal_endpoint,
      ca_file: '/etc/kort/ca.pem',
      pin_for_each_document: true,
    };
    expect(entryOf(party, { ...launched, ...publishing, ...more })).toMatchObject({
      launchers: ['redirect', 'scheme'],
      purposes: ['auth', 'sign'],
      jwks: { keys: [] },
      endpoints: {
        request: 'https://rp.example/request',
        response: 'https://login.rp.example:8443/response?a=b',
        removal: removal_endpoint,
        keys: 'https://rp.example/jwks',
        caFile: '/etc/kort/ca.pem',
        pins: [pin],
      },
      unbound: false,
      pinForEachDocument: true,
    });
    expect(entryOf(party)).toMatchObject({ endpoints: { pins: [] }, unbound: false, pinForEachDocument: false });
  });

  it('lets the administrator alone register links that need no browser', () => {
    const unbound = { ...launched, launchers: ['scheme'], origins: [], unbound: true };
    expect(entryOf(party, unbound)).toMatchObject({ unbound: true, origins: [] });
    expect(() => entryOf(party, unbound, 'user')).toThrow(/unbound/);
    expect(() => entryOf(party, { ...unbound, launchers: ['redirect', 'scheme'] })).toThrow(/origins/);
  });

  it.each(['http://127.0.0.1:8080/request', 'http://localhost:3000/request', 'http://[::1]:1/request'])(
    'calls %s for a user only',
    (address) => {
      const changes = { ...launched, request_endpoint: address };
      expect(entryOf(party, changes, 'user').endpoints.request).toBe(address);
      expect(() => entryOf(party, changes)).toThrow(/request_endpoint/);
    },
  );

  it('takes no address but one that is called just as it is written', () => {
    const parts = fc.constantFrom(
      'https:',
      'http:',
      '//',
      '/',
      '@',
      '#',
      '?',
      ':',
      'a.example',
      '127.0.0.1',
      '\\',
      ' ',
      '\t',
      '.',
      'å',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 8 }), fc.webUrl({ withFragments: true }), (some, url) => {
        for (const address of [some.join(''), url, `https://${some.join('')}`]) {
          let taken: string | undefined;
          try {
            taken = entryOf(party, { removal_endpoint: address }).endpoints.removal;
          } catch (error) {
            if (!isMiddlewareError(error, 'ERR_CONFIG_INVALID')) return false;
          }
          if (taken === undefined) continue;
          const called = new URL(taken);
          const spelled = `https://${called.host}${called.pathname}${called.search}`;
          if (taken !== spelled && `${taken}/` !== spelled) return false;
        }
        return true;
      }),
    );
  });

  const refused: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['a plain http origin', { origins: ['http://rp.example'] }],
    ['http on a name that looks like the loopback', { origins: ['http://localhost.example'] }],
    ['an origin with a path', { origins: ['https://rp.example/'] }],
    ['an origin with its default port', { origins: ['https://rp.example:443'] }],
    ['an origin in upper case', { origins: ['https://RP.example'] }],
    ['an origin with a wildcard path', { origins: ['https://rp.example/*'] }],
    ['an origin with a user', { origins: ['https://a@rp.example'] }],
    ['the origin null', { origins: ['null'] }],
    ['another scheme', { origins: ['file:///'] }],
    ['one origin twice', { origins: ['https://rp.example', 'https://rp.example'] }],
    ['a page launcher without an origin', { origins: [] }],
    ['an unknown member', { pin: '1234' }],
    ['no client_id', { client_id: undefined }],
    ['a client_id with a space', { client_id: 'a b' }],
    ['an empty display name', { display_name: { sv: 'x', en: '\u200b' } }],
    ['a long display name', { display_name: { sv: 'x', en: 'x'.repeat(81) } }],
    ['no keys', keys()],
    ['a key without kid', keys({ ...goodKey, kid: undefined })],
    ['a key without alg', keys({ ...goodKey, alg: undefined })],
    ['a key with alg none', keys({ ...goodKey, alg: 'none' })],
    ['a key with alg HS256', keys({ ...goodKey, alg: 'HS256' })],
    ['a key that does not fit its alg', keys({ ...goodKey, alg: 'ES384' })],
    ['an EC key as RSA', keys({ ...goodKey, alg: 'RS256' })],
    ['a symmetric key', keys({ kid: 'a', alg: 'HS256', kty: 'oct', k: 'AAAA' })],
    ['a private key', keys({ ...party.keys.ES256.privateKey.export({ format: 'jwk' }), kid: 'a', alg: 'ES256' })],
    ['an RSA key of 1024 bits', keys({ ...weak, kid: 'a', alg: 'RS256' })],
    ['a point that is not on the curve', keys({ ...goodKey, x: 'AAAA' })],
    ['one kid twice', keys(goodKey, goodKey)],
    ['an unknown level', { acr_values: ['http://id.sambi.se/loa/loa4'] }],
    ['no level', { acr_values: [] }],
    ['an unknown launcher', { launchers: ['mail'] }],
    ['no launcher', { launchers: [] }],
    ['an unknown purpose', { purposes: ['pay'] }],
    ['no purpose', { purposes: [] }],
    ['one purpose twice', { purposes: ['sign', 'sign'] }],
    ['a redirect launcher without an origin', { ...launched, launchers: ['redirect'], origins: [] }],
    ['a link without an origin to come back to', { ...launched, origins: [] }],
    ['a redirect without request_endpoint', { ...launched, launchers: ['redirect'], request_endpoint: undefined }],
    ['a link without response_endpoint', { ...launched, response_endpoint: undefined }],
    ['an address without https', { ...launched, request_endpoint: 'http://rp.example/request' }],
    ['an address with a password', { ...launched, response_endpoint: 'https://a:b@rp.example/' }],
    ['an address with an empty user', { ...launched, response_endpoint: 'https://@rp.example/' }],
    ['an address with a fragment', { removal_endpoint: 'https://rp.example/removal#x' }],
    ['an address with an empty fragment', { removal_endpoint: 'https://rp.example/removal#' }],
    ['an address with a line break', { removal_endpoint: 'https://rp.exam\nple/removal' }],
    ['an address in upper case', { removal_endpoint: 'https://RP.example/removal' }],
    ['an address with backslashes', { removal_endpoint: 'https:\\\\rp.example\\removal' }],
    ['an address of a file', { removal_endpoint: 'file:///etc/passwd' }],
    ['half an address', { removal_endpoint: '/removal' }],
    ['no keys and no address of keys', { jwks: undefined }],
    ['keys and an address of keys', { ...publishing, jwks: party.json['jwks'] }],
    ['fetched keys without pins', { ...publishing, pins: undefined }],
    ['fetched keys with no pins', { ...publishing, pins: [] }],
    ['an issuer without https', { enrollment: { ...enrollment, orders_endpoint: 'http://rp.example/orders' } }],
    ['an issuer without one of its addresses', { enrollment: { ...enrollment, session_endpoint: undefined } }],
    ['an issuer with something more', { enrollment: { ...enrollment, label: 'x' } }],
    ['an issuer at another path', { enrollment: { ...enrollment, est_endpoint: 'https://rp.example/est' } }],
    [
      'an issuer at a path with a question',
      { enrollment: { ...enrollment, est_endpoint: 'https://rp.example/?/.well-known/est?' } },
    ],
    ['an issuer that no login can reach', { enrollment, launchers: ['page'] }],
    ['an issuer without logins', { enrollment, purposes: ['sign'] }],
    ['fetched keys without https', { ...publishing, jwks_uri: 'http://127.0.0.1/jwks' }],
    ['a pin in hexadecimal', { pins: ['ab'.repeat(32)] }],
    ['a pin in base64url', { pins: [pin.replaceAll('+', '-').replaceAll('/', '_').slice(0, 43)] }],
    ['a SHA-1 pin', { pins: [createHash('sha1').update('TEST').digest('base64')] }],
    ['one pin twice', { pins: [pin, pin] }],
    ['a file by half a path', { ca_file: './ca.pem' }],
    ['typed codes without links', { unbound: true }],
    ['text for a yes', { pin_for_each_document: 'true' }],
  ];
  it.each(refused)('refuses %s', (_, changes) => {
    for (const source of ['system', 'user'] as const) {
      expect(() => entryOf(party, changes, source)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }));
    }
  });

  const members = Object.keys({
    ...party.json,
    ...launched,
    ...publishing,
    removal_endpoint: 0,
    ca_file: 0,
    unbound: 0,
  });

  it('answers any JSON with a typed error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...members), (json, name) => {
        for (const value of [json, { ...party.json, [name]: json }]) {
          try {
            parseRelyingParty(value, 'user');
          } catch (error) {
            if (!isMiddlewareError(error, 'ERR_CONFIG_INVALID')) return false;
          }
        }
        return true;
      }),
    );
  });
});

describe('createRelyingPartyRegistry()', () => {
  it('finds entries by client_id and by origin', () => {
    const registry = createRelyingPartyRegistry([entryOf(party), entryOf(other, {}, 'user')]);
    expect(registry.byClientId('https://other.example/client')?.source).toBe('user');
    expect(registry.byOrigin('https://rp.example')?.clientId).toBe('https://rp.example/client');
    expect(registry.byOrigin('https://rp.example.evil')).toBeUndefined();
    expect(registry.all).toHaveLength(2);
  });

  const taken: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['client_id', { client_id: party.json['client_id'] }],
    ['an origin', { origins: ['https://new.example', 'https://rp.example'] }],
    ['the display name', { display_name: { sv: 'Ny', en: 'TEST service rp' } }],
    ['the display name of the other language', { display_name: { sv: 'TEST service rp', en: 'New' } }],
    ['the display name in other case and spacing', { display_name: { sv: 'Ny', en: 'test  SERVICE\u200brp' } }],
    ['the display name in wide letters', { display_name: { sv: 'Ny', en: 'ＴＥＳＴ service rp' } }],
  ];
  it.each(taken)('refuses a user entry with %s of a system entry', (_, changes) => {
    const system = entryOf(party);
    const user = entryOf(other, changes, 'user');
    const conflict = expect.objectContaining({ code: 'ERR_CONFIG_CONFLICT' }) as unknown;
    expect(() => createRelyingPartyRegistry([system, user])).toThrow(conflict);
    expect(() => createRelyingPartyRegistry([user, system])).toThrow(conflict);
  });
});

describe('usableKeysOf()', () => {
  it('keeps what can sign request objects, and passes over the rest', () => {
    const good = { ...goodKey, kid: 'good', use: 'sig' };
    const set = [
      good,
      { ...goodKey, kid: 'encryption', use: 'enc' },
      { ...goodKey, kid: 'no-alg', alg: undefined },
      { ...party.keys.ES256.privateKey.export({ format: 'jwk' }), kid: 'private', alg: 'ES256' },
      { kty: 'oct', kid: 'symmetric', alg: 'HS256', k: 'AAAA' },
      'text',
      { ...goodKey, kid: 'same' },
      { ...goodKey, kid: 'same', alg: 'ES384' },
    ];
    expect(usableKeysOf({ keys: set, more: 1 })).toEqual([good]);
  });

  it('knows what is no key set', () => {
    for (const json of [undefined, [], 'x', {}, { keys: {} }, { keys: Array.from({ length: 65 }, () => goodKey) }]) {
      expect(usableKeysOf(json)).toBeUndefined();
    }
    expect(usableKeysOf({ keys: [] })).toEqual([]);
  });
});
