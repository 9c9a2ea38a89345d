import fc from 'fast-check';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isMiddlewareError } from '../../../src/core/errors.js';
import type { OobCaller, RelyingPartyCalls } from '../../../src/oob/oob-service.js';
import { createRelyingPartyRegistry } from '../../../src/oob/registry.js';
import { verifyRequestObject, type RequestContext, type VerifiedRequest } from '../../../src/oob/request-object.js';
import { forgeJws, hmacWith, signWith } from '../../support/forged-jws.js';
import { noCalls } from '../../support/scripted-calls.js';
import {
  createTestRelyingParty,
  entryOf,
  requestClaims,
  signedRequest,
  testNow,
} from '../../support/test-relying-party.js';

const party = createTestRelyingParty();
const other = createTestRelyingParty('other');
const pageOnly = createTestRelyingParty('page-only');
const signing = createTestRelyingParty('signing');
const publishing = createTestRelyingParty('publishing');
const registry = createRelyingPartyRegistry([
  entryOf(party),
  entryOf(other),
  entryOf(pageOnly, { launchers: ['page'] }),
  entryOf(signing, { purposes: ['auth', 'sign'] }),
  entryOf(publishing, {
    jwks: undefined,
    jwks_uri: 'https://publishing.example/jwks',
    pins: [createHash('sha256').update('TEST').digest('base64')],
  }),
]);

const verify = async (request: string, caller: OobCaller = party.page, now = testNow): Promise<VerifiedRequest> =>
  await verifyRequestObject(request, { registry, caller, purpose: 'auth', calls: noCalls, now });

const { privateKey } = party.keys.ES256;
const goodHeader = { typ: 'kort-request+jwt', alg: 'ES256', kid: 'key-ES256' };
const withHeader = (changes: Readonly<Record<string, unknown>>): string =>
  forgeJws({ ...goodHeader, ...changes }, requestClaims(party), signWith(privateKey, 'ES256'));
const seconds = Math.floor(testNow / 1000);
const jwk = party.keys.ES256.publicKey.export({ format: 'jwk' });

