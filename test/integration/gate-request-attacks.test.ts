import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Loopback } from '../../src/daemon/loopback/start-loopback.js';
import { createOobService, type RunningOobService } from '../../src/oob/create-oob-service.js';
import type { AcceptedOrder } from '../../src/oob/oob-service.js';
import { createRelyingPartyRegistry } from '../../src/oob/registry.js';
import { forgeJws, hmacWith, signWith } from '../support/forged-jws.js';
import { memoryReplay, type MemoryReplay } from '../support/memory-replay.js';
import { recordingLogger, type RecordingLogger } from '../support/recording-logger.js';
import {
  exchange,
  requestText,
  startTestLoopback,
  type HeaderLines,
  type RawAnswer,
} from '../support/loopback-fixture.js';
import { noCalls } from '../support/scripted-calls.js';
import {
  createTestRelyingParty,
  entryOf,
  requestClaims,
  signedRequest,
  testNow,
  type TestRelyingParty,
} from '../support/test-relying-party.js';

const own = createTestRelyingParty('own');
const other = createTestRelyingParty('other');
/** A stranger: its keys are in no entry. */
const stranger = createTestRelyingParty('own');
const pageOnly = createTestRelyingParty('pageonly');

let service: RunningOobService;
let loopback: Loopback;
/** Orders that reached the prompt. */
let prompts: AcceptedOrder[];
let replay: MemoryReplay;
let logger: RecordingLogger;

beforeEach(async () => {
  prompts = [];
  logger = recordingLogger();
  replay = memoryReplay();
  const registry = createRelyingPartyRegistry([
    entryOf(own),
    entryOf(other),
    entryOf(pageOnly, { launchers: ['page'] }),
  ]);
  service = createOobService({
    registry: () => registry,
    runner: (order, { signal }) => {
      prompts.push(order);
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ status: 'failed', hintCode: 'cancelled' }));
      });
    },
    calls: noCalls,
    replay,
    clock: { now: () => testNow, monotonic: () => 0 },
    random: (length) => createHash('sha512').update(`${replay.remembered.size}`).digest().subarray(0, length),
    logger,
  });
  loopback = await startTestLoopback({ service, logger });
});
afterEach(async () => {
  await loopback.close();
  await service.close();
});

const asPage = (party: TestRelyingParty): HeaderLines => ({
  origin: party.page.origin,
  'sec-fetch-site': 'cross-site',
  'sec-fetch-mode': 'cors',
  'sec-fetch-dest': 'empty',
});
const asProcess: HeaderLines = {};

const post = (path: string, body: unknown, headers: HeaderLines): Promise<RawAnswer> =>
  exchange(loopback.port, requestText(loopback.port, 'POST', path, headers, JSON.stringify(body)));
const ask = (request: string, headers: HeaderLines = asPage(own)): Promise<RawAnswer> =>
  post('/oob/v1/auth', { request }, headers);

const seconds = Math.floor(testNow / 1000);
const header = { typ: 'kort-request+jwt', alg: 'ES256', kid: 'key-ES256' };
const ownSigner = signWith(own.keys.ES256.privateKey, 'ES256');
const withHeader = (changes: Readonly<Record<string, unknown>>): string =>
  forgeJws({ ...header, ...changes }, requestClaims(own), ownSigner);
const flipLast = (request: string): string => {
  const [head = '', claims = '', signature = ''] = request.split('.');
  return [head, claims, `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`].join('.');
};

interface Attack {
  readonly name: string;
  readonly request: () => string;
  readonly headers?: HeaderLines;
  readonly status: number;
}

const attacks: readonly Attack[] = [
  { name: 'wrong issuer key', request: () => signedRequest(stranger), status: 401 },
  { name: 'the key of another relying party', request: () => signedRequest(other), status: 401 },
  {
    name: 'another relying party that names this one as issuer',
    request: () => signedRequest(other, { iss: own.json['client_id'] }),
    status: 401,
  },
  {
    name: 'issuer is not the owner of the Origin',
    request: () => signedRequest(own),
    headers: asPage(other),
    status: 401,
  },
  {
    name: 'a process in the name of a stranger',
    request: () => signedRequest(stranger),
    headers: asProcess,
    status: 401,
  },
  {
    name: 'a process for an entry without it',
    request: () => signedRequest(pageOnly),
    headers: asProcess,
    status: 401,
  },
  {
    name: 'a launcher that the request does not accept',
    request: () => signedRequest(own, { launchers: ['process'] }),
    status: 401,
  },
  { name: 'a damaged signature', request: () => flipLast(signedRequest(own)), status: 401 },
  {
    name: 'claims exchanged under a signature',
    request: () => {
      const [head = '', , signature = ''] = signedRequest(own).split('.');
      const claims = Buffer.from(JSON.stringify(requestClaims(own))).toString('base64url');
      return [head, claims, signature].join('.');
    },
    status: 401,
  },
  { name: 'alg none', request: () => withHeader({ alg: 'none' }), status: 401 },
  {
    name: 'alg none without a signature',
    request: () => forgeJws({ ...header, alg: 'none' }, requestClaims(own), () => new Uint8Array(0)),
    status: 401,
  },
  {
    name: 'the public key as an HMAC secret',
    request: () => forgeJws({ ...header, alg: 'HS256' }, requestClaims(own), hmacWith(own.keys.ES256.publicKey)),
    status: 401,
  },
  { name: 'an algorithm of another key', request: () => withHeader({ alg: 'ES384' }), status: 401 },
  { name: 'an unknown key', request: () => withHeader({ kid: 'nobody' }), status: 401 },
  { name: 'no kid', request: () => withHeader({ kid: undefined }), status: 400 },
  { name: 'another type of JWS', request: () => withHeader({ typ: 'JWT' }), status: 400 },
  ...['jwk', 'jku', 'x5u', 'x5c', 'crit'].map((name) => ({
    name: `${name} in the header`,
    request: () =>
      withHeader({ [name]: name === 'jwk' ? stranger.keys.ES256.publicKey.export({ format: 'jwk' }) : ['exp'] }),
    status: 400,
  })),
  { name: 'expired', request: () => signedRequest(own, { iat: seconds - 600, exp: seconds - 301 }), status: 401 },
  {
    name: 'from the future',
    request: () => signedRequest(own, { iat: seconds + 120, exp: seconds + 300 }),
    status: 401,
  },
  { name: 'valid for too long', request: () => signedRequest(own, { exp: seconds + 301 }), status: 400 },
  { name: 'without exp', request: () => signedRequest(own, { exp: undefined }), status: 400 },
  { name: 'wrong audience', request: () => signedRequest(own, { aud: 'https://own.example' }), status: 400 },
  { name: 'several audiences', request: () => signedRequest(own, { aud: ['urn:kort:client', 'x'] }), status: 400 },
  { name: 'purpose sign at the path of auth', request: () => signedRequest(own, { purpose: 'sign' }), status: 400 },
  {
    name: 'a level that it may not ask for',
    request: () => signedRequest(own, { acr_values: ['http://id.sambi.se/loa/loa2'] }),
    status: 401,
  },
  { name: 'an unknown claim', request: () => signedRequest(own, { extra: 1 }), status: 400 },
  { name: 'a short nonce', request: () => signedRequest(own, { nonce: 'n' }), status: 400 },
  { name: 'without jti', request: () => signedRequest(own, { jti: undefined }), status: 400 },
  { name: 'no JWS at all', request: () => 'hello', status: 400 },
];

