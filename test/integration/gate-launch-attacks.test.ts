import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MiddlewareError } from '../../src/core/errors.js';
import type { Loopback } from '../../src/daemon/loopback/start-loopback.js';
import { exchangeAs, nobody } from '../support/foreign-client.js';
import {
  exchange,
  foreignOrigin,
  launchHeaders,
  registeredOrigin,
  requestText,
  startTestLoopback,
  testLaunchPath,
  testRef,
  testRelyingParty,
  waitHeaders,
  type HeaderLines,
  type RawAnswer,
} from '../support/loopback-fixture.js';
import { recordingLaunches, type RecordingLaunches } from '../support/recording-launches.js';
import { recordingLogger, type RecordingLogger } from '../support/recording-logger.js';
import { recordingOobService } from '../support/recording-oob-service.js';

let launches: RecordingLaunches;
let loopback: Loopback;
let logger: RecordingLogger;

const open = async (options: Partial<Parameters<typeof startTestLoopback>[0]> = {}): Promise<void> => {
  launches = recordingLaunches(testRelyingParty);
  logger = recordingLogger();
  const service = recordingOobService(testRelyingParty);
  loopback = await startTestLoopback({ service, launches, logger, ...options });
};
beforeEach(() => open());
afterEach(() => loopback.close());

const ask = (method: string, path: string, headers: HeaderLines): Promise<RawAnswer> =>
  exchange(loopback.port, requestText(loopback.port, method, path, headers));
const start = (headers: HeaderLines = {}, path = testLaunchPath, method = 'GET'): Promise<RawAnswer> =>
  ask(method, path, { ...launchHeaders, ...headers });

type Attack = readonly [name: string, headers: HeaderLines, path?: string, method?: string];

const query = (text: string): string => `/oob/v1/start?${text}`;
const good = `client_id=tolvan&ref=${testRef}`;

