import fc from 'fast-check';
import { constants, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { isMiddlewareError } from '../../../src/core/errors.js';
import type { KeyType } from '../../../src/model/certificate.js';
import type { SignatureAlgorithm } from '../../../src/model/signature.js';
import { composeAssertion, finishAssertion } from '../../../src/oob/assertion.js';
import type { OobCaller } from '../../../src/oob/oob-service.js';
import { createRelyingPartyRegistry } from '../../../src/oob/registry.js';
import { verifyRequestObject } from '../../../src/oob/request-object.js';
import { requestHashOf } from '../../../src/oob/protocol.js';
import { parseCertificate } from '../../../src/pki/certificate.js';
import { issueCertificate } from '../../../src/pki/issue-certificate.js';
import { generateIssuingKey } from '../../../src/pki/issuing-key.js';
import { testPeople, type PersonRequest } from '../../../src/sandbox/ca/person.js';
import {
  createSandboxCa,
  issuePerson,
  issueServer,
  trustPolicyOf,
  type IssuedCertificate,
  type SandboxCa,
} from '../../../src/sandbox/ca/sandbox-ca.js';
import {
  createRequestObject,
  verifyAssertion,
  type CertificatePath,
  type Expectations,
} from '../../../src/verify/verify.js';
import { forgeJws, hmacWith, signWith } from '../../support/forged-jws.js';
import { noCalls } from '../../support/scripted-calls.js';
import { createTestRelyingParty, entryOf, testNow } from '../../support/test-relying-party.js';

const party = createTestRelyingParty();
const levels = ['http://id.sambi.se/loa/loa3', 'http://id.sambi.se/loa/loa2'] as const;
const registry = createRelyingPartyRegistry([entryOf(party, { acr_values: levels })]);
const clientId = 'https://rp.example/client';
const clock = { now: () => testNow, monotonic: () => 0 };
const seconds = Math.floor(testNow / 1000);

let ca: SandboxCa;
let tolvan: IssuedCertificate;
let request: string;

const makeRequest = async (changes: Partial<Parameters<typeof createRequestObject>[0]> = {}): Promise<string> => {
  const created = await createRequestObject({
    clientId,
    key: { privateKey: party.keys.ES256.privateKey, algorithm: 'ES256', keyId: 'key-ES256' },
    launchers: ['page', 'process'],
    acrValues: ['http://id.sambi.se/loa/loa3'],
    now: testNow,
    ...changes,
  });
  return created.request;
};

beforeAll(async () => {
  ca = await createSandboxCa({ clock, keyType: 'ec-p256' });
  tolvan = await issuePerson(ca, { ...testPeople.tolvan, keyType: 'ec-p256' });
  request = await makeRequest();
});

const post = { responseUri: 'https://rp.example/answer', walletNonce: 'w'.repeat(43) };
const nonceOf = (of: string): string =>
  (JSON.parse(Buffer.from(of.split('.')[1]!, 'base64url').toString()) as { nonce: string }).nonce;

/** Expectations whose nonce can be used once. */
function expecting(changes: Partial<Expectations> = {}): Expectations {
  let fresh = true;
  return {
    clientId,
    request,
    origins: ['https://rp.example'],
    policy: trustPolicyOf(ca),
    consumeNonce: () => {
      const wasFresh = fresh;
      fresh = false;
      return Promise.resolve(wasFresh);
    },
    now: testNow + 20_000,
    ...changes,
  };
}

/** What the daemon would answer to the request with this certificate and key. */
async function answer(
  issued: IssuedCertificate,
  algorithm: SignatureAlgorithm,
  of = request,
  caller: OobCaller = party.page,
): Promise<string> {
  const { order } = await verifyRequestObject(of, {
    registry,
    caller,
    purpose: 'auth',
    calls: noCalls,
    now: testNow,
  });
  const { person } = parseCertificate(issued.certificate);
  const signingInput = composeAssertion({
    order: { ...order, id: 'order-id', expiresAt: testNow + 180_000 },
    chain: [issued.certificate, issued.caCertificates[0]!],
    algorithm,
    level: issued.caCertificates[0] === ca.authorities.hsaId2.certificate ? 2 : 3,
    subject: person.personId ?? '',
    now: testNow + 10_000,
  });
  return finishAssertion(signingInput, signWith(issued.privateKey, algorithm)(Buffer.from(signingInput)));
}

/** The good answer with changed header or claims, signed anew by whoever. */
async function altered(
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
  signer?: (input: Buffer) => Uint8Array,
): Promise<string> {
  const parts = (await answer(tolvan, 'ES256')).split('.');
  const [goodHeader, goodClaims] = parts
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object);
  return forgeJws(
    { ...goodHeader, ...header },
    { ...goodClaims, ...claims },
    signer ?? signWith(tolvan.privateKey, 'ES256'),
  );
}