describe('step 9, the request object, refuses', () => {
  it.each(attacks)('$name', async ({ request, headers, status }) => {
    const answer = await ask(request(), headers);
    expect([answer.status, prompts, replay.remembered.size]).toEqual([status, [], 0]);
    expect(JSON.parse(answer.body)).toMatchObject({ errorCode: status === 401 ? 'unauthorized' : 'invalidParameters' });

    // The fixture can tell: a good request passes the same way.
    expect((await ask(signedRequest(own))).status).toBe(200);
    expect(prompts).toHaveLength(1);
  });

  it('a replayed jti, while the first order lives and after it ended', async () => {
    const request = signedRequest(own);
    const first = JSON.parse((await ask(request)).body);
    expect((await ask(request)).status).toBe(401);
    await post('/oob/v1/cancel', { orderRef: first.orderRef }, asPage(own));
    expect((await ask(request)).status).toBe(401);
    expect((await ask(signedRequest(own, { jti: 'request-of-its-own' }))).status).toBe(200);
    expect((await ask(signedRequest(own, { jti: 'request-of-its-own' }))).status).toBe(401);
    expect(prompts).toHaveLength(2);
  });

  it('everything while the jti cannot be written down', async () => {
    replay.failure = new Error('Disk is full');
    const answer = await ask(signedRequest(own));
    expect([answer.status, prompts]).toEqual([500, []]);
    expect(answer.text).not.toContain('Disk');
  });
});

describe('an order', () => {
  it('does not exist for anybody but its caller', async () => {
    const { orderRef } = JSON.parse((await ask(signedRequest(own))).body);
    for (const headers of [asPage(other), asProcess]) {
      expect((await post('/oob/v1/collect', { orderRef }, headers)).status).toBe(404);
      expect((await post('/oob/v1/cancel', { orderRef }, headers)).status).toBe(404);
    }
    const unknown = await post('/oob/v1/collect', { orderRef: 'A'.repeat(43) }, asPage(other));
    const foreign = await post('/oob/v1/collect', { orderRef }, asPage(other));
    expect(foreign.body).toBe(unknown.body);
    const collected = await post('/oob/v1/collect', { orderRef }, asPage(own));
    expect(JSON.parse(collected.body)).toMatchObject({ orderRef, status: 'pending' });
  });

  it('of a process is not visible to a page', async () => {
    const { orderRef } = JSON.parse((await ask(signedRequest(own), asProcess)).body);
    expect((await post('/oob/v1/collect', { orderRef }, asPage(own))).status).toBe(404);
    expect((await post('/oob/v1/collect', { orderRef }, asProcess)).status).toBe(200);
  });

  it('carries the origin that the browser proved', async () => {
    await ask(signedRequest(own));
    await ask(signedRequest(other), asProcess);
    expect(prompts.map(({ launcher, origin }) => [launcher, origin])).toEqual([
      ['page', 'https://own.example'],
      ['process', undefined],
    ]);
  });
});

it('tells a stranger one thing only, and the log why', async () => {
  const refused = await post('/oob/v1/auth', { request: signedRequest(stranger) }, asPage(own));
  expect(refused.body).not.toContain('signature');
  expect(logger.lines.at(-1)).toMatchObject({
    level: 'warn',
    fields: { gate: 'request', code: 'ERR_OOB_UNAUTHORIZED', reason: 'signature' },
  });
});

it('says that a claim is unknown, without repeating its name', async () => {
  const refused = await post('/oob/v1/auth', { request: signedRequest(own, { planted_claim: 1 }) }, asPage(own));
  expect(refused).toMatchObject({ status: 400 });
  expect(refused.body).toContain('a claim that this version does not know');
  expect(refused.body).not.toContain('planted_claim');
});
