import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../src/client/client.js';
import { levelUri, verifyRemoval, verifySignatures, type VerifiedLogin } from '../../src/verify/verify.js';
import { OrderBench, until, type LaunchEnd, type PageOrder } from '../support/order-bench.js';
import {
  startRelyingServer,
  type LaunchSession,
  type PostedBody,
  type RelyingAnswer,
  type RelyingServer,
  type RelyingServerOptions,
} from '../support/relying-server.js';
import { createServerCa, tlsOptionsOf, type ServerCa } from '../support/remote-server.js';

/*
 * Launches by redirect and by link with the programs as they are installed: real addresses of relying parties, virtual
 * cards, and a browser's calls. Without a mount namespace there is no administrator's entry: then it fails, and does not
 * skip.
 */
let ca: ServerCa;
let bench: OrderBench;
/** The administrator's, to which no browser returns. */
let remoteDesktop: RelyingServer;
let clinic: RelyingServer;
let parties = 0;
beforeAll(async () => {
  ca = await createServerCa();
  const tls = tlsOptionsOf(await ca.issue(['localhost']));
  const entry = (): Readonly<Record<string, unknown>> => ({ unbound: true, origins: [] });
  remoteDesktop = await startRelyingServer({ name: 'remote-desktop', launchers: ['scheme'], tls, entry });
  bench = await OrderBench.start({ entries: [remoteDesktop.entry], caFile: ca.caFile });
  remoteDesktop.onResponse = () => ({ json: {} });
  await bench.add(remoteDesktop, { registered: true });
  clinic = await party({ launchers: ['redirect', 'scheme'] });
  await bench.useCards('tolvan-ec');
});
afterAll(async () => {
  await bench.close();
  ca.remove();
});
beforeEach(() => {
  bench.willing();
  bench.surface.shown.length = 0;
  bench.surface.closed.length = 0;
});

/** A registered relying party of its own: starts are counted for each. */
async function party(options: Partial<RelyingServerOptions> = {}): Promise<RelyingServer> {
  parties += 1;
  return await bench.add(await startRelyingServer({ name: `rp-${parties}`, launchers: ['redirect'], ...options }));
}

/** What the log says of the last launch that failed. */
const lastFailure = (): unknown => {
  const line = bench.daemon
    .log()
    .split('\n')
    .findLast((text) => text.includes('"Launch failed"'));
  return JSON.parse(line ?? 'null');
};

const textIn = (end: LaunchEnd): string => ('text' in end ? end.text : `went on to ${end.location}`);

