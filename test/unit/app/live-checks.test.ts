import { describe, expect, it } from 'vitest';
import { liveFindings } from '../../../src/app/live-checks.js';
import { MiddlewareError } from '../../../src/core/errors.js';
import type { HttpAnswer, HttpCall } from '../../../src/core/ports.js';
import type { RelyingParty } from '../../../src/model/relying-party.js';
import { createTestRelyingParty, entryOf } from '../../support/test-relying-party.js';
import { scriptedHttp } from '../../support/scripted-http.js';

const party = (changes: Partial<RelyingParty> = {}): RelyingParty => ({
  ...entryOf(createTestRelyingParty()),
  launchers: ['page', 'redirect'],
  ...changes,
});
const good = { 'content-security-policy': "default-src 'self'; frame-ancestors 'none'", 'referrer-policy': 'origin' };
const page = 'https://rp.example/login';

const reasonsOf = async (
  answer: (call: HttpCall) => Partial<HttpAnswer> | Error,
  { pages = [page], ...changes }: Partial<RelyingParty> & { pages?: readonly string[] } = {},
): Promise<readonly string[]> => {
  const http = scriptedHttp();
  http.answer = answer;
  const findings = await liveFindings(party(changes), pages, http);
  return findings.map(({ check, ok, field, detail, reason }) =>
    ok ? `${check} ok ${detail ?? ''}` : `${check} ${reason ?? ''} ${field ?? ''}`,
  );
};
const ofHeaders = async (headers: Readonly<Record<string, string>>, changes: Partial<RelyingParty> = {}) =>
  (await reasonsOf(() => ({ headers }), changes)).map((text) => text.split(' ')[1]);

describe('liveFindings(), login pages', () => {
  it('finds nothing wrong with a page that sends both headers', async () => {
    expect(await reasonsOf(() => ({ headers: good }))).toEqual([`pages ok ${page}`]);
  });

  it('looks at the first page of each origin when none is named', async () => {
    const findings = await reasonsOf(() => ({ headers: good }), { pages: [] });
    expect(findings).toEqual(['pages ok https://rp.example/']);
  });

  it('looks at no page of a relying party that has none', async () => {
    expect(await reasonsOf(() => ({ headers: good }), { pages: [], launchers: ['process'] })).toEqual([]);
  });

  it.each([
    undefined,
    "frame-ancestors 'self'",
    "frame-ancestors 'none' https://evil.example",
    'frame-ancestors none',
    'frame-ancestors',
    "default-src 'none'",
  ])('tells that a page can be framed under the policy %s', async (policy) => {
    const headers = {
      'referrer-policy': 'origin',
      ...(policy === undefined ? {} : { 'content-security-policy': policy }),
    };
    expect(await ofHeaders(headers)).toEqual(['pageFramable']);
  });

  it.each(["Frame-Ancestors 'NONE'", "default-src 'self', frame-ancestors 'none'", "a;frame-ancestors  'none';"])(
    'takes the policy %s',
    async (policy) => {
      expect(await ofHeaders({ ...good, 'content-security-policy': policy })).toEqual(['ok']);
    },
  );

  it.each([
    '',
    'no-referrer',
    'strict-origin',
    'strict-origin-when-cross-origin',
    'same-origin',
    'no-referrer-when-downgrade',
    'unsafe-url',
    'origin, strict-origin',
    'nonsense',
  ])('tells that a redirect would come without an origin under %j', async (policy) => {
    expect(await ofHeaders({ ...good, 'referrer-policy': policy })).toEqual(['pageReferrer']);
    expect(await ofHeaders({ ...good, 'referrer-policy': policy }, { launchers: ['page'] })).toEqual(['ok']);
  });

  it.each(['origin', 'Origin', 'origin-when-cross-origin', 'no-referrer, origin', 'origin, of-the-future'])(
    'takes %j',
    async (policy) => {
      expect(await ofHeaders({ ...good, 'referrer-policy': policy })).toEqual(['ok']);
    },
  );

  it('tells all that is wrong with a page', async () => {
    expect(await ofHeaders({})).toEqual(['pageFramable', 'pageReferrer']);
  });

  it('neither follows a page that leads elsewhere nor takes an error for a page', async () => {
    expect(await reasonsOf(() => ({ status: 302, headers: good }))).toEqual([`pages pageRedirects ${page}`]);
    expect(await reasonsOf(() => ({ status: 404, headers: good }))).toEqual([`pages pageStatus ${page}`]);
  });

  it('calls no page outside the registered origins', async () => {
    const pages = ['https://evil.example/', 'https://rp.example.evil.example/', 'rp.example', 'http://rp.example/'];
    expect(await reasonsOf(() => new Error('called'), { pages })).toEqual(
      pages.map((address) => `pages pageOrigin ${address}`),
    );
  });

  it('believes the CA of the entry where the usual roots do not do', async () => {
    const answer = ({ trust }: HttpCall) =>
      trust.caFile === '/ca.pem'
        ? { headers: good }
        : new MiddlewareError('ERR_REMOTE_TLS', 'x', { fields: { reason: 'untrusted' } });
    expect(await reasonsOf(answer)).toEqual([`pages remoteUntrusted ${page}`]);
    expect(await reasonsOf(answer, { endpoints: { caFile: '/ca.pem', pins: [] } })).toEqual([`pages ok ${page}`]);
  });
});

describe('liveFindings(), addresses', () => {
  const endpoints = {
    request: 'https://rp.example/request',
    response: 'https://rp.example/response',
    removal: 'https://rp.example/removal',
    keys: 'https://rp.example/jwks',
    caFile: '/ca.pem',
    pins: ['pin'],
  };

  it('asks each without posting anything, by the trust of the entry, and takes any answer', async () => {
    const http = scriptedHttp();
    http.answer = () => ({ status: 405 });
    const findings = await liveFindings(party({ endpoints, launchers: ['scheme'] }), [], http);
    expect(findings.map(({ ok, detail }) => [ok, detail])).toEqual(
      [endpoints.request, endpoints.response, endpoints.removal, endpoints.keys].map((url) => [true, url]),
    );
    for (const { method, body, trust } of http.calls) {
      expect({ method, body, trust }).toEqual({
        method: 'GET',
        body: undefined,
        trust: { caFile: '/ca.pem', pins: ['pin'] },
      });
    }
  });

  it.each([
    ['ERR_REMOTE_UNREACHABLE', 'dns', 'remoteDns'],
    ['ERR_REMOTE_TLS', 'pin', 'remotePin'],
    ['ERR_CONFIG_INVALID', 'noCertificates', 'noCertificates'],
  ] as const)('tells of %s %s', async (code, reason, text) => {
    const answer = () => new MiddlewareError(code, 'x', { fields: { reason } });
    const changes = {
      pages: [],
      launchers: ['scheme'],
      endpoints: { removal: 'https://rp.example/r', pins: [] },
    } as const;
    expect(await reasonsOf(answer, changes)).toEqual([`endpoints ${text} https://rp.example/r`]);
  });
});