const attacks: Readonly<Record<string, { readonly status: number; readonly list: readonly Attack[] }>> = {
  '3 Host': {
    status: 421,
    list: [
      ['a rebound name', { host: 'attacker.example' }],
      ['localhost', { host: 'localhost' }],
      ['absent', { host: undefined }],
    ],
  },
  '4 method': {
    status: 405,
    list: ['POST', 'HEAD', 'OPTIONS', 'PUT'].map((method) => [method, {}, testLaunchPath, method]),
  },
  '5 fetch metadata': {
    status: 403,
    list: [
      ['prefetch', { 'sec-purpose': 'prefetch' }],
      ['prerender', { 'sec-purpose': 'prefetch;prerender' }],
      ['an empty purpose', { 'sec-purpose': '' }],
      ['the older Purpose', { purpose: 'prefetch' }],
      ...['iframe', 'frame', 'embed', 'object', 'image', 'script', 'empty', undefined].map((dest): Attack => [
        `destination ${String(dest)}`,
        { 'sec-fetch-dest': dest },
      ]),
      ...['cors', 'no-cors', 'same-origin', 'websocket', undefined].map((mode): Attack => [
        `mode ${String(mode)}`,
        { 'sec-fetch-mode': mode },
      ]),
      ['mode twice', { 'sec-fetch-mode': ['navigate', 'navigate'] }],
      [
        'a program without fetch metadata',
        { 'sec-fetch-mode': undefined, 'sec-fetch-dest': undefined, 'sec-fetch-site': undefined },
      ],
    ],
  },
  '5 Referer': {
    status: 403,
    list: [
      ['absent', { referer: undefined }],
      ['empty', { referer: '' }],
      ['null', { referer: 'null' }],
      ['foreign', { referer: `${foreignOrigin}/` }],
      ['foreign, with the registered one in its path', { referer: `${foreignOrigin}/${registeredOrigin}/` }],
      ['a longer name', { referer: `${registeredOrigin}.attacker.example/` }],
      ['a user before another host', { referer: `${registeredOrigin}@attacker.example/` }],
      ['another scheme', { referer: registeredOrigin.replace('https', 'http') }],
      ['another port', { referer: `${registeredOrigin}:8443/` }],
      ['without a scheme', { referer: registeredOrigin.slice(6) }],
      ['data', { referer: 'data:text/html,x' }],
      ['the endpoint itself', { referer: 'http://127.0.0.1:14940/' }],
      ['twice', { referer: [`${registeredOrigin}/`, `${registeredOrigin}/`] }],
      ['two in one', { referer: `${foreignOrigin}/, ${registeredOrigin}/` }],
      ['an unknown client_id', {}, query(`client_id=other&ref=${testRef}`)],
    ],
  },
  '6 Origin': {
    status: 403,
    list: [
      ['foreign', { origin: foreignOrigin }],
      ['null', { origin: 'null' }],
    ],
  },
  'the query': {
    status: 400,
    list: [
      ['none', {}, '/oob/v1/start'],
      ['empty', {}, query('')],
      ['without ref', {}, query('client_id=tolvan')],
      ['without client_id', {}, query(`ref=${testRef}`)],
      ['ref twice', {}, query(`${good}&ref=${testRef}`)],
      ['client_id twice', {}, query(`${good}&client_id=tolvan`)],
      ['another field', {}, query(`${good}&redirect_uri=https%3A%2F%2Fattacker.example`)],
      ['a PIN', {}, query(`${good}&pin=0000`)],
      ['an empty field', {}, query(`${good}&`)],
      ['a short ref', {}, query(`client_id=tolvan&ref=${testRef.slice(1)}`)],
      ['a long ref', {}, query(`client_id=tolvan&ref=${'r'.repeat(129)}`)],
      ['a ref of another alphabet', {}, query(`client_id=tolvan&ref=${testRef}.`)],
      ['a space in client_id', {}, query(`client_id=tol%20van&ref=${testRef}`)],
      ['a plus', {}, query(`client_id=tol+van&ref=${testRef}`)],
      ['half an escape', {}, query(`client_id=tolvan%2&ref=${testRef}`)],
      ['an escape that is no UTF-8', {}, query(`client_id=tolvan%ff&ref=${testRef}`)],
      ['a name that is escaped', {}, query(`client%5Fid=tolvan&ref=${testRef}`)],
      ['a line feed', {}, query(`client_id=tolvan%0a&ref=${testRef}`)],
      ['a very long client_id', {}, query(`client_id=${'t'.repeat(256)}&ref=${testRef}`)],
      ['__proto__', {}, query(`client_id=tolvan&__proto__=${testRef}`)],
    ],
  },
};

describe.each(Object.entries(attacks))('/start, step %s', (_step, { status, list }) => {
  const cases = list.map(([name, headers, path, method]) => ({ name, headers, path, method }));
  it.each(cases)('refuses $name', async ({ headers, path, method }) => {
    const answer = await start(headers, path, method);
    expect([answer.status, launches.started]).toEqual([status, []]);
    expect(answer.text).not.toMatch(/tolvan|access-control/i);

    // The fixture can tell: the unaltered navigation starts.
    expect((await start()).status).toBe(303);
    expect(launches.started).toHaveLength(1);
  });
});

describe('what a stranger sees of /start', () => {
  it('is the same for a registered client_id and for none, whoever sent the browser', async () => {
    const referers = [undefined, `${foreignOrigin}/`, 'null'];
    const paths = [testLaunchPath, query(`client_id=nobody&ref=${testRef}`)];
    const answers = await Promise.all(paths.flatMap((path) => referers.map((referer) => start({ referer }, path))));
    const seen = answers.map(({ status, headers, body }) => JSON.stringify([status, { ...headers, date: '' }, body]));
    expect(new Set(seen).size).toBe(1);
    expect(answers[0]?.status).toBe(403);
  });

  it.each([
    ['a refused start', () => start({ referer: undefined })],
    ['a malformed one', () => start({}, '/oob/v1/start')],
    ['an unknown waiting page', () => ask('GET', `/oob/v1/wait/${'X'.repeat(43)}`, waitHeaders)],
    ['a frame', () => start({ 'sec-fetch-dest': 'iframe' })],
  ])('of %s is a page under the same strict policy', async (_name, answerOf) => {
    const answer = await answerOf();
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; frame-ancestors 'none'; base-uri 'none'; form-action 'none'$/,
      ),
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.body).not.toMatch(/<(script|form|input|button|iframe|img|link|base)/i);
  });
});

