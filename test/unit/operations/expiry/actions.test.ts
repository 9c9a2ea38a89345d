import { describe, expect, it } from 'vitest';
import type { RelyingParty } from '../../../../src/model/relying-party.js';
import { createActionFor } from '../../../../src/operations/expiry/actions.js';

const issuer = 'CN=TEST Person CA,O=Test,C=SE';
const enrollment = { session: 'https://ca.example/s', orders: 'https://ca.example/o', est: 'https://ca.example/est' };

const party = (more: Partial<RelyingParty> = {}): RelyingParty => ({
  clientId: 'urn:test:ca',
  displayName: { sv: 'CA', en: 'CA' },
  origins: [],
  jwks: { keys: [] },
  acrValues: [],
  issuers: [],
  launchers: [],
  purposes: [],
  endpoints: { pins: [], enrollment },
  unbound: false,
  pinForEachDocument: false,
  source: 'system',
  ...more,
});

describe('createActionFor()', () => {
  it('takes the first configured action all of whose conditions fit', () => {
    const visit = { kind: 'visit', url: 'https://card.example' } as const;
    const call = { kind: 'call', phone: '112' } as const;
    const none = { kind: 'none' } as const;
    const actionFor = createActionFor(
      [
        { subject: 'certificate', issuer: 'CN=Other', action: none },
        { subject: 'certificate', issuer, action: visit },
        { subject: 'clock', action: call },
      ],
      () => [party()],
    );
    expect(actionFor('certificate', issuer)).toBe(visit);
    expect(actionFor('clock', undefined)).toBe(call);
    expect(actionFor('card', undefined)).toEqual({ kind: 'none' });
    expect(actionFor('certificate', 'CN=Third')).toEqual({ kind: 'download' });
  });

  it.each([
    [party(), issuer, 'download'],
    [party({ issuers: [issuer] }), issuer, 'download'],
    [party({ issuers: ['CN=Other'] }), issuer, 'none'],
    [party({ endpoints: { pins: [] } }), issuer, 'none'],
    [party({ source: 'user' }), issuer, 'download'],
    [party({ source: 'user' }), 'CN=Person CA,O=Real,C=SE', 'none'],
    [party({ source: 'user' }), 'CN=Person CA,O=x\\,CN=TEST x', 'none'],
  ] as const)('offers a download from an issuer that gives out such certificates: %#', (registered, of, kind) => {
    expect(createActionFor([], () => [registered])('certificate', of)).toEqual({ kind });
    expect(createActionFor([], () => [registered])('card', undefined)).toEqual({ kind: 'none' });
  });
});
