import { describe, expect, it } from 'vitest';
import { composeAssertion, finishAssertion, type AssertionParts } from '../../../src/oob/assertion.js';
import { createTestRelyingParty, entryOf, testNow } from '../../support/test-relying-party.js';

const leaf = Uint8Array.of(1, 2, 3);

const parts = (changes: Partial<AssertionParts> = {}): AssertionParts => ({
  order: {
    id: 'order-id',
    relyingParty: entryOf(createTestRelyingParty()),
    purpose: 'auth',
    bound: true,
    visibleText: undefined,
    documents: [],
    launcher: 'page',
    origin: 'https://rp.example',
    nonce: 'the-nonce',
    requestHash: 'the-hash',
    acrValues: ['http://id.sambi.se/loa/loa3'],
    user: undefined,
    issuers: [],
    confirmationCode: 'K7P4',
    bindingMessage: undefined,
    expiresAt: testNow + 180_000,
  },
  chain: [leaf, Uint8Array.of(0xfb, 0xff)],
  algorithm: 'RS256',
  level: 3,
  subject: 'TSTNMT2321000156-1024',
  now: testNow + 999,
  ...changes,
});

const decode = (input: Uint8Array): unknown[] =>
  Buffer.from(input)
    .toString('ascii')
    .split('.')
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown);

describe('composeAssertion()', () => {
  it('composes exactly these members', () => {
    const seconds = testNow / 1000;
    expect(decode(composeAssertion(parts()))).toEqual([
      { typ: 'kort-assertion+jwt', alg: 'RS256', x5c: ['AQID', '+/8='] },
      {
        iss: 'urn:kort:client',
        aud: 'https://rp.example/client',
        nonce: 'the-nonce',
        jti: 'order-id',
        iat: seconds,
        exp: seconds + 180,
        auth_time: seconds,
        acr: 'http://id.sambi.se/loa/loa3',
        amr: ['pin', 'sc'],
        sub: 'TSTNMT2321000156-1024',
        origin: 'https://rp.example',
        launcher: 'page',
        bound: true,
        request_hash: 'the-hash',
      },
    ]);
  });

  it.each(['process', 'scheme'] as const)('has no origin for %s, whatever the order says', (launcher) => {
    const { order } = parts();
    const [, claims] = decode(composeAssertion(parts({ order: { ...order, launcher } })));
    expect(claims).not.toHaveProperty('origin');
  });

  it('has the origin of a redirect, and says that no browser is bound to the order', () => {
    const { order } = parts();
    const [, claims] = decode(composeAssertion(parts({ order: { ...order, launcher: 'redirect', bound: false } })));
    expect(claims).toMatchObject({ origin: 'https://rp.example', bound: false });
  });

  it('has the key that will report the removal of the card', () => {
    const removalJwk = { kty: 'EC', crv: 'P-256', x: 'X', y: 'Y' } as const;
    const [, claims] = decode(composeAssertion(parts({ removalJwk })));
    expect(claims).toHaveProperty('removal_jwk', removalJwk);
  });

  it.each([
    ['no certificate', []],
    ['five certificates', [leaf, leaf, leaf, leaf, leaf]],
    ['more than 16 KiB', [leaf, new Uint8Array(16_382)]],
  ])('refuses %s, before a card could sign it', (_, chain) => {
    expect(() => composeAssertion(parts({ chain }))).toThrow(RangeError);
  });
});

describe('finishAssertion()', () => {
  it('adds the signature to the very bytes that were signed', () => {
    const input = composeAssertion(parts());
    expect(finishAssertion(input, Uint8Array.of(0xfb, 0xff))).toBe(`${Buffer.from(input).toString('ascii')}.-_8`);
  });
});
