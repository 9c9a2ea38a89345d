import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
} from '../support/loopback-fixture.js';
import { recordingLogger } from '../support/recording-logger.js';
import { recordingOobService, testOrderRef, type RecordingOobService } from '../support/recording-oob-service.js';

let service: RecordingOobService;
let loopback: Loopback;

beforeEach(async () => {
  service = recordingOobService(testRelyingParty);
  loopback = await startTestLoopback({ service });
});
afterEach(() => loopback.close());

interface Attack {
  readonly name: string;
  readonly status: number;
  readonly errorCode: string;
  readonly text: (port: number) => string | readonly string[];
}

const goodBody = JSON.stringify({ request: 'e30.e30.e30' });

/** A correct page call with something changed. */
const altered =
  (headers: HeaderLines, change: { method?: string; path?: string; body?: string } = {}) =>
  (port: number): string =>
    requestText(
      port,
      change.method ?? 'POST',
      change.path ?? '/oob/v1/auth',
      { ...pageHeaders, ...headers },
      change.body ?? goodBody,
    );

const withHost =
  (host: (port: number) => string | readonly string[] | undefined) =>
  (port: number): string =>
    altered({ host: host(port) })(port);

const attacks: Readonly<Record<string, readonly Attack[]>> = {
  '3 Host': [
    ['foreign', () => 'attacker.example'],
    ['rebound name with the right port', (port: number) => `attacker.example:${port}`],
    ['absent', () => undefined],
    ['localhost', (port: number) => `localhost:${port}`],
    ['0.0.0.0', (port: number) => `0.0.0.0:${port}`],
    ['another loopback address', (port: number) => `127.0.0.2:${port}`],
    ['v4-mapped', (port: number) => `[::ffff:127.0.0.1]:${port}`],
    ['without port', () => '127.0.0.1'],
    ['with another port', (port: number) => `127.0.0.1:${port + 1}`],
    ['with a dot after it', (port: number) => `127.0.0.1.:${port}`],
    ['twice, the right one first', (port: number) => [`127.0.0.1:${port}`, 'attacker.example']],
    ['twice the right one', (port: number) => [`127.0.0.1:${port}`, `127.0.0.1:${port}`]],
    ['empty', () => ''],
  ].map(([name, host]) => ({
    name: `Host ${String(name)}`,
    status: 421,
    errorCode: 'misdirected',
    text: withHost(host as Parameters<typeof withHost>[0]),
  })),
  '4 method and path': [
    ...['GET', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'QUERY'].map((method) => ({
      name: `${method} on a POST path`,
      status: 405,
      errorCode: 'methodNotAllowed',
      text: altered({}, { method }),
    })),
    ...['POST', 'OPTIONS', 'HEAD'].map((method) => ({
      name: `${method} on the well-known path`,
      status: 405,
      errorCode: 'methodNotAllowed',
      text: altered({}, { method, path: '/.well-known/kort-oob' }),
    })),
    ...[
      '/',
      '/oob/v1/sign/',
      '/oob/v1/starts',
      '/openapi.json?x=1',
      '/oob/v1/auth/',
      '/oob/v1/auth?x=1',
      '//oob/v1/auth',
      '/oob/v1/%61uth',
      '/OOB/v1/auth',
      '/%zz',
      'http://127.0.0.1/oob/v1/auth',
      '*',
    ].map((path) => ({ name: `path ${path}`, status: 404, errorCode: 'notFound', text: altered({}, { path }) })),
  ],
  '5 fetch metadata': (
    [
      ['Sec-Fetch without Origin', { origin: undefined }],
      [
        'only Sec-Fetch-Site, without Origin',
        { origin: undefined, 'sec-fetch-mode': undefined, 'sec-fetch-dest': undefined },
      ],
      [
        'Origin without Sec-Fetch',
        { 'sec-fetch-mode': undefined, 'sec-fetch-dest': undefined, 'sec-fetch-site': undefined },
      ],
      ['mode navigate', { 'sec-fetch-mode': 'navigate' }],
      ['mode no-cors', { 'sec-fetch-mode': 'no-cors' }],
      ['mode same-origin', { 'sec-fetch-mode': 'same-origin' }],
      ['mode twice', { 'sec-fetch-mode': ['cors', 'navigate'] }],
      ['destination document', { 'sec-fetch-dest': 'document' }],
      ['destination iframe', { 'sec-fetch-dest': 'iframe' }],
      ['destination absent', { 'sec-fetch-dest': undefined }],
      ...(
        [
          ['page', 'document'],
          ['frame', 'iframe'],
        ] as const
      ).flatMap(([from, destination]) =>
        ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x', 'application/json'].map(
          (type): [string, HeaderLines] => [
            `form POST from a ${from} as ${type}`,
            { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': destination, 'content-type': type },
          ],
        ),
      ),
    ] as readonly [string, HeaderLines][]
  ).map(([name, headers]) => ({ name, status: 403, errorCode: 'unauthorized', text: altered(headers) })),
  '6 Origin': (
    [
      ['foreign', foreignOrigin],
      ['null', 'null'],
      ['empty', ''],
      ['another scheme', registeredOrigin.replace('https', 'http')],
      ['another port', `${registeredOrigin}:8443`],
      ['a subdomain', registeredOrigin.replace('//', '//x.')],
      ['a longer name', `${registeredOrigin}.attacker.example`],
      ['upper case', registeredOrigin.toUpperCase()],
      ['a slash after it', `${registeredOrigin}/`],
      ['twice', [registeredOrigin, registeredOrigin]],
      ['two in one', `${registeredOrigin}, ${foreignOrigin}`],
      ['the endpoint itself', 'http://127.0.0.1:14940'],
    ] as const
  ).map(([name, origin]) => ({
    name: `Origin ${name}`,
    status: 403,
    errorCode: 'unauthorized',
    text: altered({ origin }),
  })),
  '7 content': [
    ...(
      [
        ['text/plain', { 'content-type': 'text/plain' }],
        ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
        ['JSON with a charset', { 'content-type': 'application/json; charset=utf-8' }],
        ['JSON in upper case', { 'content-type': 'Application/JSON' }],
        ['no type', { 'content-type': undefined }],
        ['the type twice', { 'content-type': ['application/json', 'text/plain'] }],
        ['a type that starts so', { 'content-type': 'application/json-seq' }],
        ['compressed', { 'content-encoding': 'gzip' }],
      ] as readonly [string, HeaderLines][]
    ).map(([name, headers]) => ({ name, status: 415, errorCode: 'unsupportedMediaType', text: altered(headers) })),
    {
      name: 'oversized by its Content-Length alone, before a byte of it came',
      status: 400,
      errorCode: 'invalidParameters',
      text: altered({ 'content-length': '65537' }, { body: '' }),
    },
    {
      name: 'oversized, as promised',
      status: 400,
      errorCode: 'invalidParameters',
      text: altered({}, { body: JSON.stringify({ request: 'x'.repeat(65_536) }) }),
    },
    {
      name: 'oversized in chunks',
      status: 400,
      errorCode: 'invalidParameters',
      text: (port) => [
        altered({ 'content-length': undefined, 'transfer-encoding': 'chunked' }, { body: '' })(port),
        // JSON that would pass if it were shorter.
        ...['{"request":"', ...Array<string>(17).fill('x'.repeat(4096)), '"}'].map(
          (part) => `${part.length.toString(16)}\r\n${part}\r\n`,
        ),
        '0\r\n\r\n',
      ],
    },
  ],
  '9 body': (
    [
      ['nested', `{"request":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
      ['nested just too deep', '{"request":[[[[]]]]}'],
      ['with an unknown field', '{"request":"a","extra":1}'],
      ['with a PIN field', '{"request":"a","pin":"0000"}'],
      ['with __proto__', '{"request":"a","__proto__":{"request":"b"}}'],
      ['that is an array', '["a"]'],
      ['that is null', 'null'],
      ['that is empty', ''],
      ['without the request', '{}'],
      ['with a number for the request', '{"request":1}'],
      ['with an empty request', '{"request":""}'],
      ['that is cut', '{"request":"a'],
      ['with something after it', '{"request":"a"}x'],
      ['that is a form', 'request=a'],
      ['with a byte order mark', '\xef\xbb\xbf{"request":"a"}'],
      ['that is not UTF-8', '{"request":"\xff"}'],
    ] as const
  ).map(([name, body]) => ({
    name: `a body ${name}`,
    status: 400,
    errorCode: 'invalidParameters',
    // The bytes go out one to a character.
    text: (port) => altered({ 'content-length': String(body.length) }, { body })(port),
  })),
  'not HTTP as we read it': [
    { name: 'noise', status: 400, errorCode: 'invalidParameters', text: () => '\x16\x03\x01\x02\x00\x01\x00\x01' },
    {
      name: 'a header that is too long',
      status: 400,
      errorCode: 'invalidParameters',
      text: altered({ 'x-long': 'x'.repeat(20_000) }),
    },
    {
      name: 'two lengths',
      status: 400,
      errorCode: 'invalidParameters',
      text: altered({ 'transfer-encoding': 'chunked' }),
    },
    {
      name: 'an unknown expectation',
      status: 400,
      errorCode: 'invalidParameters',
      text: altered({ expect: 'something' }),
    },
  ],
};

describe.each(Object.entries(attacks))('step %s refuses', (_step, list) => {
  it.each(list)('$name', async ({ text, status, errorCode }) => {
    const answer = await exchange(loopback.port, text(loopback.port));

    expect(service.calls).toEqual([]);
    expect(answer.status).toBe(status);
    // An answer to HEAD has no body.
    if (answer.body !== '') expect(JSON.parse(answer.body)).toEqual({ errorCode, details: expect.any(String) });
    expect(answer.headers['cache-control']).toBe('no-store');

    // The fixture can tell: the unaltered call passes.
    expect((await exchange(loopback.port, altered({})(loopback.port))).status).toBe(200);
    expect(service.calls).toHaveLength(1);
  });
});

describe('collect refuses', () => {
  it.each(
    ['{"orderRef":1}', '{}', `{"orderRef":"a","waitSeconds":26}`, `{"orderRef":"a","waitSeconds":-1}`].map(String),
  )('%s', async (body) => {
    const answer = await exchange(loopback.port, altered({}, { path: '/oob/v1/collect', body })(loopback.port));
    expect([answer.status, service.calls]).toEqual([400, []]);
  });

  it.each(['/oob/v1/collect', '/oob/v1/cancel'])('a foreign origin on %s', async (path) => {
    const body = JSON.stringify({ orderRef: testOrderRef });
    const attack = altered({ origin: foreignOrigin }, { path, body });
    expect((await exchange(loopback.port, attack(loopback.port))).status).toBe(403);
    expect(service.calls).toEqual([]);
    expect((await exchange(loopback.port, altered({}, { path, body })(loopback.port))).status).toBe(200);
  });
});

describe('what a stranger can see', () => {
  it('is the same whether the origin is foreign, null or unknown, and carries no CORS header', async () => {
    const answers = await Promise.all(
      [foreignOrigin, 'null', 'https://other.example'].map((origin) =>
        exchange(loopback.port, altered({ origin })(loopback.port)),
      ),
    );
    const seen = answers.map(({ status, headers, body }) => ({ status, headers: { ...headers, date: '' }, body }));
    expect(new Set(seen.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(answers[0]?.text.toLowerCase()).not.toContain('access-control');
  });

  it.each([
    [403, { origin: foreignOrigin }],
    [400, { 'content-length': '65537' }],
  ])('does not include an invitation to send a body that is refused (%i)', async (status, headers) => {
    const text = altered({ ...headers, expect: '100-continue' }, { body: '' })(loopback.port);
    const answer = await exchange(loopback.port, text);
    expect(answer.text.slice(0, 13)).toBe(`HTTP/1.1 ${status} `);
  });

  it('is no WebSocket', async () => {
    const answer = await exchange(
      loopback.port,
      requestText(loopback.port, 'GET', '/oob/v1/auth', {
        origin: registeredOrigin,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      }),
    );
    expect(answer.status).toBe(405);
  });

  it('is no proxy', async () => {
    const answer = await exchange(
      loopback.port,
      'CONNECT attacker.example:443 HTTP/1.1\r\nHost: attacker.example\r\n\r\n',
    );
    expect([answer.text, service.calls]).toEqual(['', []]);
  });
});

it('a second request on the same connection starts nothing', async () => {
  const one = altered({})(loopback.port);
  const answer = await exchange(loopback.port, one + one);
  expect(answer.text).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(service.calls).toHaveLength(1);
});

it('a header count beyond the default limit of the server loses no Origin', async () => {
  const many: HeaderLines = { x: Array.from({ length: 2100 }, () => '') };
  const text = requestText(
    loopback.port,
    'POST',
    '/oob/v1/auth',
    { ...many, ...pageHeaders, origin: foreignOrigin },
    goodBody,
  );
  expect((await exchange(loopback.port, text)).status).toBe(403);
  expect(service.calls).toEqual([]);
});

describe('step 8 limits', () => {
  it('the starts of one caller, counted after the origin, and tells when to come back', async () => {
    await loopback.close();
    let now = 0;
    const clock = { now: () => 0, monotonic: () => now };
    loopback = await startTestLoopback({ service, clock, limits: { startsPerWindow: 2, rateWindowMs: 60_000 } });
    const { port } = loopback;
    const page = altered({})(port);
    const stranger = altered({ origin: foreignOrigin })(port);
    const statuses: (number | undefined)[] = [];
    for (const text of [stranger, stranger, stranger, page, page, page])
      statuses.push((await exchange(port, text)).status);
    expect(statuses).toEqual([403, 403, 403, 200, 200, 429]);
    expect(service.calls).toHaveLength(2);

    now = 20_000;
    const limited = await exchange(port, page);
    expect(JSON.parse(limited.body)).toEqual({ errorCode: 'tooManyRequests', details: expect.any(String) });
    expect(limited.headers).toMatchObject({
      'ratelimit-policy': '"start";q=2;w=60',
      ratelimit: '"start";r=0;t=40',
      'retry-after': '40',
      'access-control-allow-origin': registeredOrigin,
    });

    expect((await exchange(port, requestText(port, 'POST', '/oob/v1/auth', {}, goodBody))).status).toBe(200);
    now = 60_000;
    expect((await exchange(port, page)).status).toBe(200);
  });

  it('the polls of one caller', async () => {
    await loopback.close();
    loopback = await startTestLoopback({ service, limits: { pollsPerWindow: 1 } });
    const poll = altered({}, { path: '/oob/v1/collect', body: JSON.stringify({ orderRef: testOrderRef }) });
    expect((await exchange(loopback.port, poll(loopback.port))).status).toBe(200);
    expect((await exchange(loopback.port, poll(loopback.port))).status).toBe(429);
    expect(service.calls).toHaveLength(1);
  });
});

describe('times', () => {
  it('a header that never ends is answered and cut', async () => {
    await loopback.close();
    loopback = await startTestLoopback({ service, limits: { headerMs: 100 } });
    const answer = await exchange(loopback.port, `POST /oob/v1/auth HTTP/1.1\r\nHost: 127.0.0.1:${loopback.port}\r\n`);
    expect([answer.status, JSON.parse(answer.body).errorCode, service.calls]).toEqual([408, 'requestTimeout', []]);
  });

  it('a connection that says nothing is cut', async () => {
    await loopback.close();
    loopback = await startTestLoopback({ service, limits: { headerMs: 100 } });
    expect((await exchange(loopback.port, [])).status).toBe(408);
  });

  it('a body that never ends is answered and cut', async () => {
    await loopback.close();
    loopback = await startTestLoopback({ service, limits: { bodyMs: 100 } });
    const answer = await exchange(loopback.port, altered({ 'content-length': '500' })(loopback.port));
    expect([answer.status, JSON.parse(answer.body).errorCode, service.calls]).toEqual([408, 'requestTimeout', []]);
  });

  it('a peer lookup that never answers lets nobody in', async () => {
    await loopback.close();
    const peerLookup = { isOwnUser: () => new Promise<boolean>(() => undefined) };
    loopback = await startTestLoopback({ service, peerLookup, limits: { headerMs: 100 } });
    const answer = await exchange(loopback.port, altered({})(loopback.port));
    expect([answer.text, service.calls]).toEqual(['', []]);
  });

  it('a peer lookup that fails lets nobody in', async () => {
    await loopback.close();
    const peerLookup = { isOwnUser: () => Promise.reject(new Error('Planted')) };
    const logger = recordingLogger();
    loopback = await startTestLoopback({ service, peerLookup, logger });
    const answer = await exchange(loopback.port, altered({})(loopback.port));
    expect([answer.text, service.calls]).toEqual(['', []]);
    expect(logger.lines.map(({ message }) => message)).toContain('Peer lookup failed');
  });
});