describe('a launch by redirect', () => {
  it('fetches, asks, posts, and sends the browser on with the code', async () => {
    const session = clinic.begin();
    const end = await bench.redirect(clinic, session);
    expect(end).toEqual({ location: expect.stringContaining(`${clinic.origin}/return?response_code=`) as string });
    expect(bench.surface.shown[0]).toMatchObject({
      launcher: 'redirect',
      origin: clinic.origin,
      confirmationCode: session.created?.confirmationCode,
      relyingParty: { name: { en: clinic.displayName }, registeredBy: 'user' },
    });
    expect(session.answers).toEqual([{ ref: session.ref, assertion: expect.any(String) as string }]);
    const login = await bench.verify(clinic, session.created!, session.answers[0]?.['assertion']);
    expect(login).toMatchObject({ launcher: 'redirect', origin: clinic.origin, bound: true, level: levelUri(3) });
    expect(clinic.calls).toEqual({ request: 1, response: 1, removal: 0 });

    // The same address once more is another tab, or an attacker: it starts nothing, and nobody is called.
    const again = await bench.redirect(clinic, session);
    expect(again).toMatchObject({ status: 400 });
    expect(textIn(again)).toContain('starts no login');
    expect(clinic.calls.request).toBe(1);
  });

  it('brings signatures, too', async () => {
    await bench.useCards('tolvan-pkcs15-sign');
    const digest = createHash('sha384').update('TEST document').digest();
    const documents = [{ label: 'Referral', digestAlgorithm: 'sha384' as const, digest }];
    const session = clinic.begin({ signature: { visibleText: 'TEST referral', documents } });
    expect(await bench.redirect(clinic, session)).toHaveProperty('location');
    const { request = '' } = session.created ?? {};
    const [answer] = session.answers;
    expect(Object.keys(answer ?? {})).toEqual(['ref', 'signatures']);
    const verified = await verifySignatures(answer?.['signatures'] as readonly string[], {
      clientId: clinic.clientId,
      request,
      policy: bench.trust,
      consumeNonce: () => Promise.resolve(true),
    });
    expect(verified.documents).toMatchObject([{ label: 'Referral' }]);
    await bench.useCards('tolvan-ec');
  });

  it('that the user cancels is told to the relying party, and goes on from there', async () => {
    const session = clinic.begin();
    bench.surface.beforePin = async ({ promptId }) => {
      await bench.client.request('prompt.cancel', { promptId });
    };
    expect(await bench.redirect(clinic, session)).toHaveProperty('location');
    expect(session.answers).toEqual([{ ref: session.ref, error: 'userCancel' }]);
  });

  it('shows nothing but a page when the relying party is dead, and may be begun anew', async () => {
    const dead = await party();
    const session = dead.begin();
    await dead.close();
    for (let times = 0; times < 2; times += 1) {
      const text = textIn(await bench.redirect(dead, session));
      expect(text).toContain(`The server ${new URL(dead.origin).host} could not be reached`);
      expect(text).toContain(`Back to ${dead.displayName}`);
    }
    expect(bench.surface.shown).toEqual([]);
  });

  const requestFailures: readonly (readonly [
    name: string,
    answer: (rp: RelyingServer, body: PostedBody) => RelyingAnswer | Promise<RelyingAnswer>,
    text: string,
    reason: object,
  ])[] = [
    [
      'no JSON',
      () => ({ text: '<html>', headers: { 'content-type': 'text/html' } }),
      'did not answer as it should',
      { reason: 'malformed' },
    ],
    [
      'JSON without a request',
      () => ({ json: { object: 'x' } }),
      'did not answer as it should',
      { reason: 'malformed' },
    ],
    [
      'a body without an end',
      () => ({ text: `{"request":"${'A'.repeat(200_000)}"}` }),
      'did not answer as it should',
      { reason: 'too-long' },
    ],
    [
      'an error',
      () => ({ status: 500, json: {} }),
      "was not accepted: the service's server refused, HTTP 500.",
      { status: 500 },
    ],
    [
      'a redirect',
      (rp) => ({ status: 302, headers: { location: `${rp.origin}/elsewhere` } }),
      "was not accepted: the service's server refused, HTTP 302.",
      { status: 302 },
    ],
    [
      'a request that is none',
      () => ({ json: { request: 'a.b.c' } }),
      "The service's request is malformed.",
      { code: 'ERR_OOB_INVALID_PARAMETERS' },
    ],
    [
      'another wallet_nonce',
      (rp, body) => rp.requestFor({ ...body, wallet_nonce: 'A'.repeat(43) }),
      'could not prove who it is',
      { reason: 'wallet_nonce' },
    ],
    [
      'another response_uri than the registered one',
      (rp, body) => {
        const walletNonce = String(body['wallet_nonce']);
        return rp.requestFor(body, { directPost: { responseUri: `${rp.origin}/response2`, walletNonce } });
      },
      'could not prove who it is',
      { reason: 'response_uri' },
    ],
    [
      'a request for links only',
      (rp, body) => rp.requestFor(body, { launchers: ['scheme'] }),
      'could not prove who it is',
      { reason: 'launcher' },
    ],
    [
      'the request of another',
      (_rp, body) => clinic.requestFor({ ...body, ref: clinic.begin().ref }),
      'could not prove who it is',
      { reason: 'issuer' },
    ],
    [
      'a request that another key has signed',
      (rp, body) => {
        const key = { privateKey: clinic.privateKey, algorithm: 'ES256', keyId: '1' } as const;
        return rp.requestFor(body, { key });
      },
      'could not prove who it is',
      { reason: 'signature' },
    ],
  ];

  it.each(requestFailures)('shows nothing but a page for %s', async (_name, answer, text, reason) => {
    const rp = await party();
    rp.onRequest = (body) => answer(rp, body);
    const end = await bench.redirect(rp, rp.begin());
    expect(textIn(end)).toContain(text);
    expect(textIn(end)).toContain('It did not work');
    expect(lastFailure()).toMatchObject({ relyingParty: rp.clientId, hint: 'requestFailed', ...reason });
    expect(bench.surface.shown).toEqual([]);
    expect(rp.calls).toEqual({ request: 1, response: 0, removal: 0 });
    expect(rp.strays).toEqual([]);
  });

  it.each([
    [
      'an hour slow',
      3_600_000,
      3_600_000,
      "This computer's clock and the service's clock differ too much (60 minutes)",
    ],
    [
      'an hour fast',
      -3_600_000,
      -3_600_000,
      "This computer's clock and the service's clock differ too much (60 minutes)",
    ],
    ['right, and the request object old', 0, -3_600_000, 'could not be fetched, or was not accepted'],
  ])('says whose clock it is: %s', async (_name, serverOff, requestOff, text) => {
    const rp = await party();
    rp.onRequest = async (body) => {
      const answer = await rp.requestFor(body, { now: Date.now() + requestOff });
      const date = new Date(Date.now() + serverOff).toUTCString();
      return answer === 'silence' ? answer : { ...answer, headers: { date } };
    };
    const end = textIn(await bench.redirect(rp, rp.begin()));
    expect(end.replace(/\((59|61) minutes\)/, '(60 minutes)')).toContain(text);
    expect(bench.surface.shown).toEqual([]);
  });

  it.each([
    ['no JSON', () => ({ text: 'OK' }), 'did not answer as it should'],
    [
      'an error',
      () => ({ status: 500, json: {} }),
      "could not be handed to the service (the service's server refused, HTTP 500)",
    ],
    [
      'no way back',
      () => ({ json: {} }),
      'could not be handed to the service (the service did not say where the browser goes on to)',
    ],
    [
      'a way to strangers',
      () => ({ json: { redirect_uri: 'https://evil.example/' } }),
      '(the address to go on to does not belong to the service)',
    ],
    [
      'a script',
      () => ({ json: { redirect_uri: 'javascript:alert(1)' } }),
      '(the address to go on to does not belong to the service)',
    ],
  ] as const)(
    'ends without a login when the answer is answered by %s, and posts no second time',
    async (_name, answer, text) => {
      const rp = await party();
      rp.onResponse = answer;
      const end = await bench.redirect(rp, rp.begin());
      expect(textIn(end)).toContain('You are not signed in');
      expect(textIn(end)).toContain(text);
      expect(lastFailure()).toMatchObject({ relyingParty: rp.clientId, hint: 'deliveryFailed' });
      expect(rp.calls).toEqual({ request: 1, response: 1, removal: 0 });
    },
  );

  it('ends without a login when the relying party dies while the PIN is typed', async () => {
    const rp = await party();
    const session = rp.begin();
    const right = bench.surface.beforePin;
    bench.surface.beforePin = async (prompt) => {
      await right?.(prompt);
      await rp.close();
    };
    const end = textIn(await bench.redirect(rp, session));
    expect(end).toContain('You are not signed in');
    expect(end).toContain(`The server ${new URL(rp.origin).host} could not be reached`);
    expect(lastFailure()).toMatchObject({ relyingParty: rp.clientId, hint: 'deliveryFailed' });
    expect(session.answers).toEqual([]);
  });
});

