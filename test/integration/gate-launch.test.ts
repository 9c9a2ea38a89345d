import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Loopback } from '../../src/daemon/loopback/start-loopback.js';
import { waitingPageMessages } from '../../src/messages/waiting-page.js';
import type { FailedHint, LaunchState, PendingHint } from '../../src/oob/oob-service.js';
import {
  exchange,
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
import { recordingLogger } from '../support/recording-logger.js';
import { recordingOobService } from '../support/recording-oob-service.js';

let launches: RecordingLaunches;
let loopback: Loopback;
const logger = recordingLogger();

const open = async (limits = {}, party = testRelyingParty): Promise<void> => {
  launches = recordingLaunches(party);
  const service = recordingOobService(party);
  loopback = await startTestLoopback({ service, launches, logger, limits });
};
beforeEach(() => open());
afterEach(() => loopback.close());

const get = (path: string, headers: HeaderLines = waitHeaders): Promise<RawAnswer> =>
  exchange(loopback.port, requestText(loopback.port, 'GET', path, headers));
const start = (): Promise<RawAnswer> => get(testLaunchPath, launchHeaders);

/** Starts, and gives the address of the waiting page. */
const begin = async (): Promise<string> => (await start()).headers['location'] ?? '';

describe('/start', () => {
  it('begins a launch with the origin that the browser proved, and sends the browser to its waiting page', async () => {
    const answer = await start();
    expect(answer.status).toBe(303);
    expect(launches.started).toEqual([
      { clientId: 'tolvan', ref: testRef, launcher: 'redirect', origin: registeredOrigin },
    ]);
    expect(answer.headers).toMatchObject({
      location: `/oob/v1/wait/${launches.last.id}`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
  });
});

describe('/wait', () => {
  it('shows the state, and asks for itself again with what it has shown', async () => {
    const path = await begin();
    launches.last.moveTo({ step: 'pending', hint: 'noCard' });
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('<h1>Insert your card</h1>');
    expect(answer.body).toContain('<meta http-equiv="refresh" content="1; url=?seen=noCard">');
    expect(launches.last.looks).toEqual([0]);
  });

  it('sends the browser on when it is done', async () => {
    const path = await begin();
    const redirectUri = `${registeredOrigin}/back?response_code=x`;
    launches.last.moveTo({ step: 'done', redirectUri, failed: undefined });
    expect(await get(path)).toMatchObject({ status: 303, headers: { location: redirectUri } });
  });

  it('sends it nowhere but to a registered origin', async () => {
    for (const redirectUri of [
      'https://attacker.example/',
      'javascript:alert(1)',
      '//attacker.example',
      'x',
      undefined,
    ]) {
      const path = await begin();
      launches.last.purpose = 'auth';
      launches.last.moveTo({ step: 'done', redirectUri, failed: undefined });
      const answer = await get(path);
      expect([answer.status, answer.headers['location']]).toEqual([200, undefined]);
      expect(answer.body).toContain('<h1>You are not signed in</h1>');
      expect(answer.body).not.toContain('attacker');
    }
  });

  it('does not say that nothing was signed once the relying party may have the signatures', async () => {
    const path = await begin();
    launches.last.purpose = 'sign';
    launches.last.moveTo({ step: 'done', redirectUri: undefined, failed: undefined });
    expect((await get(path)).body).toContain('<h1>The signature was not completed</h1>');
    launches.last.moveTo({
      step: 'failed',
      hint: 'deliveryFailed',
      problem: { code: 'ERR_REMOTE_RESPONSE', fields: {} },
    });
    expect((await get(path)).body).toContain('<h1>The signature was not completed</h1>');
    launches.last.moveTo({ step: 'failed', hint: 'cardRemoved', problem: undefined });
    expect((await get(path)).body).toContain('<h1>Nothing was signed</h1>');
  });

  it('sends it on after a failure that the relying party was told of', async () => {
    const path = await begin();
    launches.last.moveTo({ step: 'done', redirectUri: `${registeredOrigin}/failed`, failed: 'userCancel' });
    expect(await get(path)).toMatchObject({ status: 303, headers: { location: `${registeredOrigin}/failed` } });
  });

  it('answers a first look at once, holds a refresh that has nothing new, and answers it when something has', async () => {
    const path = await begin();
    expect((await get(path)).status).toBe(200);
    expect((await get(`${path}?seen=noCard`)).status).toBe(200);
    const held = get(`${path}?seen=fetching`);
    await expect.poll(() => launches.last.waiting).toBe(1);
    launches.last.moveTo({ step: 'pending', hint: 'userSign' });
    expect((await held).body).toContain('url=?seen=userSign');
    expect(launches.last.looks).toEqual([0, 0, 10_000]);
  });

  it('holds a few refreshes of one relying party only, so that its pages leave places to the others', async () => {
    await loopback.close();
    await open({ longPolls: 1 });
    const path = await begin();
    const held = get(`${path}?seen=fetching`);
    await expect.poll(() => launches.last.waiting).toBe(1);
    const another = get(`${path}?seen=fetching`);
    await expect.poll(() => launches.last.waiting).toBe(2);
    expect(launches.last.looks).toEqual([10_000, 1000]);
    launches.last.moveTo({ step: 'pending', hint: 'userSign' });
    expect([(await held).status, (await another).status]).toEqual([200, 200]);
  });

  it('answers a refresh that nothing comes of, in the end', async () => {
    await loopback.close();
    await open({ pageWaitMs: 50 });
    const path = await begin();
    expect((await get(`${path}?seen=fetching`)).body).toContain('url=?seen=fetching');
  });

  it('waits no longer for a browser that went away', async () => {
    const path = await begin();
    const socket = connect(loopback.port, '127.0.0.1');
    socket.write(requestText(loopback.port, 'GET', `${path}?seen=fetching`, waitHeaders));
    await expect.poll(() => launches.last.waiting).toBe(1);
    const logged = logger.lines.length;
    socket.destroy();
    await expect.poll(() => launches.last.waiting).toBe(0);
    expect(logger.lines.slice(logged)).toEqual([]);
  });

  it('says that a restart ended it', async () => {
    const path = await begin();
    launches.lost.add(launches.last.id);
    const answer = await get(path);
    expect(answer.status).toBe(410);
    expect(answer.body).toContain('restarted');
    expect(answer.body).not.toMatch(/tolvan/i);
  });

  it('escapes what the relying party is called, and links to no address from a request', async () => {
    await loopback.close();
    const name = `</title><script>"'&`;
    await open({}, { ...testRelyingParty, displayName: { sv: name, en: name } });
    const path = await begin();
    launches.last.moveTo({ step: 'pending', hint: 'noCard' });
    const waiting = await get(path);
    const problem = { code: 'ERR_REMOTE_UNREACHABLE', fields: { host: '<b>host</b>', reason: 'dns' } } as const;
    launches.last.moveTo({ step: 'failed', hint: 'deliveryFailed', problem });
    const failed = await get(path);
    for (const { body } of [waiting, failed]) {
      expect(body).toContain('&#60;/title&#62;&#60;script&#62;&#34;&#39;&#38;');
      expect(body).not.toMatch(/<script|<b>host/);
    }
    expect([...failed.body.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([registeredOrigin]);
  });

  it('never shows a confirmation code, and nothing to type in, whatever the state', async () => {
    const path = await begin();
    const hints = Object.keys(waitingPageMessages.en.waiting).filter(
      (hint) => hint !== 'fetching' && hint !== 'delivering',
    );
    const states: LaunchState[] = [
      { step: 'fetching' },
      { step: 'delivering' },
      ...hints.map((hint) => ({ step: 'pending', hint: hint as PendingHint }) as const),
      ...Object.keys(waitingPageMessages.en.ends).map(
        (hint) => ({ step: 'failed', hint: hint as FailedHint, problem: undefined }) as const,
      ),
    ];
    for (const state of states) {
      launches.last.moveTo(state);
      for (const language of ['sv', 'en'] as const) {
        const { status, body, headers } = await get(path, { ...waitHeaders, 'accept-language': language });
        expect([state, status, /lang="(..)"/.exec(body)?.[1]]).toEqual([state, 200, language]);
        expect(body).not.toMatch(
          /<(script|form|input|button|select|textarea|iframe|img|object|base)|\son\w+=|style=|undefined|\[object/i,
        );
        expect(headers['content-security-policy']).toContain(`'sha256-${hashOfStyle(body)}'`);
      }
    }
  });
});

/** As a browser counts it (CSP Level 3 §6.7.2.2). */
function hashOfStyle(body: string): string {
  const [, style = ''] = /<style>([^]*)<\/style>/.exec(body) ?? [];
  return createHash('sha256').update(Buffer.from(style, 'latin1')).digest('base64');
}
