import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MiddlewareError, type ErrorCode } from '../../src/core/errors.js';
import { postPaths } from '../../src/daemon/loopback/endpoints.js';
import type { Loopback } from '../../src/daemon/loopback/start-loopback.js';
import {
  exchange,
  foreignOrigin,
  pageHeaders,
  registeredOrigin,
  requestText,
  startTestLoopback,
  testRelyingParty,
  type HeaderLines,
  type RawAnswer,
} from '../support/loopback-fixture.js';
import { recordingLogger } from '../support/recording-logger.js';
import { recordingOobService, testOrderRef, type RecordingOobService } from '../support/recording-oob-service.js';

let service: RecordingOobService;
let loopback: Loopback;
const logger = recordingLogger();

beforeEach(async () => {
  service = recordingOobService(testRelyingParty);
  loopback = await startTestLoopback({ service, logger });
});
afterEach(() => loopback.close());

const call = (path: string, body: unknown, headers: HeaderLines = pageHeaders, host?: string): Promise<RawAnswer> =>
  exchange(loopback.port, requestText(loopback.port, 'POST', path, headers, JSON.stringify(body)), host);

describe('the endpoint, for those who may', () => {
  it('auth starts an order for a page and answers with CORS for its origin only', async () => {
    const answer = await call('/oob/v1/auth', { request: 'e30.e30.e30' });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({ orderRef: testOrderRef, expiresAt: '2026-01-01T00:03:00.000Z' });
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': registeredOrigin,
      vary: 'Origin',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      connection: 'close',
    });
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
    expect(service.calls).toEqual([
      { call: 'start', caller: { launcher: 'page', origin: registeredOrigin }, text: 'e30.e30.e30', purpose: 'auth' },
    ]);
  });

  it('auth starts an order for a local process, without CORS', async () => {
    const answer = await call('/oob/v1/auth', { request: 'e30.e30.e30' }, {});
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    expect(service.calls.map(({ caller }) => caller)).toEqual([{ launcher: 'process', origin: undefined }]);
  });

  it.each(['127.0.0.1', '::1'])('answers on %s', async (host) => {
    const headers = { host: host === '::1' ? `[::1]:${loopback.port}` : `127.0.0.1:${loopback.port}` };
    expect((await call('/oob/v1/auth', { request: 'a' }, headers, host)).status).toBe(200);
  });

  it('collect answers the state and the reference', async () => {
    service.answer = { status: 'failed', hintCode: 'userCancel' };
    const answer = await call('/oob/v1/collect', { orderRef: testOrderRef, waitSeconds: 25 });
    expect(JSON.parse(answer.body)).toEqual({ orderRef: testOrderRef, status: 'failed', hintCode: 'userCancel' });
  });

  it('collect hands over an assertion', async () => {
    service.answer = { status: 'complete', assertion: 'a.b.c' };
    const answer = await call('/oob/v1/collect', { orderRef: testOrderRef });
    expect(JSON.parse(answer.body)).toEqual({ orderRef: testOrderRef, status: 'complete', assertion: 'a.b.c' });
  });

  it('sign starts an order of its own purpose', async () => {
    const answer = await call('/oob/v1/sign', { request: 'e30.e30.e30' });
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([200, { orderRef: testOrderRef }]);
    expect(service.calls.map(({ call: made, purpose }) => [made, purpose])).toEqual([['start', 'sign']]);
  });

  it('collect hands over signatures as base64 of DER', async () => {
    service.answer = { status: 'complete', signatures: [Uint8Array.of(0x30, 0x03, 0xff, 0xfe, 0xfd), Uint8Array.of()] };
    const answer = await call('/oob/v1/collect', { orderRef: testOrderRef });
    expect(JSON.parse(answer.body)).toEqual({
      orderRef: testOrderRef,
      status: 'complete',
      signatures: ['MAP//v0=', ''],
    });
  });

  it('collect that waits is aborted when the endpoint closes', async () => {
    service.answer = undefined;
    const waiting = call('/oob/v1/collect', { orderRef: testOrderRef, waitSeconds: 25 });
    await expect.poll(() => service.calls.length).toBe(1);
    await loopback.close();
    expect((await waiting).text).toBe('');
    await expect.poll(() => service.aborted).toBe(1);
  });

  it('collect of a page that goes away is no failure of ours, so that no page can fill the log', async () => {
    service.answer = undefined;
    const logged = logger.lines.length;
    const socket = connect(loopback.port, '127.0.0.1');
    const body = JSON.stringify({ orderRef: testOrderRef, waitSeconds: 25 });
    socket.write(requestText(loopback.port, 'POST', '/oob/v1/collect', pageHeaders, body));
    await expect.poll(() => service.calls.length).toBe(1);
    socket.destroy();
    await expect.poll(() => service.aborted).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(logger.lines.slice(logged)).toEqual([]);
  });

  it('cancel answers an empty object', async () => {
    const answer = await call('/oob/v1/cancel', { orderRef: testOrderRef });
    expect([answer.status, answer.body]).toEqual([200, '{}']);
    expect(service.calls.map((made) => made.call)).toEqual(['cancel']);
  });

  it('a request that asks before it sends gets its go-ahead after the gate', async () => {
    const headers = { ...pageHeaders, expect: '100-continue' };
    const answer = await call('/oob/v1/auth', { request: 'a' }, headers);
    expect(answer.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
  });
});