const issue = async (changes: Partial<PersonRequest>): Promise<IssuedCertificate> =>
  await issuePerson(ca, { ...testPeople.tolvan, keyType: 'ec-p256', ...changes });

const x5c = (...chain: readonly Uint8Array[]) => ({ x5c: chain.map((der) => Buffer.from(der).toString('base64')) });

describe('verifyAssertion()', () => {
  const kinds: readonly (readonly [KeyType, SignatureAlgorithm])[] = [
    ['rsa', 'RS256'],
    ['rsa', 'PS256'],
    ['ec-p256', 'ES256'],
    ['ec-p384', 'ES384'],
  ];
  it.each(kinds)('accepts what composeAssertion() makes with a key %s and %s', async (keyType, algorithm) => {
    const login = await verifyAssertion(await answer(await issue({ keyType }), algorithm), expecting());
    expect(login).toMatchObject({
      subject: 'TSTNMT2321000156-1024',
      level: 'http://id.sambi.se/loa/loa3',
      testIssuer: true,
      launcher: 'page',
      origin: 'https://rp.example',
      amr: ['pin', 'sc'],
      authTime: (seconds + 10) * 1000,
      orderId: 'order-id',
    });
    expect(login.certificate.person.commonName).toBe('Tolvan Tolvansson');
  });

  it('accepts a level 2 card where level 2 was asked for, and a process without an origin', async () => {
    const asked = await makeRequest({ acrValues: ['http://id.sambi.se/loa/loa2'], launchers: ['process'] });
    const tretton = await issuePerson(ca, { ...testPeople.tretton, keyType: 'ec-p256' });
    const login = await verifyAssertion(
      await answer(tretton, 'ES256', asked, party.process),
      expecting({ request: asked }),
    );
    expect(login).toMatchObject({ subject: 'TSTNMT2321000156-1025', level: levels[1], launcher: 'process' });
    expect(login.origin).toBeUndefined();
  });

  it('takes redirect with its origin and scheme without one', async () => {
    const asked = await makeRequest({ launchers: ['redirect', 'scheme'], directPost: post });
    const expectations = () => expecting({ request: asked });
    const hash = { request_hash: requestHashOf(asked), nonce: nonceOf(asked) };
    const redirect = await verifyAssertion(await altered({}, { ...hash, launcher: 'redirect' }), expectations());
    expect(redirect).toMatchObject({ launcher: 'redirect', origin: 'https://rp.example', bound: true });
    const scheme = await altered({}, { ...hash, launcher: 'scheme', origin: undefined });
    expect(await verifyAssertion(scheme, expectations())).toMatchObject({ launcher: 'scheme', origin: undefined });
    for (const wrong of [
      { launcher: 'redirect', origin: undefined },
      { launcher: 'redirect', origin: 'https://evil.example' },
      { launcher: 'scheme' },
    ]) {
      const assertion = await altered({}, { ...hash, ...wrong });
      await expect(verifyAssertion(assertion, expectations())).rejects.toMatchObject({ code: 'ERR_VERIFY_ORIGIN' });
    }
  });

  it('takes an unbound answer only where that was allowed, and only of a link', async () => {
    const asked = await makeRequest({ launchers: ['redirect', 'scheme'], directPost: post });
    const hash = { request_hash: requestHashOf(asked), nonce: nonceOf(asked), bound: false };
    const unbound = await altered({}, { ...hash, launcher: 'scheme', origin: undefined });
    const refused = { code: 'ERR_VERIFY_UNBOUND' };
    await expect(verifyAssertion(unbound, expecting({ request: asked }))).rejects.toMatchObject(refused);
    const allowing = { request: asked, allowUnbound: true };
    expect(await verifyAssertion(unbound, expecting(allowing))).toMatchObject({ bound: false });
    const redirect = await altered({}, { ...hash, launcher: 'redirect' });
    await expect(verifyAssertion(redirect, expecting(allowing))).rejects.toMatchObject(refused);
  });

  it('gives out the key of the card removal, and refuses what is no public P-256 key', async () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = pair.publicKey.export({ format: 'jwk' });
    const login = await verifyAssertion(await altered({}, { removal_jwk: jwk }), expecting());
    expect(login).toMatchObject({ removalJwk: jwk, orderId: 'order-id' });
    for (const removal_jwk of [
      pair.privateKey.export({ format: 'jwk' }),
      { ...jwk, kid: '1' },
      { ...jwk, y: jwk.x },
      { ...jwk, x: `${jwk.x}=` },
      { ...jwk, crv: 'P-384' },
      generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' }),
      {},
      null,
      'key',
    ]) {
      const forged = await altered({}, { removal_jwk });
      await expect(verifyAssertion(forged, expecting())).rejects.toMatchObject({
        code: 'ERR_VERIFY_MALFORMED',
        fields: { detail: 'removal_jwk' },
      });
    }
  });

  it('asks about revocation last, with the verified path, and refuses what that refuses', async () => {
    const asked: string[] = [];
    const verdict = { status: 'good', validUntil: testNow } as const;
    const revocation = {
      check: () => Promise.resolve(verdict),
      require: ({ leaf, issuer }: CertificatePath, at: number) => {
        asked.push(`${leaf.person.commonName} ${issuer.person.commonName} ${at}`);
        return Promise.resolve(verdict);
      },
    };
    const login = await verifyAssertion(await answer(tolvan, 'ES256'), expecting({ revocation }));
    expect(login.revocation).toEqual(verdict);
    expect(asked).toEqual([`Tolvan Tolvansson TEST SITHS e-id Person HSA-id 3 CA v1 ${testNow + 20_000}`]);
    for (const forged of [await altered({}, { acr: levels[1] }), await altered({}, {}, () => new Uint8Array(64))]) {
      await expect(verifyAssertion(forged, expecting({ revocation }))).rejects.toThrow();
    }
    expect(asked).toHaveLength(1);
    const closed = { ...revocation, require: () => Promise.reject(new Error('revoked')) };
    const assertion = await answer(tolvan, 'ES256');
    await expect(verifyAssertion(assertion, expecting({ revocation: closed }))).rejects.toThrow('revoked');
  });

  it('blames the IdP for a stored request of another purpose', async () => {
    const digest = new Uint8Array(32);
    const documents = [{ label: 'Remiss', digestAlgorithm: 'sha256', digest }] as const;
    const asked = await makeRequest({ signature: { visibleText: 'Jag skriver under.', documents } });
    await expect(verifyAssertion(await answer(tolvan, 'ES256'), expecting({ request: asked }))).rejects.toThrow(
      TypeError,
    );
  });

  it('takes each nonce once', async () => {
    const expectations = expecting();
    const assertion = await answer(tolvan, 'ES256');
    await verifyAssertion(assertion, expectations);
    await expect(verifyAssertion(assertion, expectations)).rejects.toMatchObject({ code: 'ERR_VERIFY_NONCE' });
  });

  it('does not use the nonce up for an answer that is signed by a stranger or meant for another', async () => {
    let used = 0;
    const counting = expecting({
      consumeNonce: () => {
        used += 1;
        return Promise.resolve(true);
      },
    });
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    for (const forged of [
      await altered({}, {}, signWith(stranger, 'ES256')),
      await altered({}, { aud: 'https://other.example/client' }),
      await altered({}, { nonce: 'x'.repeat(32) }),
    ]) {
      await expect(verifyAssertion(forged, counting)).rejects.toThrow();
    }
    expect(used).toBe(0);
  });

  const attacks: readonly (readonly [string, string, () => Promise<string>])[] = [
    ['alg none', 'ERR_VERIFY_ALGORITHM', () => altered({ alg: 'none' }, {}, () => Buffer.from('x'))],
    [
      'HS256 keyed with the public key',
      'ERR_VERIFY_ALGORITHM',
      () => altered({ alg: 'HS256' }, {}, hmacWith(createPublicKey(tolvan.privateKey))),
    ],
    [
      'an alg that does not fit the key',
      'ERR_VERIFY_ALGORITHM',
      () => altered({ alg: 'ES384' }, {}, signWith(tolvan.privateKey, 'ES384')),
    ],
    ['RS256 over an EC key', 'ERR_VERIFY_ALGORITHM', () => altered({ alg: 'RS256' }, {})],
    ['RS512', 'ERR_VERIFY_ALGORITHM', () => altered({ alg: 'RS512' }, {})],
    [
      'a DER signature in place of r and s',
      'ERR_VERIFY_SIGNATURE',
      () => altered({}, {}, signWith(tolvan.privateKey, 'RS256')),
    ],
    [
      'PS256 with a salt of another length',
      'ERR_VERIFY_SIGNATURE',
      async () => {
        const issued = await issue({ keyType: 'rsa' });
        const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 20 };
        return await altered({ alg: 'PS256', ...x5c(issued.certificate) }, {}, (input) =>
          sign('sha256', input, { key: issued.privateKey, ...padding }),
        );
      },
    ],
    ['an empty signature', 'ERR_VERIFY_MALFORMED', () => altered({}, {}, () => new Uint8Array())],
    ['a signature of zeros', 'ERR_VERIFY_SIGNATURE', () => altered({}, {}, () => new Uint8Array(64))],
    ['another typ', 'ERR_VERIFY_MALFORMED', () => altered({ typ: 'JWT' }, {})],
    ['the typ of a request', 'ERR_VERIFY_MALFORMED', () => altered({ typ: 'kort-request+jwt' }, {})],
    [
      'jwk',
      'ERR_VERIFY_MALFORMED',
      () => altered({ jwk: createPublicKey(tolvan.privateKey).export({ format: 'jwk' }) }, {}),
    ],
    ['jku', 'ERR_VERIFY_MALFORMED', () => altered({ jku: 'https://evil.example' }, {})],
    ['x5u', 'ERR_VERIFY_MALFORMED', () => altered({ x5u: 'https://evil.example' }, {})],
    ['crit', 'ERR_VERIFY_MALFORMED', () => altered({ crit: ['b64'], b64: false }, {})],
    ['no x5c', 'ERR_VERIFY_MALFORMED', () => altered({ x5c: undefined }, {})],
    ['an empty x5c', 'ERR_VERIFY_MALFORMED', () => altered({ x5c: [] }, {})],
    [
      'five certificates',
      'ERR_VERIFY_MALFORMED',
      () => altered(x5c(...Array<Uint8Array>(5).fill(tolvan.certificate)), {}),
    ],
    [
      'a chain of more than 16 KiB',
      'ERR_VERIFY_MALFORMED',
      () => altered(x5c(tolvan.certificate, new Uint8Array(16_384)), {}),
    ],
    ['x5c in base64url', 'ERR_VERIFY_MALFORMED', () => altered({ x5c: ['-_-_'] }, {})],
    ['bytes that are no certificate', 'ERR_VERIFY_CERTIFICATE', () => altered(x5c(new Uint8Array(100)), {})],
    ['another issuer of assertions', 'ERR_VERIFY_MALFORMED', () => altered({}, { iss: 'urn:other' })],
    ['another audience', 'ERR_VERIFY_AUDIENCE', () => altered({}, { aud: 'https://other.example/client' })],
    ['a list of audiences', 'ERR_VERIFY_MALFORMED', () => altered({}, { aud: [clientId] })],
    ['another request', 'ERR_VERIFY_REQUEST', async () => await answer(tolvan, 'ES256', await makeRequest())],
    ['another nonce', 'ERR_VERIFY_NONCE', () => altered({}, { nonce: 'x'.repeat(32) })],
    ['a launcher that was not asked for', 'ERR_VERIFY_LAUNCHER', () => altered({}, { launcher: 'scheme' })],
    ['bound false', 'ERR_VERIFY_UNBOUND', () => altered({}, { bound: false })],
    ['bound left out', 'ERR_VERIFY_MALFORMED', () => altered({}, { bound: undefined })],
    ['a page without origin', 'ERR_VERIFY_ORIGIN', () => altered({}, { origin: undefined })],
    ['an unregistered origin', 'ERR_VERIFY_ORIGIN', () => altered({}, { origin: 'https://evil.example' })],
    ['a process with an origin', 'ERR_VERIFY_ORIGIN', () => altered({}, { launcher: 'process' })],
    ['an iat in the future', 'ERR_VERIFY_TIME', () => altered({}, { iat: seconds + 81 })],
    [
      'an iat from before the request',
      'ERR_VERIFY_TIME',
      () => altered({}, { iat: seconds - 61, auth_time: seconds - 61 }),
    ],
    ['an end in the past', 'ERR_VERIFY_TIME', () => altered({}, { exp: seconds - 41 })],
    ['an end too far away', 'ERR_VERIFY_TIME', () => altered({}, { exp: seconds + 191 })],
    ['an auth_time after iat', 'ERR_VERIFY_TIME', () => altered({}, { auth_time: seconds + 11 })],
    ['an auth_time long before the request', 'ERR_VERIFY_TIME', () => altered({}, { auth_time: seconds - 3600 })],
    ['times as text', 'ERR_VERIFY_MALFORMED', () => altered({}, { iat: String(seconds) })],
    ['another sub than the certificate', 'ERR_VERIFY_IDENTITY', () => altered({}, { sub: '191212121212' })],
    ['another acr than the certificate', 'ERR_VERIFY_IDENTITY', () => altered({}, { acr: levels[1] })],
    [
      'level 2 for level 3',
      'ERR_VERIFY_LEVEL',
      async () => await answer(await issuePerson(ca, { ...testPeople.tretton, keyType: 'ec-p256' }), 'ES256'),
    ],
    [
      'level 2 that says it is level 3',
      'ERR_VERIFY_LEVEL',
      async () => {
        const tretton = await issuePerson(ca, { ...testPeople.tretton, keyType: 'ec-p256' });
        return await altered(
          x5c(tretton.certificate),
          { sub: testPeople.tretton.personId },
          signWith(tretton.privateKey, 'ES256'),
        );
      },
    ],
    [
      'claims that are an array',
      'ERR_VERIFY_MALFORMED',
      () => Promise.resolve(forgeJws({}, [], () => new Uint8Array(1))),
    ],
    ['two parts', 'ERR_VERIFY_MALFORMED', async () => (await answer(tolvan, 'ES256')).split('.').slice(0, 2).join('.')],
    ['padding', 'ERR_VERIFY_MALFORMED', async () => `${await answer(tolvan, 'ES256')}=`],
    ['more than 64 KiB', 'ERR_VERIFY_MALFORMED', () => altered({}, { extra: 'a'.repeat(60_000) })],
    ['nothing', 'ERR_VERIFY_MALFORMED', () => Promise.resolve('')],
  ];
  it.each(attacks)('refuses %s', async (_, code, make) => {
    await expect(verifyAssertion(await make(), expecting())).rejects.toMatchObject({ code });
  });

  const certificates: readonly (readonly [
    string,
    string,
    () => Promise<{ certificate: Uint8Array; privateKey: KeyObject }>,
  ])[] = [
    [
      'of a foreign CA with the same names',
      'issuer-unknown',
      async () => {
        const foreign = await createSandboxCa({ clock, keyType: 'ec-p256' });
        return await issuePerson(foreign, { ...testPeople.tolvan, keyType: 'ec-p256' });
      },
    ],
    [
      'of a server below the same root',
      'issuer-unknown',
      async () => await issueServer(ca, ['login.example'], 'ec-p256'),
    ],
    [
      'of a CA',
      'leaf-is-ca',
      () =>
        Promise.resolve({
          certificate: ca.authorities.hsaId3.certificate,
          privateKey: ca.authorities.hsaId3.key.privateKey,
        }),
    ],
    [
      'of the root',
      'leaf-is-ca',
      () =>
        Promise.resolve({
          certificate: ca.authorities.root.certificate,
          privateKey: ca.authorities.root.key.privateKey,
        }),
    ],
    ['for signatures', 'not-for-authentication', async () => await issue({ usage: 'signature' })],
    ['that has expired', 'expired', async () => await issue({ notAfter: testNow - 1000 })],
    ['that is not valid yet', 'not-yet-valid', async () => await issue({ notBefore: testNow + 3_600_000 })],
    [
      'that signed itself in the name of the CA',
      'issuer-unknown',
      async () => {
        const key = await generateIssuingKey('ec-p256');
        const { subject } = ca.authorities.hsaId3;
        const certificate = await issueCertificate({
          subject: [
            ['C', 'SE'],
            ['CN', 'Tolvan Tolvansson'],
            ['serialNumber', testPeople.tolvan.personId],
          ],
          issuer: subject,
          subjectKey: key,
          issuerKey: key,
          notBefore: testNow - 1000,
          notAfter: testNow + 86_400_000,
          keyUsage: ['digitalSignature'],
          extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
        });
        return { certificate, privateKey: key.privateKey };
      },
    ],
  ];
  it.each(certificates)('refuses a certificate %s, whatever chain comes with it', async (_, reason, make) => {
    const { certificate, privateKey } = await make();
    const subject = parseCertificate(certificate).person.personId ?? testPeople.tolvan.personId;
    for (const rest of [[], [ca.authorities.hsaId3.certificate, ca.authorities.root.certificate]]) {
      const assertion = await altered(x5c(certificate, ...rest), { sub: subject }, signWith(privateKey, 'ES256'));
      await expect(verifyAssertion(assertion, expecting())).rejects.toMatchObject({
        code: 'ERR_VERIFY_CERTIFICATE',
        fields: { reason },
      });
    }
  });

  it('refuses an answer that is older than the request allows, by its own clock', async () => {
    const assertion = await answer(tolvan, 'ES256');
    await expect(verifyAssertion(assertion, expecting({ now: testNow + 661_000 }))).rejects.toMatchObject({
      code: 'ERR_VERIFY_TIME',
      fields: { claim: 'age' },
    });
    await expect(verifyAssertion(assertion, expecting({ maxAgeSeconds: 19 }))).rejects.toMatchObject({
      code: 'ERR_VERIFY_TIME',
    });
    await verifyAssertion(assertion, expecting({ now: testNow + 250_000 }));
  });

  it('refuses a nonce of another session', async () => {
    const foreign = expecting({ consumeNonce: () => Promise.resolve(false) });
    await expect(verifyAssertion(await answer(tolvan, 'ES256'), foreign)).rejects.toMatchObject({
      code: 'ERR_VERIFY_NONCE',
    });
  });

  it('refuses another person than the one asked for', async () => {
    const asked = await makeRequest({ user: testPeople.tretton.personId });
    const assertion = await answer(tolvan, 'ES256', asked);
    await expect(verifyAssertion(assertion, expecting({ request: asked }))).rejects.toMatchObject({
      code: 'ERR_VERIFY_IDENTITY',
    });
  });

  it('refuses another issuer than the request accepts', async () => {
    const asked = await makeRequest({ issuers: ['CN=TEST SITHS e-id Person ID 3 CA v1,O=Inera AB,C=SE'] });
    const assertion = await answer(tolvan, 'ES256', asked);
    await expect(verifyAssertion(assertion, expecting({ request: asked }))).rejects.toMatchObject({
      code: 'ERR_VERIFY_CERTIFICATE',
      fields: { reason: 'issuer-not-asked' },
    });
  });

  it('blames the IdP, not the assertion, for a stored request that is not its own', async () => {
    const assertion = await answer(tolvan, 'ES256');
    const other = expecting({ clientId: 'https://other.example/client' });
    await expect(verifyAssertion(assertion, other)).rejects.toThrow(TypeError);
  });

  it('refuses a good answer with any one bit changed', async () => {
    const assertion = await answer(tolvan, 'ES256');
    await fc.assert(
      fc.asyncProperty(fc.nat(assertion.length - 1), fc.integer({ min: 0, max: 7 }), async (index, bit) => {
        const bytes = Buffer.from(assertion);
        bytes[index] = bytes[index]! ^ (1 << bit);
        const error: unknown = await verifyAssertion(bytes.toString('latin1'), expecting()).catch(
          (caught: unknown) => caught,
        );
        return isMiddlewareError(error) && error.code.startsWith('ERR_VERIFY_');
      }),
      { numRuns: 300 },
    );
  });

  it('answers any header and claims with a typed error', async () => {
    const assertion = await answer(tolvan, 'ES256');
    const [header, claims] = assertion
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
    const names = [...Object.keys(header!), ...Object.keys(claims!)];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.jsonValue(), async (name, value) => {
        const forged = forgeJws(
          name in header! ? { ...header, [name]: value } : header,
          name in claims! ? { ...claims, [name]: value } : claims,
          () => new Uint8Array(64),
        );
        const error: unknown = await verifyAssertion(forged, expecting()).catch((caught: unknown) => caught);
        return isMiddlewareError(error) && error.code.startsWith('ERR_VERIFY_');
      }),
    );
  });
});