describe('verifyRequestObject()', () => {
  it.each(['ES256', 'ES384', 'PS256', 'RS256'] as const)('accepts a request signed with %s', async (alg) => {
    const { order } = await verify(signedRequest(party, {}, alg));
    expect(order.relyingParty.clientId).toBe('https://rp.example/client');
  });

  it('hands on everything that was asked, outside text sanitized', async () => {
    const request = signedRequest(party, {
      user: 'TSTNMT2321000156-1024',
      issuers: ['CN=TEST SITHS e-id Person HSA-id 3 CA v1,O=Inera AB,C=SE'],
      binding_message: 'Visa\u202e recept\n\u001b[31mnu',
    });
    const { order, replayUntil } = await verify(request);
    expect(order).toMatchObject({
      launcher: 'page',
      origin: 'https://rp.example',
      nonce: 'n'.repeat(32),
      acrValues: ['http://id.sambi.se/loa/loa3'],
      user: 'TSTNMT2321000156-1024',
      issuers: ['CN=TEST SITHS e-id Person HSA-id 3 CA v1,O=Inera AB,C=SE'],
      confirmationCode: 'K7P4',
      bindingMessage: 'Visa recept nu',
    });
    expect(order.requestHash).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(replayUntil).toBe((seconds + 360) * 1000);
  });

  it('accepts a process without an origin', async () => {
    expect((await verify(signedRequest(party), party.process)).order.origin).toBeUndefined();
  });

  it('gives one jti of two relying parties two replay keys, and the same twice one', async () => {
    const first = await verify(signedRequest(party, { jti: 'same-one' }));
    const again = await verify(signedRequest(party, { jti: 'same-one' }));
    const foreign = await verify(signedRequest(other, { jti: 'same-one' }), other.page);
    expect(again.replayKey).toBe(first.replayKey);
    expect(foreign.replayKey).not.toBe(first.replayKey);
    expect(first.replayKey).toMatch(/^[0-9a-f]{64}$/);
  });

  const forged: readonly (readonly [string, string, () => string])[] = [
    ['alg none with a signature', 'ERR_OOB_UNAUTHORIZED', () => withHeader({ alg: 'none' })],
    [
      'alg none without one',
      'ERR_OOB_UNAUTHORIZED',
      () => forgeJws({ ...goodHeader, alg: 'none' }, requestClaims(party), () => new Uint8Array()),
    ],
    [
      'HS256 keyed with the public key',
      'ERR_OOB_UNAUTHORIZED',
      () => forgeJws({ ...goodHeader, alg: 'HS256' }, requestClaims(party), hmacWith(party.keys.ES256.publicKey)),
    ],
    [
      'another alg than the key is registered for',
      'ERR_OOB_UNAUTHORIZED',
      () =>
        forgeJws(
          { ...goodHeader, alg: 'PS256', kid: 'key-RS256' },
          requestClaims(party),
          signWith(party.keys.RS256.privateKey, 'PS256'),
        ),
    ],
    [
      'a key of its own',
      'ERR_OOB_UNAUTHORIZED',
      () =>
        forgeJws(
          goodHeader,
          requestClaims(party),
          signWith(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'ES256'),
        ),
    ],
    [
      'the key of another relying party',
      'ERR_OOB_UNAUTHORIZED',
      () => forgeJws(goodHeader, requestClaims(party), signWith(other.keys.ES256.privateKey, 'ES256')),
    ],
    ['an unknown kid', 'ERR_OOB_UNAUTHORIZED', () => withHeader({ kid: 'key-9' })],
    ['no kid', 'ERR_OOB_INVALID_PARAMETERS', () => withHeader({ kid: undefined })],
    ['no alg', 'ERR_OOB_INVALID_PARAMETERS', () => withHeader({ alg: undefined })],
    ['another typ', 'ERR_OOB_INVALID_PARAMETERS', () => withHeader({ typ: 'JWT' })],
    ['the typ of an assertion', 'ERR_OOB_INVALID_PARAMETERS', () => withHeader({ typ: 'kort-assertion+jwt' })],
    ['jwk', 'ERR_OOB_INVALID_PARAMETERS', () => withHeader({ jwk })],
    ['jku', 'ERR_OOB_INVALID_PARAMETERS', () => withHeader({ jku: 'https://rp.example/keys' })],
    ['x5u', 'ERR_OOB_INVALID_PARAMETERS', () => withHeader({ x5u: 'https://rp.example/cert' })],
    ['x5c', 'ERR_OOB_INVALID_PARAMETERS', () => withHeader({ x5c: ['AAAA'] })],
    ['crit', 'ERR_OOB_INVALID_PARAMETERS', () => withHeader({ crit: ['b64'], b64: true })],
    [
      'a header that is an array',
      'ERR_OOB_INVALID_PARAMETERS',
      () => forgeJws([], requestClaims(party), signWith(privateKey, 'ES256')),
    ],
    [
      'claims that are no object',
      'ERR_OOB_UNAUTHORIZED',
      () => forgeJws(goodHeader, '"text"', signWith(privateKey, 'ES256')),
    ],
    [
      'claims that are no JSON',
      'ERR_OOB_INVALID_PARAMETERS',
      () => forgeJws(goodHeader, '{', signWith(privateKey, 'ES256')),
    ],
    [
      'claims 20 000 levels deep',
      'ERR_OOB_INVALID_PARAMETERS',
      () =>
        forgeJws(
          goodHeader,
          `{"iss":"https://rp.example/client","a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
          signWith(privateKey, 'ES256'),
        ),
    ],
    [
      'more than 64 KiB',
      'ERR_OOB_INVALID_PARAMETERS',
      () => signedRequest(party, { binding_message: 'a'.repeat(50_000) }),
    ],
    [
      'a changed claim',
      'ERR_OOB_UNAUTHORIZED',
      () => {
        const [header, , signature] = signedRequest(party).split('.');
        const payload = Buffer.from(JSON.stringify(requestClaims(party, { user: '191212121212' }))).toString(
          'base64url',
        );
        return `${header!}.${payload}.${signature!}`;
      },
    ],
    ['two parts', 'ERR_OOB_INVALID_PARAMETERS', () => signedRequest(party).split('.').slice(0, 2).join('.')],
    ['four parts', 'ERR_OOB_INVALID_PARAMETERS', () => `${signedRequest(party)}.AAAA`],
    ['padding', 'ERR_OOB_INVALID_PARAMETERS', () => `${signedRequest(party)}=`],
    ['nothing', 'ERR_OOB_INVALID_PARAMETERS', () => ''],
  ];
  it.each(forged)('refuses %s', async (_, code, make) => {
    await expect(verify(make())).rejects.toMatchObject({ code });
  });

  const wrongClaims: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
    ['another audience', 'ERR_OOB_INVALID_PARAMETERS', { aud: 'urn:other:client' }],
    ['a list of audiences', 'ERR_OOB_INVALID_PARAMETERS', { aud: ['urn:kort:client', 'x'] }],
    ['another issuer', 'ERR_OOB_UNAUTHORIZED', { iss: other.json['client_id'] }],
    ['no issuer', 'ERR_OOB_UNAUTHORIZED', { iss: undefined }],
    ['no jti', 'ERR_OOB_INVALID_PARAMETERS', { jti: undefined }],
    ['a short nonce', 'ERR_OOB_INVALID_PARAMETERS', { nonce: 'n'.repeat(21) }],
    ['a long nonce', 'ERR_OOB_INVALID_PARAMETERS', { nonce: 'n'.repeat(129) }],
    ['a nonce outside base64url', 'ERR_OOB_INVALID_PARAMETERS', { nonce: `${'n'.repeat(30)}+/` }],
    ['another purpose', 'ERR_OOB_INVALID_PARAMETERS', { purpose: 'sign' }],
    ['a launcher list without this one', 'ERR_OOB_UNAUTHORIZED', { launchers: ['process'] }],
    ['an unknown launcher', 'ERR_OOB_INVALID_PARAMETERS', { launchers: ['page', 'mail'] }],
    ['no launchers', 'ERR_OOB_INVALID_PARAMETERS', { launchers: [] }],
    ['a level that is not registered', 'ERR_OOB_UNAUTHORIZED', { acr_values: ['http://id.sambi.se/loa/loa2'] }],
    ['an unknown level', 'ERR_OOB_INVALID_PARAMETERS', { acr_values: ['http://id.sambi.se/loa/loa4'] }],
    ['no level', 'ERR_OOB_INVALID_PARAMETERS', { acr_values: [] }],
    ['a user that is no id', 'ERR_OOB_INVALID_PARAMETERS', { user: 'Tolvan Tolvansson' }],
    ['no confirmation code', 'ERR_OOB_INVALID_PARAMETERS', { confirmation_code: undefined }],
    ['a confirmation code with a 0', 'ERR_OOB_INVALID_PARAMETERS', { confirmation_code: 'K7P0' }],
    ['a confirmation code with an O', 'ERR_OOB_INVALID_PARAMETERS', { confirmation_code: 'K7PO' }],
    ['a short confirmation code', 'ERR_OOB_INVALID_PARAMETERS', { confirmation_code: 'K7P' }],
    ['a long binding message', 'ERR_OOB_INVALID_PARAMETERS', { binding_message: 'a'.repeat(301) }],
    ['response_mode direct_post', 'ERR_OOB_INVALID_PARAMETERS', { response_mode: 'direct_post' }],
    ['a response_uri', 'ERR_OOB_INVALID_PARAMETERS', { response_uri: 'https://rp.example/response' }],
    ['a text to sign', 'ERR_OOB_INVALID_PARAMETERS', { visible_text: 'Jag godkänner' }],
    ['no response_mode', 'ERR_OOB_INVALID_PARAMETERS', { response_mode: undefined }],
    ['an unknown claim', 'ERR_OOB_INVALID_PARAMETERS', { pin: '1234' }],
    ['a life of more than five minutes', 'ERR_OOB_INVALID_PARAMETERS', { exp: seconds + 301 }],
    ['an end before the start', 'ERR_OOB_INVALID_PARAMETERS', { exp: seconds }],
    ['fractions of seconds', 'ERR_OOB_INVALID_PARAMETERS', { iat: seconds - 0.5 }],
    ['times as text', 'ERR_OOB_INVALID_PARAMETERS', { iat: String(seconds) }],
  ];
  it.each(wrongClaims)('refuses %s', async (_, code, changes) => {
    await expect(verify(signedRequest(party, changes))).rejects.toMatchObject({ code });
  });

  it('tells a clock that is off from everything else, and by how much', async () => {
    await expect(verify(signedRequest(party, { iat: seconds + 61, exp: seconds + 200 }))).rejects.toMatchObject({
      code: 'ERR_OOB_CLOCK',
      fields: { reason: 'issued-in-future', seconds: 61 },
    });
    await expect(verify(signedRequest(party), party.page, testNow + 300_000)).rejects.toMatchObject({
      code: 'ERR_OOB_CLOCK',
      fields: { reason: 'expired', seconds: 0 },
    });
    await verify(signedRequest(party, { iat: seconds + 60, exp: seconds + 200 }));
    await verify(signedRequest(party), party.page, testNow + 299_000);
  });

  const callers: readonly (readonly [string, OobCaller])[] = [
    ['a page of an unregistered origin', { launcher: 'page', origin: 'https://evil.example' }],
    ['a page of another relying party', other.page],
    ['a page without an origin', { launcher: 'page', origin: undefined }],
    ['a page with the origin null', { launcher: 'page', origin: 'null' }],
    ['a process with an origin', { launcher: 'process', origin: 'https://rp.example' }],
  ];
  it.each(callers)('refuses %s', async (_, caller) => {
    await expect(verify(signedRequest(party), caller)).rejects.toMatchObject({ code: 'ERR_OOB_UNAUTHORIZED' });
  });

  it('refuses a process for a relying party that registered pages only', async () => {
    await verify(signedRequest(pageOnly), pageOnly.page);
    await expect(verify(signedRequest(pageOnly), pageOnly.process)).rejects.toMatchObject({
      code: 'ERR_OOB_UNAUTHORIZED',
      fields: { reason: 'launcher' },
    });
  });

  it('never repeats the words of the request in an error', async () => {
    const error: unknown = await verify(signedRequest(party, { 'evil-name': 1 })).catch((caught: unknown) => caught);
    expect(isMiddlewareError(error)).toBe(true);
    expect(JSON.stringify([(error as Error).message, (error as { fields: unknown }).fields])).not.toContain(
      'evil-name',
    );
  });

  it('answers any text with a typed error', async () => {
    const part = fc.oneof(
      fc.base64String(),
      fc.json().map((json) => Buffer.from(json).toString('base64url')),
    );
    const compact = fc.oneof(
      fc.string(),
      fc.array(part, { maxLength: 4 }).map((parts) => parts.join('.')),
    );
    await fc.assert(
      fc.asyncProperty(compact, async (request) => {
        const error: unknown = await verify(request).catch((caught: unknown) => caught);
        return isMiddlewareError(error, 'ERR_OOB_INVALID_PARAMETERS', 'ERR_OOB_UNAUTHORIZED');
      }),
    );
  });

  it('refuses a signed request with any one bit changed', async () => {
    const request = signedRequest(party);
    const last = request.length - 1;
    await fc.assert(
      fc.asyncProperty(fc.nat(last), fc.integer({ min: 0, max: 7 }), async (index, bit) => {
        const bytes = Buffer.from(request);
        bytes[index] = bytes[index]! ^ (1 << bit);
        const error: unknown = await verify(bytes.toString('latin1')).catch((caught: unknown) => caught);
        return isMiddlewareError(error);
      }),
    );
  });
});

describe('verifyRequestObject() of a signature', () => {
  const digest = (bytes: number): string => Buffer.alloc(bytes, 7).toString('base64url');
  const document = { label: 'Avtal', digest_alg: 'sha256', digest: digest(32) };
  const asked = { purpose: 'sign', visible_text: 'Jag godkänner', documents: [document] };
  const verifySign = async (
    changes: Readonly<Record<string, unknown>> = {},
    context: Partial<RequestContext> = {},
    of = signing,
  ): Promise<VerifiedRequest> =>
    await verifyRequestObject(signedRequest(of, { ...asked, ...changes }), {
      registry,
      caller: of.page,
      purpose: 'sign',
      calls: noCalls,
      now: testNow,
      ...context,
    });

  it('hands on the text with its lines and the documents with their digests, all sanitized', async () => {
    const { order } = await verifySign({
      visible_text: 'Jag\u202e godkänner\r\n\tavtalet\u001b[2J',
      documents: [
        { label: 'Av\u200btal\nett', digest_alg: 'sha256', digest: digest(32) },
        { label: 'Två', digest_alg: 'sha384', digest: digest(48) },
        { label: 'Tre', digest_alg: 'sha512', digest: digest(64) },
      ],
    });
    expect(order).toMatchObject({
      purpose: 'sign',
      visibleText: 'Jag godkänner\navtalet',
      documents: [
        { label: 'Avtal ett', digestAlgorithm: 'sha256', digest: new Uint8Array(32).fill(7) },
        { label: 'Två', digestAlgorithm: 'sha384' },
        { label: 'Tre', digestAlgorithm: 'sha512' },
      ],
    });
  });

  it('takes 20 documents and 10,000 characters, and no more', async () => {
    const twenty = Array.from({ length: 20 }, () => document);
    expect((await verifySign({ documents: twenty, visible_text: 'å'.repeat(10_000) })).order.documents).toHaveLength(
      20,
    );
    for (const changes of [{ documents: [...twenty, document] }, { visible_text: 'a'.repeat(10_001) }]) {
      await expect(verifySign(changes)).rejects.toMatchObject({ code: 'ERR_OOB_INVALID_PARAMETERS' });
    }
  });

  const wrong: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['no text', { visible_text: undefined }],
    ['an empty text', { visible_text: '' }],
    ['a text of which nothing shows', { visible_text: ' \u200b\n\u202e' }],
    ['no documents', { documents: [] }],
    ['no document list', { documents: undefined }],
    ['a document without a label', { documents: [{ ...document, label: undefined }] }],
    ['a label of which nothing shows', { documents: [{ ...document, label: '\u200b' }] }],
    ['a long label', { documents: [{ ...document, label: 'a'.repeat(201) }] }],
    ['a short digest', { documents: [{ ...document, digest: digest(31) }] }],
    ['a digest of another algorithm', { documents: [{ ...document, digest_alg: 'sha512' }] }],
    ['a digest in hexadecimal', { documents: [{ ...document, digest: '07'.repeat(32) }] }],
    ['a padded digest', { documents: [{ ...document, digest: `${digest(32)}=` }] }],
    ['SHA-1', { documents: [{ ...document, digest_alg: 'sha1', digest: digest(20) }] }],
    ['the document itself', { documents: [{ ...document, content: 'AAAA' }] }],
    ['a login instead', { purpose: 'auth', visible_text: undefined, documents: undefined }],
    ['another purpose', { purpose: 'pay' }],
  ];
  it.each(wrong)('refuses %s', async (_, changes) => {
    await expect(verifySign(changes)).rejects.toMatchObject({ code: 'ERR_OOB_INVALID_PARAMETERS' });
  });

  it('refuses a signature for a relying party that registered logins only, and on the path of logins', async () => {
    await expect(verifySign({}, {}, party)).rejects.toMatchObject({ fields: { reason: 'purpose' } });
    await expect(verifySign({}, { purpose: 'auth' })).rejects.toMatchObject({ fields: { detail: 'claim purpose' } });
    expect((await verifySign({}, { purpose: undefined })).order.purpose).toBe('sign');
  });

  it('answers any claim with the order or a typed error, and never shows what hides', async () => {
    const hidden = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u;
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, text, fc.nat(66), async (visible, label, bytes) => {
        const documents = [{ ...document, label, digest: digest(bytes) }];
        try {
          const { order } = await verifySign({ visible_text: visible, documents });
          const shown = [order.visibleText!.replaceAll('\n', ''), order.documents[0]!.label];
          return bytes === 32 && shown.every((line) => !hidden.test(line)) && order.documents[0]!.label !== '';
        } catch (error) {
          return isMiddlewareError(error, 'ERR_OOB_INVALID_PARAMETERS');
        }
      }),
    );
  });

  it('answers any value of any claim with a typed error or an order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(requestClaims(signing, asked))),
        fc.jsonValue(),
        async (name, value) => {
          const error: unknown = await verifySign({ [name]: value }).catch((caught: unknown) => caught);
          return !(error instanceof Error) || isMiddlewareError(error);
        },
      ),
    );
  });
});

describe('verifyRequestObject() with fetched keys', () => {
  const keysOf =
    (keys: readonly Readonly<Record<string, unknown>>[], asked: string[] = []): RelyingPartyCalls['keysOf'] =>
    (_, kid) => {
      asked.push(kid);
      return Promise.resolve(keys);
    };
  const verifyWith = async (calls: Pick<RelyingPartyCalls, 'keysOf'>, request = signedRequest(publishing)) =>
    await verifyRequestObject(request, { registry, caller: publishing.page, purpose: 'auth', calls, now: testNow });
  const published = (publishing.json['jwks'] as { keys: Readonly<Record<string, unknown>>[] }).keys;

  it('asks for the key that signed, and believes what it gets', async () => {
    const asked: string[] = [];
    await verifyWith({ keysOf: keysOf(published, asked) });
    expect(asked).toEqual(['key-ES256']);
  });

  it.each([
    ['no such key', [], 'key'],
    ['a key of that name for another algorithm', [{ ...published[1], kid: 'key-ES256' }], 'key'],
    ['the key of another', [{ ...(other.json['jwks'] as { keys: object[] }).keys[0] }], 'signature'],
  ])('refuses when there is %s', async (_, keys, reason) => {
    await expect(verifyWith({ keysOf: keysOf(keys) })).rejects.toMatchObject({
      code: 'ERR_OOB_UNAUTHORIZED',
      fields: { reason },
    });
  });

  it('asks for no keys on behalf of somebody who may not ask', async () => {
    await expect(verifyWith(noCalls, signedRequest(other))).rejects.toMatchObject({ code: 'ERR_OOB_UNAUTHORIZED' });
  });
});
