import { testPeople } from '../../../src/sandbox/ca/person.js';
import {
  issuePerson,
  trustPolicyOf,
  type IssuedCertificate,
  type SandboxCa,
} from '../../../src/sandbox/ca/sandbox-ca.js';
import { contentsOf } from '../../../src/sandbox/ca/sandbox-revocation.js';
import { serialOf } from '../../../src/sandbox/ca/authority-parts.js';
import { createSandboxCa } from '../../../src/sandbox/ca/sandbox-ca.js';
import { systemClock } from '../../../src/core/ports.js';
import {
  createRequestObject,
  createRevocationChecker,
  verifyAssertion,
  verifyRemoval,
  verifySignatures,
  type Expectations,
} from '../../../src/verify/verify.js';
import { answerRequest, type AnswerChanges } from '../answered-request.js';
import { createTestRelyingParty } from '../test-relying-party.js';
import { downloadPeople } from './download-scene.js';
import type { Provocation, Provocations } from './provocation.js';

const clientId = 'https://rp.example/client';
const party = createTestRelyingParty();

async function requestOf(changes: Partial<Parameters<typeof createRequestObject>[0]> = {}): Promise<string> {
  const { request } = await createRequestObject({
    clientId,
    key: { privateKey: party.keys.ES256.privateKey, algorithm: 'ES256', keyId: 'key-ES256' },
    launchers: ['page'],
    acrValues: ['http://id.sambi.se/loa/loa3'],
    ...changes,
  });
  return request;
}

interface Scene {
  readonly ca: SandboxCa;
  readonly tolvan: IssuedCertificate;
  readonly request: string;
}

interface Wrong {
  /** In the answer. */
  readonly answer?: AnswerChanges | ((scene: Scene) => string | Promise<string>);
  /** In what the relying party expects. */
  readonly expected?:
    Partial<Expectations> | ((scene: Scene) => Partial<Expectations> | Promise<Partial<Expectations>>);
}

/** A relying party takes the answer to its login, in which one thing is wrong. */
const login =
  ({ answer = {}, expected = {} }: Wrong): Provocation =>
  async () => {
    const { ca } = await downloadPeople();
    const tolvan = await issuePerson(ca, { ...testPeople.tolvan, keyType: 'ec-p256' });
    const scene = { ca, tolvan, request: await requestOf() };
    const assertion =
      typeof answer === 'function' ? await answer(scene) : answerRequest(scene.request, tolvan, 'ES256', answer);
    await verifyAssertion(assertion, {
      clientId,
      request: scene.request,
      origins: ['https://login.clinic.example'],
      policy: trustPolicyOf(ca),
      consumeNonce: () => Promise.resolve(true),
      ...(typeof expected === 'function' ? await expected(scene) : expected),
    });
  };

/** Asks a CA's own server about a certificate that was revoked, or one that answers nobody. */
const revocation =
  (server: 'says-revoked' | 'fails'): Provocation =>
  async () => {
    const revocationBase = 'http://pki.example';
    const ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256', revocationBase });
    const tolvan = await issuePerson(ca, { ...testPeople.tolvan, keyType: 'ec-p256' });
    const revoked = {
      serial: serialOf(tolvan.certificate),
      revokedAt: Date.now() - 60_000,
      reason: 'keyCompromise',
    } as const;
    const contents = contentsOf(ca, {
      revokedBy: (name) => (name === tolvan.authority ? [revoked] : []),
      changedSince: () => [],
      deltaBase: () => Date.now(),
    });
    const checker = createRevocationChecker({
      hosts: ['pki.example'],
      sources: ['ocsp'],
      fetch: async ({ body }) => {
        const bytes = server === 'fails' ? new Uint8Array() : await contents.respond(body!);
        return {
          status: server === 'fails' ? 503 : 200,
          body: (async function* () {
            yield await Promise.resolve(bytes);
          })(),
        };
      },
    });
    const request = await requestOf();
    await verifyAssertion(answerRequest(request, tolvan, 'ES256'), {
      ...{ clientId, request, policy: trustPolicyOf(ca), revocation: checker },
      origins: ['https://login.clinic.example'],
      consumeNonce: () => Promise.resolve(true),
    });
  };

export const verifyProvocations: Provocations<'VERIFY'> = {
  ERR_VERIFY_MALFORMED: login({ answer: () => 'no assertion' }),
  ERR_VERIFY_ALGORITHM: login({ answer: { header: { alg: 'ES384' } } }),
  ERR_VERIFY_CERTIFICATE: login({
    expected: async () => ({
      policy: trustPolicyOf(await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' })),
    }),
  }),
  ERR_VERIFY_SIGNATURE: login({ answer: { signer: () => new Uint8Array(64).fill(1) } }),
  ERR_VERIFY_AUDIENCE: login({ answer: { claims: { aud: 'https://other.example/client' } } }),
  ERR_VERIFY_REQUEST: login({
    answer: async ({ tolvan, request }) =>
      answerRequest(await requestOf(), tolvan, 'ES256', { claims: { nonce: nonceOf(request) } }),
  }),
  ERR_VERIFY_NONCE: login({ expected: { consumeNonce: () => Promise.resolve(false) } }),
  ERR_VERIFY_LAUNCHER: login({ answer: { claims: { launcher: 'process' } } }),
  ERR_VERIFY_UNBOUND: login({ answer: { claims: { bound: false } } }),
  ERR_VERIFY_ORIGIN: login({ expected: { origins: ['https://other.example'] } }),
  ERR_VERIFY_TIME: login({ expected: { now: Date.now() + 3_600_000 } }),
  ERR_VERIFY_LEVEL: login({
    answer: async ({ ca, request }) =>
      answerRequest(request, await issuePerson(ca, { ...testPeople.tolvan, keyType: 'ec-p256', level: 2 }), 'ES256'),
  }),
  ERR_VERIFY_IDENTITY: login({ answer: { claims: { sub: 'TSTNMT2321000156-9999' } } }),
  ERR_VERIFY_REVOKED: revocation('says-revoked'),
  ERR_VERIFY_REVOCATION_UNKNOWN: revocation('fails'),
  ERR_VERIFY_DOCUMENT: async () => {
    const { ca } = await downloadPeople();
    const documents = [{ label: 'TEST', digestAlgorithm: 'sha256' as const, digest: new Uint8Array(32) }];
    const request = await requestOf({ signature: { visibleText: 'TEST', documents } });
    await verifySignatures([], {
      ...{ clientId, request, policy: trustPolicyOf(ca) },
      consumeNonce: () => Promise.resolve(true),
    });
  },
  ERR_VERIFY_REMOVAL: () =>
    verifyRemoval('no.removal.token', { clientId, keyOf: () => undefined, consumeJti: () => true }),
};

const nonceOf = (request: string): string =>
  (JSON.parse(Buffer.from(request.split('.')[1]!, 'base64url').toString()) as { nonce: string }).nonce;
