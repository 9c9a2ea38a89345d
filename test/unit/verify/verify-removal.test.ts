import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createLogoutToken, type RemovalJwk } from '../../../src/oob/logout-token.js';
import { verifyRemoval, type RemovalExpectations } from '../../../src/verify/verify-removal.js';
import { forgeJws, hmacWith, signWith } from '../../support/forged-jws.js';

const now = Date.UTC(2026, 0, 2);
const seconds = now / 1000;
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = publicKey.export({ format: 'jwk' }) as unknown as RemovalJwk;
const event = 'http://schemas.openid.net/event/backchannel-logout';

const expectations = (changes: Partial<RemovalExpectations> = {}): RemovalExpectations => {
  const used = new Set<string>();
  return {
    clientId: 'urn:test:rp',
    keyOf: (sid) => (sid === 'order-1' ? jwk : undefined),
    consumeJti: (jti) => !used.has(jti) && Boolean(used.add(jti)),
    now,
    ...changes,
  };
};
const header = { typ: 'logout+jwt', alg: 'ES256' };
const claims = (changes: Readonly<Record<string, unknown>> = {}) => ({
  iss: 'urn:kort:client',
  aud: 'urn:test:rp',
  sid: 'order-1',
  events: { [event]: {} },
  iat: seconds,
  exp: seconds + 120,
  jti: 'report-1',
  ...changes,
});
const forged = (changes: Readonly<Record<string, unknown>>, head: unknown = header): string =>
  forgeJws(head, claims(changes), signWith(privateKey, 'ES256'));
const refusalOf = async (token: string, changes: Partial<RemovalExpectations> = {}) =>
  await verifyRemoval(token, expectations(changes)).then(
    () => expect.unreachable('accepted'),
    (error: unknown) => {
      expect(error).toHaveProperty('code', 'ERR_VERIFY_REMOVAL');
      return (error as { fields: { detail: string } }).fields.detail;
    },
  );

describe('createLogoutToken()', () => {
  it('makes exactly the token of Back-Channel Logout §2.4', () => {
    const token = createLogoutToken({ clientId: 'urn:test:rp', orderId: 'order-1', id: 'report-1', privateKey, now });
    const parts = token.split('.').slice(0, 2);
    expect(parts.map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown)).toEqual([
      header,
      claims(),
    ]);
  });

  it('makes what verifyRemoval() takes', async () => {
    const token = createLogoutToken({ clientId: 'urn:test:rp', orderId: 'order-1', id: 'report-1', privateKey, now });
    await expect(verifyRemoval(token, expectations())).resolves.toEqual({ sid: 'order-1', jti: 'report-1' });
  });
});

describe('verifyRemoval()', () => {
  it.each([
    ['iss', { iss: 'urn:other' }],
    ['aud', { aud: 'urn:other:rp' }],
    ['aud', { aud: ['urn:test:rp'] }],
    ['sid', { sid: 'order-2' }],
    ['sid', { sid: undefined }],
    ['sid', { sid: '' }],
    ['sid', { sid: 'x'.repeat(129) }],
    ['jti', { jti: undefined }],
    ['jti', { jti: 7 }],
    ['events', { events: undefined }],
    ['events', { events: {} }],
    ['events', { events: { [event]: true } }],
    ['events', { events: [event] }],
    ['nonce', { nonce: 'n' }],
    ['nonce', { nonce: null }],
    ['iat', { iat: undefined }],
    ['iat', { iat: seconds + 61, exp: seconds + 120 }],
    ['iat', { iat: 1.5 }],
    ['exp', { exp: undefined }],
    ['exp', { exp: seconds + 121 }],
    ['exp', { exp: seconds }],
    ['exp', { iat: seconds - 181, exp: seconds - 61 }],
  ])('refuses a wrong %s: %o', async (detail, changes) => {
    expect(await refusalOf(forged(changes))).toBe(detail);
  });

  it('bears a clock that is off by a minute', async () => {
    for (const changes of [
      { iat: seconds + 60, exp: seconds + 180 },
      { iat: seconds - 180, exp: seconds - 60 },
    ]) {
      await expect(verifyRemoval(forged(changes), expectations())).resolves.toHaveProperty('sid');
    }
  });

  it.each([
    ['typ', { ...header, typ: 'JWT' }],
    ['typ', { ...header, typ: 'kort-assertion+jwt' }],
    ['alg', { ...header, alg: 'none' }],
    ['alg', { ...header, alg: 'ES384' }],
    ['header member', { alg: 'ES256' }],
    ['header member', { ...header, jwk }],
    ['header member', { ...header, jku: 'https://evil.example/keys' }],
    ['header member', { ...header, x5c: [] }],
    ['header member', { ...header, kid: '1' }],
    ['header member', { ...header, crit: ['exp'] }],
  ])('refuses a header with a wrong %s: %o', async (detail, head) => {
    expect(await refusalOf(forged({}, head))).toBe(detail);
  });

  it('refuses the signature of any other key, and the public one as a shared secret', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    expect(await refusalOf(forgeJws(header, claims(), signWith(other, 'ES256')))).toBe('signature');
    expect(await refusalOf(forgeJws({ ...header, alg: 'HS256' }, claims(), hmacWith(publicKey)))).toBe('alg');
    expect(await refusalOf(forgeJws(header, claims(), () => new Uint8Array(64)))).toBe('signature');
    expect(await refusalOf(forgeJws(header, claims(), () => randomBytes(63)))).toBe('signature');
  });

  it('refuses a changed byte', async () => {
    const [head = '', , signature = ''] = forged({}).split('.');
    const payload = Buffer.from(JSON.stringify(claims({ jti: 'report-2' }))).toString('base64url');
    expect(await refusalOf(`${head}.${payload}.${signature}`)).toBe('signature');
  });

  it.each(['', 'a.b', 'a.b.c', 'a.b.c.d', `${'a'.repeat(5000)}.b.c`])('refuses %j', async (text) => {
    await refusalOf(text);
  });

  it('takes a report once, and uses nothing up for one that does not hold', async () => {
    const shared = expectations();
    const broken = forgeJws(header, claims(), () => new Uint8Array(64));
    await expect(verifyRemoval(broken, shared)).rejects.toHaveProperty('code', 'ERR_VERIFY_REMOVAL');
    const first = forged({});
    const again = forged({ iat: seconds + 10, exp: seconds + 130 });
    await expect(verifyRemoval(first, shared)).resolves.toHaveProperty('jti', 'report-1');
    await expect(verifyRemoval(again, shared)).rejects.toMatchObject({ fields: { detail: 'jti' } });
  });
});