describe('the well-known answer', () => {
  const get = (headers: HeaderLines): Promise<RawAnswer> =>
    exchange(loopback.port, requestText(loopback.port, 'GET', '/.well-known/kort-oob', headers));

  it('is the same for everyone', async () => {
    const answers = await Promise.all([
      get({}),
      get({ 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' }),
      get({ 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', 'sec-fetch-site': 'cross-site' }),
      get(pageHeaders),
    ]);
    for (const { status, body } of answers) {
      expect([status, JSON.parse(body)]).toEqual([
        200,
        {
          name: 'kort',
          version: '0.0.0',
          protocolVersions: [1],
          paths: [...postPaths, '/oob/v1/start', '/openapi.json'],
        },
      ]);
    }
    expect(answers.map(({ headers }) => headers['access-control-allow-origin'])).toEqual([
      undefined,
      undefined,
      undefined,
      registeredOrigin,
    ]);
  });
});

describe('preflights', () => {
  const preflight = (headers: HeaderLines): Promise<RawAnswer> =>
    exchange(
      loopback.port,
      requestText(loopback.port, 'OPTIONS', '/oob/v1/auth', {
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
        ...headers,
      }),
    );

  it('of a registered origin are answered for it alone', async () => {
    const answer = await preflight({ origin: registeredOrigin });
    expect([answer.status, answer.body]).toEqual([204, '']);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': registeredOrigin,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'Content-Type',
      vary: 'Origin',
    });
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
    expect(answer.headers).not.toHaveProperty('access-control-allow-private-network');
  });

  it('of Private Network Access get their extra permission', async () => {
    const answer = await preflight({ origin: registeredOrigin, 'access-control-request-private-network': 'true' });
    expect(answer.headers['access-control-allow-private-network']).toBe('true');
  });

  it.each([foreignOrigin, 'null', undefined])('of %s get nothing', async (origin) => {
    const answer = await preflight({ origin, 'access-control-request-private-network': 'true' });
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('errors of the protocol core', () => {
  const cases: readonly (readonly [ErrorCode, number, string])[] = [
    ['ERR_OOB_INVALID_PARAMETERS', 400, 'invalidParameters'],
    ['ERR_OOB_LINK_USED', 400, 'invalidParameters'],
    ['ERR_OOB_UNAUTHORIZED', 401, 'unauthorized'],
    ['ERR_OOB_CLOCK', 401, 'unauthorized'],
    ['ERR_OOB_NOT_FOUND', 404, 'notFound'],
    ['ERR_OOB_ALREADY_IN_PROGRESS', 409, 'alreadyInProgress'],
    ['ERR_OOB_TOO_MANY_REQUESTS', 429, 'tooManyRequests'],
    ['ERR_CARD_STATUS', 500, 'internalError'],
  ];
  it.each(cases)('%s is %i %s', async (code, status, errorCode) => {
    service.failure = new MiddlewareError(code, 'Planted');
    const answer = await call('/oob/v1/auth', { request: 'a' });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toEqual({ errorCode, details: expect.any(String) });
    expect(answer.headers['access-control-allow-origin']).toBe(registeredOrigin);
  });

  it('an unknown failure says nothing of its cause', async () => {
    service.failure = new Error('planted detail');
    const answer = await call('/oob/v1/auth', { request: 'a' });
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('planted');
  });
});

it('the log never holds a body', async () => {
  service.failure = new Error('planted failure');
  await call('/oob/v1/auth', { request: 'planted-request' });
  await call('/oob/v1/auth', { request: 'planted-request', more: 'planted-request' });
  await call('/oob/v1/auth', { request: 'planted-request' }, { ...pageHeaders, origin: foreignOrigin });
  expect(logger.lines.length).toBeGreaterThan(1);
  expect(JSON.stringify(logger.lines)).not.toContain('planted-request');
});
