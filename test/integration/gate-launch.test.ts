import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Loopback } from '../../src/daemon/loopback/start-loopback.js';
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

const open = async (limits = {}): Promise<void> => {
  launches = recordingLaunches(testRelyingParty);
  const service = recordingOobService(testRelyingParty);
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
});