const open = async ({ clientId }: RelyingServer, { ref }: LaunchSession, client = bench.client) =>
  await client.request('launch.open', { clientId, ref }, { timeoutMs: 60_000 });

describe('launch.open', () => {
  it('brings the answer, which names no origin, and where the browser goes on', async () => {
    const session = clinic.begin();
    const outcome = await open(clinic, session);
    expect(outcome).toEqual({
      status: 'complete',
      redirectUri: expect.stringContaining(`${clinic.origin}/return?response_code=`) as string,
    });
    const login = await bench.verify(clinic, session.created!, session.answers[0]?.['assertion']);
    expect(login).toMatchObject({ launcher: 'scheme', origin: undefined, bound: true });
  });

  it('is cancelled, and the relying party told, when nobody waits for it any more', async () => {
    const session = clinic.begin();
    const caller = await connect({ socketPath: bench.daemon.socketPath });
    const asked = bench.pinAsked();
    const outcome = open(clinic, session, caller).catch((error: unknown) => error);
    const { release } = await asked;
    caller.close();
    expect(await outcome).toMatchObject({ code: 'ERR_IPC_DAEMON_UNREACHABLE' });
    await until(() => session.answers.length === 1);
    expect(session.answers).toEqual([{ ref: session.ref, error: 'cancelled' }]);
    await expect
      .poll(() => bench.surface.closed)
      .toMatchObject([{ outcome: { status: 'failed', hintCode: 'cancelled' } }]);
    release();
  });

  it('where no browser returns the user types the code, and the answer says that it is not bound', async () => {
    const session = remoteDesktop.begin({ confirmationCode: 'K7PX' });
    bench.surface.codes = ['K7P2', 'k7-px'];
    expect(await open(remoteDesktop, session)).toMatchObject({ status: 'complete' });
    const { shown } = bench.surface;
    expect(shown[0]).toMatchObject({ state: 'code', relyingParty: { registeredBy: 'system' } });
    expect(shown.every(({ confirmationCode }) => confirmationCode === undefined)).toBe(true);
    expect(shown.map(({ problem }) => problem?.code)).toContain('ERR_OOB_CONFIRMATION_CODE');
    const { assertion } = session.answers[0] ?? {};
    const origins = { origins: [] };
    await expect(bench.verify(remoteDesktop, session.created!, assertion, origins)).rejects.toMatchObject({
      code: 'ERR_VERIFY_UNBOUND',
    });
    const allowed = await bench.verify(remoteDesktop, session.created!, assertion, { ...origins, allowUnbound: true });
    expect(allowed).toMatchObject({ bound: false, launcher: 'scheme', origin: undefined });
  });

  it('asks for no PIN when the code is wrong three times', async () => {
    const session = remoteDesktop.begin({ confirmationCode: 'K7PX' });
    const before = await bench.tries();
    bench.surface.codes = ['AAAA', 'BBBB', 'CCCC', 'K7PX'];
    expect(await open(remoteDesktop, session)).toMatchObject({ status: 'failed', hintCode: 'userCancel' });
    expect(session.answers).toEqual([{ ref: session.ref, error: 'userCancel' }]);
    expect(bench.surface.codes).toEqual(['K7PX']);
    expect([...new Set(bench.surface.shown.map(({ state }) => state))]).toEqual(['code']);
    expect(await bench.tries()).toEqual(before);
  });

  it('starts nothing for an unregistered one, and tells nothing', async () => {
    const stranger = { ...clinic, clientId: 'urn:kort:e2e:stranger' };
    await expect(open(stranger, clinic.begin())).rejects.toMatchObject({ code: 'ERR_OOB_UNAUTHORIZED' });
    // Registered, but not for links.
    const other = await party({ launchers: ['redirect'] });
    await expect(open(other, other.begin())).rejects.toMatchObject({ code: 'ERR_OOB_UNAUTHORIZED' });
    expect(other.calls.request).toBe(0);
  });
});

