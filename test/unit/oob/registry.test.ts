import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMiddlewareError } from '../../../src/core/errors.js';
import { parseRelyingParty } from '../../../src/oob/relying-party-entry.js';
import { createRelyingPartyRegistry } from '../../../src/oob/registry.js';
import { createTestRelyingParty, entryOf } from '../../support/test-relying-party.js';

const party = createTestRelyingParty();
const other = createTestRelyingParty('other');
const goodKey = (party.json['jwks'] as { keys: Readonly<Record<string, unknown>>[] }).keys.find(
  ({ alg }) => alg === 'ES256',
)!;
const keys = (...list: readonly unknown[]) => ({ jwks: { keys: list } });
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });

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
  ];
  it.each(refused)('refuses %s', (_, changes) => {
    for (const source of ['system', 'user'] as const) {
      expect(() => entryOf(party, changes, source)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }));
    }
  });

  it('answers any JSON with a typed error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(party.json)), (json, name) => {
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