describe('/wait refuses', () => {
  const known = (): string => {
    const { id } = launches.add({
      clientId: 'tolvan',
      ref: testRef,
      launcher: 'redirect',
      origin: registeredOrigin,
    });
    return `/oob/v1/wait/${id}`;
  };

  it.each([
    ['a frame', { 'sec-fetch-dest': 'iframe' }],
    ['an embedded page', { 'sec-fetch-dest': 'embed' }],
    ['an object', { 'sec-fetch-dest': 'object' }],
    ['a script that fetches', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', origin: registeredOrigin }],
    ['a prerender', { 'sec-purpose': 'prefetch;prerender' }],
    ['a foreign Origin', { origin: foreignOrigin }],
  ])('%s, though the id is right', async (_name, headers) => {
    const path = known();
    const answer = await ask('GET', path, { ...waitHeaders, ...headers });
    expect([answer.status, launches.last.looks]).toEqual([403, []]);
    expect(answer.text).not.toMatch(/tolvan/i);
    expect((await ask('GET', path, waitHeaders)).status).toBe(200);
  });

  it.each([
    '',
    'short',
    `${'X'.repeat(43)}x`,
    `${'X'.repeat(42)}.`,
    '%58'.repeat(43),
    '../start',
    `${'X'.repeat(43)}/`,
  ])('the id "%s", as it does one that nobody has', async (id) => {
    const [wrong, unknown] = await Promise.all(
      [id, 'X'.repeat(43)].map((one) => ask('GET', `/oob/v1/wait/${one}`, waitHeaders)),
    );
    expect([wrong?.status, wrong?.body]).toEqual([404, unknown?.body]);
  });

  it.each(['?seen=', '?seen=a&x=1', '?x=1', '?seen=noCard?seen=noCard', '?seen=%61'])('the query %s', async (text) => {
    const path = known();
    expect((await ask('GET', path + text, waitHeaders)).status).toBe(404);
    expect((await ask('GET', `${path}?seen=fetchin`, waitHeaders)).status).toBe(200);
  });

  it('a launch that came by a link', async () => {
    const { id } = launches.add({ clientId: 'tolvan', ref: testRef, launcher: 'scheme', origin: undefined });
    const [link, unknown] = await Promise.all(
      [id, 'X'.repeat(43)].map((one) => ask('GET', `/oob/v1/wait/${one}`, waitHeaders)),
    );
    expect([link?.status, link?.body]).toEqual([404, unknown?.body]);
  });
});

it('a reload or a restored tab of the waiting page starts nothing', async () => {
  const { location = '' } = (await start()).headers;
  for (const site of ['none', 'cross-site', 'same-origin']) {
    expect((await ask('GET', location, { ...waitHeaders, 'sec-fetch-site': site })).status).toBe(200);
  }
  expect(launches.started).toHaveLength(1);
});

describe('step 8 of /start', () => {
  it('is a budget that strangers cannot spend, beside that of the calls', async () => {
    await loopback.close();
    let now = 0;
    await open({ clock: { now: () => 0, monotonic: () => now }, limits: { launchesPerWindow: 2, startsPerWindow: 1 } });
    for (let turn = 0; turn < 5; turn += 1) {
      expect((await start({ referer: `${foreignOrigin}/` })).status).toBe(403);
      expect((await start({ 'sec-purpose': 'prefetch' })).status).toBe(403);
    }
    expect([(await start()).status, (await start()).status]).toEqual([303, 303]);
    now = 20_000;
    const limited = await start();
    expect(limited.status).toBe(429);
    expect(limited.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'ratelimit-policy': '"launch";q=2;w=60',
      ratelimit: '"launch";r=0;t=40',
      'retry-after': '40',
    });
    expect(limited.body).toContain('Wait a minute');
    now = 60_000;
    expect((await start()).status).toBe(303);
    expect(launches.started).toHaveLength(3);
  });

  it('is each relying party’s own', async () => {
    await loopback.close();
    const party = { ...testRelyingParty, clientId: 'other', origins: ['https://other.example'] };
    const others = recordingLaunches(party);
    const own = recordingLaunches(testRelyingParty);
    const both = {
      findLaunch: (id: string) => own.findLaunch(id),
      ownerOfLaunch: (begun: Parameters<typeof own.ownerOfLaunch>[0]) =>
        own.ownerOfLaunch(begun) ?? others.ownerOfLaunch(begun),
      launch: (begun: Parameters<typeof own.launch>[0]) =>
        begun.clientId === 'other' ? others.launch(begun) : own.launch(begun),
    };
    await open({ launches: both, limits: { launchesPerWindow: 1 } });
    const other = (): Promise<RawAnswer> =>
      start({ referer: 'https://other.example/' }, query(`client_id=other&ref=${testRef}`));
    expect([(await start()).status, (await start()).status, (await other()).status]).toEqual([303, 429, 303]);
  });

  it('of the waiting page counts only those who know an id', async () => {
    await loopback.close();
    await open({ limits: { pollsPerWindow: 1 } });
    const { location = '' } = (await start()).headers;
    for (let turn = 0; turn < 3; turn += 1) {
      expect((await ask('GET', `/oob/v1/wait/${'X'.repeat(43)}`, waitHeaders)).status).toBe(404);
    }
    expect((await ask('GET', location, waitHeaders)).status).toBe(200);
    expect((await ask('GET', location, waitHeaders)).status).toBe(429);
  });
});