const withRemoval = {
  launchers: ['page'] as const,
  entry: (url: string) => ({ removal_endpoint: `${url}/removal` }),
};
/** What the relying party makes of the one report that came. */
const removed = async ({ clientId, removals }: RelyingServer, { orderId, removalJwk }: VerifiedLogin) =>
  await verifyRemoval(removals[0] ?? '', {
    clientId,
    keyOf: (sid) => (sid === orderId ? removalJwk : undefined),
    consumeJti: () => true,
  });

describe('a card that is pulled after a login', () => {
  it('is told to the relying party within five seconds', async () => {
    const rp = await party(withRemoval);
    const login = await bench.login(rp);
    expect(rp.removals).toEqual([]);
    const pulledAt = performance.now();
    await bench.pull('tolvan-ec');
    await until(() => rp.removals.length === 1);
    expect(performance.now() - pulledAt).toBeLessThan(5_000);
    expect(await removed(rp, login)).toMatchObject({ sid: login.orderId });
    // Nobody else's, and not another login's.
    await expect(removed({ ...rp, clientId: clinic.clientId }, login)).rejects.toMatchObject({
      code: 'ERR_VERIFY_REMOVAL',
    });
    await bench.useCards('tolvan-ec');
  });
});

describe('a program that was killed in the midst of orders', () => {
  let missed: { readonly rp: RelyingServer; readonly login: VerifiedLogin };
  let order: PageOrder;
  let redirected: RelyingServer;
  let waitPath: string;
  beforeAll(async () => {
    bench.willing();
    const rp = await party(withRemoval);
    missed = { rp, login: await bench.login(rp) };
    // One order stands open, and one by redirect waits behind it.
    const asked = bench.pinAsked();
    order = await bench.startPage(await party({ launchers: ['page'] }), 'auth');
    await asked;
    redirected = await party();
    ({ location: waitPath = '' } = await bench.startRedirect(redirected, redirected.begin()));
    await until(async () => (await bench.client.request('prompt.attach', { kind: 'terminal' })).waiting.length === 1);
    // The card is pulled meanwhile: only the sandbox's first one is in afterwards.
    await bench.killAndStart();
    await bench.useCards('tolvan');
  });

  const collect = async ({ party: by, orderRef }: PageOrder) => {
    const { status, body } = await bench.post(by, '/oob/v1/collect', { orderRef });
    return [status, body] as const;
  };
  const notFound = [404, expect.objectContaining({ errorCode: 'notFound' })];

  it('tells the caller of an order that it has failed, as often as it is asked, and nobody else anything', async () => {
    const lost = [200, { orderRef: order.orderRef, status: 'failed', hintCode: 'startFailed' }];
    expect(await collect(order)).toEqual(lost);
    expect(await collect({ ...order, party: missed.rp })).toEqual(notFound);
    expect(await collect({ ...order, orderRef: 'A'.repeat(43) })).toEqual(notFound);
    expect(await collect(order)).toEqual(lost);
  });

  it('says so on the waiting page of a launch, and nothing on one that never was', async () => {
    const lost = await bench.followRedirect(waitPath);
    expect(lost).toMatchObject({ status: 410 });
    expect(textIn(lost)).toContain('The program kort restarted while you were signing in or signing');
    expect(await bench.followRedirect(`/oob/v1/wait/${'A'.repeat(43)}`)).toMatchObject({ status: 404 });
    expect(redirected.calls).toEqual({ request: 1, response: 0, removal: 0 });
  });

  it('takes no request object a second time, and a new one as ever', async () => {
    const { request } = order.created;
    const replayed = await bench.post(order.party, '/oob/v1/auth', { request });
    expect([replayed.status, replayed.body['errorCode']]).toEqual([401, 'unauthorized']);
    expect(bench.surface.shown).toEqual([]);
    expect(await bench.login(order.party)).toMatchObject({ level: levelUri(3) });
  });

  it('waits no longer than before for relying parties that say nothing', async () => {
    const [slowToAnswer, slowToTake] = [await party({ launchers: ['scheme'] }), await party()];
    slowToAnswer.onRequest = () => 'silence';
    slowToTake.onResponse = () => 'silence';
    const link = open(slowToAnswer, slowToAnswer.begin());
    const taken = await bench.redirect(slowToTake, slowToTake.begin());
    expect(await link).toMatchObject({
      status: 'failed',
      hintCode: 'requestFailed',
      problem: { code: 'ERR_REMOTE_UNREACHABLE', fields: { reason: 'timeout' } },
    });
    expect(textIn(taken)).toContain('You are not signed in');
    expect(textIn(taken)).toContain('could not be reached (no answer came in time)');
    // Once more after two seconds, and then no more.
    expect(slowToTake.calls.response).toBe(2);
  });

  it('tells of the card that was pulled while it was dead', async () => {
    const { rp, login } = missed;
    // A reader may take its time after a start: ten seconds, most of which have gone by.
    await until(() => rp.removals.length === 1);
    expect(await removed(rp, login)).toMatchObject({ sid: login.orderId });
  });
});