describe('what the core refuses is a page too', () => {
  it.each([
    ['ERR_OOB_TOO_MANY_REQUESTS', 429, 'Wait a moment'],
    ['ERR_OOB_UNAUTHORIZED', 403, 'No login was started'],
    ['ERR_OOB_INVALID_PARAMETERS', 400, 'The address is wrong'],
    ['ERR_CARD_STATUS', 500, 'Something went wrong'],
  ] as const)('%s', async (code, status, heading) => {
    launches.failure = new MiddlewareError(code, 'planted words');
    const answer = await start();
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
    expect(answer.body).toContain(`<h1>${heading}</h1>`);
    expect(answer.text).not.toContain('planted');
  });
});

it.runIf(process.getuid?.() === 0 || process.env['CI'] !== undefined).each(['127.0.0.1', '::1'])(
  'another user of the machine starts nothing over %s, and sees nothing',
  async (host) => {
    const hostHeader = host === '::1' ? `[::1]:${loopback.port}` : `127.0.0.1:${loopback.port}`;
    const text = requestText(loopback.port, 'GET', testLaunchPath, { ...launchHeaders, host: hostHeader });
    expect(await exchangeAs(nobody, host, loopback.port, text)).toBe('');
    expect(launches.started).toEqual([]);
    expect(await exchangeAs(process.getuid?.() ?? -1, host, loopback.port, text)).toMatch(/^HTTP\/1\.1 303 /);
  },
);

it('the log of a refused start holds no ref and no id', async () => {
  await start({ referer: `${foreignOrigin}/` });
  launches.failure = new Error('planted');
  await start();
  await ask('GET', `/oob/v1/wait/${'X'.repeat(43)}`, waitHeaders);
  expect(logger.lines.length).toBeGreaterThan(1);
  expect(JSON.stringify(logger.lines)).not.toMatch(new RegExp(`${testRef}|X{43}`));
});
