import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MiddlewareError } from '../../../src/core/errors.js';
import { createOobService, type OobDependencies, type RunningOobService } from '../../../src/oob/create-oob-service.js';
import type { Launch, LaunchStart, OrderOutcome } from '../../../src/oob/oob-service.js';
import { createRelyingPartyRegistry, type RelyingPartyRegistry } from '../../../src/oob/registry.js';
import { markOfLaunch } from '../../../src/oob/replay-store.js';
import { heldRunner, type HeldRun } from '../../support/held-runner.js';
import { memoryReplay, type MemoryReplay } from '../../support/memory-replay.js';
import { recordingLogger, type RecordingLogger } from '../../support/recording-logger.js';
import { scriptedCalls, type ScriptedCall, type ScriptedCalls } from '../../support/scripted-calls.js';
import {
  createTestRelyingParty,
  entryOf,
  signedRequest,
  testNow,
  type TestRelyingParty,
} from '../../support/test-relying-party.js';

const party = createTestRelyingParty();
const other = createTestRelyingParty('other');
const pageOnly = createTestRelyingParty('page-only');
const published = createTestRelyingParty('published');

const launched = (of: TestRelyingParty, changes: Readonly<Record<string, unknown>> = {}) =>
  entryOf(of, {
    launchers: ['page', 'redirect', 'scheme'],
    purposes: ['auth', 'sign'],
    request_endpoint: `${of.page.origin!}/request`,
    response_endpoint: `${of.page.origin!}/response`,
    ...changes,
  });

const everyone = [
  launched(party),
  launched(other),
  entryOf(pageOnly),
  launched(published, { launchers: ['scheme'], unbound: true }),
];

let runs: HeldRun[];
let calls: ScriptedCalls;
let replay: MemoryReplay;
let logger: RecordingLogger;
let registry: RelyingPartyRegistry;
let service: RunningOobService;

const never = new AbortController().signal;
const complete: OrderOutcome = { status: 'complete', assertion: 'a.b.c' };
const back = 'https://rp.example/back?response_code=abc';

function create(changes: Partial<OobDependencies> = {}): RunningOobService {
  return createOobService({
    registry: () => registry,
    calls,
    runner: heldRunner(runs),
    replay,
    clock: { now: () => Date.now(), monotonic: () => Date.now() },
    random: (length) => randomBytes(length),
    logger,
    ...changes,
  });
}

let refs = 0;

const idsOf = (of: TestRelyingParty, launcher: LaunchStart['launcher']): LaunchStart => ({
  clientId: String(of.json['client_id']),
  ref: `ref-${String((refs += 1)).padStart(20, '0')}`,
  launcher,
  origin: launcher === 'redirect' ? of.page.origin : undefined,
});

const launch = (launcher: LaunchStart['launcher'] = 'redirect', of = party): Launch =>
  service.launch(idsOf(of, launcher));

/** What the relying party gives out to this fetch, unless something is changed. */
const requestFor = (
  { args: [, { walletNonce }] }: ScriptedCall<'fetchRequest'>,
  changes: Readonly<Record<string, unknown>> = {},
  of = party,
): string =>
  signedRequest(of, {
    launchers: ['redirect', 'scheme'],
    response_mode: 'direct_post',
    response_uri: `${of.page.origin!}/response`,
    wallet_nonce: walletNonce,
    ...changes,
  });

const settle = async () => await vi.advanceTimersByTimeAsync(0);

async function fetched(started: Launch, changes: Readonly<Record<string, unknown>> = {}, of = party): Promise<void> {
  const fetch = calls.take('fetchRequest');
  fetch.answer({ request: requestFor(fetch, changes, of), date: Date.now() });
  await judged(started);
}

/** Real time, after which it is not a busy machine any more. */
const hangsMs = 30_000;

/** Signatures verify in another thread, which moved time does not hurry. */
async function judged(started: Launch): Promise<void> {
  const begun = performance.now();
  while (started.state.step === 'fetching' && performance.now() - begun < hangsMs) await turnOfLoop();
  expect(started.state.step).not.toBe('fetching');
}

/** Long enough for a signature, for tests in which nothing happens. */
async function aWhile(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await turnOfLoop();
}

const turnOfLoop = async (): Promise<void> => await new Promise((resolve) => void setImmediate(resolve));

async function pending(launcher: LaunchStart['launcher'] = 'redirect', of = party): Promise<Launch> {
  const started = launch(launcher, of);
  await fetched(started, {}, of);
  expect(started.state.step).toBe('pending');
  return started;
}

beforeEach(() => {
  vi.useFakeTimers({ now: testNow, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  runs = [];
  calls = scriptedCalls();
  replay = memoryReplay();
  logger = recordingLogger();
  registry = createRelyingPartyRegistry(everyone);
  service = create();
});

afterEach(async () => {
  expect(calls.untaken).toBe(0);
  await service.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const coded = (code: string) => expect.objectContaining({ code }) as Error;

describe('ownerOfLaunch()', () => {
  const strangers: readonly (readonly [string, Pick<LaunchStart, 'clientId' | 'launcher' | 'origin'>])[] = [
    ['an unknown client_id', { ...idsOf(party, 'scheme'), clientId: 'urn:nobody' }],
    ['a redirect from nowhere', { ...idsOf(party, 'redirect'), origin: undefined }],
    ['a redirect from an origin of somebody else', { ...idsOf(party, 'redirect'), origin: other.page.origin }],
    ['a redirect from an origin that is not exact', { ...idsOf(party, 'redirect'), origin: 'https://rp.example/' }],
    ['a link with an origin', { ...idsOf(party, 'scheme'), origin: party.page.origin }],
    ['a redirect to an entry without', idsOf(pageOnly, 'redirect')],
    ['a redirect to an entry with links only', idsOf(published, 'redirect')],
  ];
  it.each(strangers)('knows nobody for %s', (_, start) => {
    expect(service.ownerOfLaunch(start)).toBeUndefined();
    expect(() => service.launch({ ...start, ref: 'r'.repeat(22) })).toThrow(coded('ERR_OOB_UNAUTHORIZED'));
  });

  it('knows who is registered for it', () => {
    expect(service.ownerOfLaunch(idsOf(party, 'redirect'))?.clientId).toBe('https://rp.example/client');
    expect(service.ownerOfLaunch(idsOf(party, 'scheme'))?.clientId).toBe('https://rp.example/client');
  });
});

describe('launch()', () => {
  it('fetches from the relying party that was named, with a nonce of 256 random bits, and shows nothing yet', async () => {
    const started = launch();
    expect(started).toMatchObject({ state: { step: 'fetching' }, purpose: undefined, origin: 'https://rp.example' });
    expect(started.id).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const fetch = calls.take('fetchRequest');
    expect(fetch.args[0].clientId).toBe('https://rp.example/client');
    expect(fetch.args[1].walletNonce).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect([started.id, fetch.args[1].ref]).not.toContain(fetch.args[1].walletNonce);
    expect(runs).toHaveLength(0);
    fetch.answer({ request: requestFor(fetch), date: undefined });
    await judged(started);
    expect(started).toMatchObject({ state: { step: 'pending', hint: 'outstandingTransaction' }, purpose: 'auth' });
    expect(runs[0]!.order).toMatchObject({ launcher: 'redirect', origin: 'https://rp.example', bound: true });
    expect(runs[0]!.order.id).not.toBe(started.id);
  });

  it('takes another nonce each time', async () => {
    launch();
    const first = calls.take('fetchRequest');
    first.fail(new Error('away'));
    await settle();
    launch();
    const second = calls.take('fetchRequest');
    expect(second.args[1].walletNonce).not.toBe(first.args[1].walletNonce);
  });

  it('tells no origin for a link, and that the user types the code where no browser returns', async () => {
    await pending('scheme');
    await pending('scheme', published);
    expect(runs.map(({ order: { origin, bound } }) => ({ origin, bound }))).toEqual([
      { origin: undefined, bound: true },
      { origin: undefined, bound: false },
    ]);
  });

  it.each(['', 'r'.repeat(21), 'r'.repeat(129), `${'r'.repeat(30)}/..`, `${'r'.repeat(30)}\n`])(
    'refuses the ref %j, and calls nobody',
    (ref) => {
      expect(() => service.launch({ ...idsOf(party, 'scheme'), ref })).toThrow(coded('ERR_OOB_INVALID_PARAMETERS'));
    },
  );

  it('refuses a ref that was used in the last minutes, by whichever launcher, but not that of another', async () => {
    const ids = idsOf(party, 'redirect');
    const started = service.launch(ids);
    await fetched(started);
    expect(() => service.launch(ids)).toThrow(coded('ERR_OOB_LINK_USED'));
    expect(() => service.launch({ ...ids, launcher: 'scheme', origin: undefined })).toThrow(coded('ERR_OOB_LINK_USED'));
    service.launch({ ...idsOf(other, 'redirect'), ref: ids.ref });
    calls.take('fetchRequest');
    await vi.advanceTimersByTimeAsync(600_000);
    calls.take('postResponse');
    service.launch(ids);
    calls.take('fetchRequest');
  });

  it('lets a ref be tried again that never reached the relying party', async () => {
    const ids = idsOf(party, 'redirect');
    service.launch(ids);
    calls.take('fetchRequest').fail(new MiddlewareError('ERR_REMOTE_UNREACHABLE', 'planted'));
    await settle();
    service.launch(ids);
    calls.take('fetchRequest').fail(new MiddlewareError('ERR_OOB_REQUEST_FAILED', 'planted'));
    await settle();
    expect(() => service.launch(ids)).toThrow(coded('ERR_OOB_LINK_USED'));
  });

  it('keeps one fetch in flight of each launcher and relying party, and uses no ref up for the refusal', async () => {
    launch('redirect');
    calls.take('fetchRequest');
    const refused = idsOf(party, 'redirect');
    expect(() => service.launch(refused)).toThrow(coded('ERR_OOB_TOO_MANY_REQUESTS'));
    launch('scheme');
    const scheme = calls.take('fetchRequest');
    expect(() => launch('scheme')).toThrow(coded('ERR_OOB_TOO_MANY_REQUESTS'));
    scheme.fail(new Error('away'));
    await settle();
    launch('scheme');
    calls.take('fetchRequest');
    expect(() => service.launch(refused)).toThrow(coded('ERR_OOB_TOO_MANY_REQUESTS'));
    await vi.advanceTimersByTimeAsync(15_000);
    service.launch(refused);
    calls.take('fetchRequest');
  });

  it('keeps nobody waiting for the slow server of another relying party', () => {
    for (const launcher of ['redirect', 'scheme'] as const) {
      launch(launcher);
      calls.take('fetchRequest');
      launch(launcher, other);
      expect(calls.take('fetchRequest').args[0].clientId).toBe(idsOf(other, launcher).clientId);
    }
  });

  it('gives up a fetch that hangs, even one that hears nothing', async () => {
    const started = launch();
    const fetch = calls.take('fetchRequest');
    await vi.advanceTimersByTimeAsync(15_000);
    expect(fetch.args[2].aborted).toBe(true);
    expect(started.state).toEqual({
      step: 'failed',
      hint: 'requestFailed',
      problem: { code: 'ERR_REMOTE_UNREACHABLE', fields: { host: 'rp.example', reason: 'timeout' } },
    });
    fetch.answer({ request: requestFor(fetch), date: undefined });
    await aWhile();
    expect(runs).toHaveLength(0);
    expect(replay.remembered.size).toBe(0);
  });
});

describe('a request object that was fetched', () => {
  const wrong: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
    ['another wallet_nonce', 'ERR_OOB_UNAUTHORIZED', { wallet_nonce: 'w'.repeat(43) }],
    ['no wallet_nonce', 'ERR_OOB_INVALID_PARAMETERS', { wallet_nonce: undefined }],
    ['another response_uri', 'ERR_OOB_UNAUTHORIZED', { response_uri: 'https://rp.example/response/' }],
    ['the response_uri of another', 'ERR_OOB_UNAUTHORIZED', { response_uri: 'https://other.example/response' }],
    ['no response_uri', 'ERR_OOB_INVALID_PARAMETERS', { response_uri: undefined }],
    ['another issuer', 'ERR_OOB_UNAUTHORIZED', { iss: other.json['client_id'] }],
    ['launchers without this one', 'ERR_OOB_UNAUTHORIZED', { launchers: ['scheme', 'page'] }],
    ['an answer that is collected', 'ERR_OOB_INVALID_PARAMETERS', { response_mode: 'collect' }],
    ['a level that is not registered', 'ERR_OOB_UNAUTHORIZED', { acr_values: ['http://id.sambi.se/loa/loa2'] }],
    ['a claim that nobody knows', 'ERR_OOB_INVALID_PARAMETERS', { callback: 'https://evil.example' }],
  ];
  it.each(wrong)('is refused with %s, and the relying party is told nothing', async (_, code, changes) => {
    const started = launch();
    await fetched(started, changes);
    expect(started.state).toMatchObject({ step: 'failed', hint: 'requestFailed', problem: { code } });
    expect(runs).toHaveLength(0);
    expect(replay.remembered.size).toBe(0);
    expect(calls.untaken).toBe(0);
  });

  it('may be anything: it starts nothing and is told nothing', async () => {
    const part = fc.oneof(
      fc.base64String(),
      fc.json().map((json) => Buffer.from(json).toString('base64url')),
    );
    const some = fc.oneof(
      fc.string(),
      fc.array(part, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('.')),
    );
    await fc.assert(
      fc.asyncProperty(some, fc.option(fc.maxSafeInteger(), { nil: undefined }), async (request, date) => {
        const started = launch();
        calls.take('fetchRequest').answer({ request, date });
        await judged(started);
        expect(started.state).toMatchObject({ step: 'failed', hint: 'requestFailed' });
        expect([runs.length, replay.remembered.size, calls.untaken]).toEqual([0, 0, 0]);
      }),
    );
  });

  it('is refused when another relying party signed it', async () => {
    const started = launch();
    await fetched(started, { iss: party.json['client_id'], response_uri: 'https://rp.example/response' }, other);
    expect(started.state).toMatchObject({ step: 'failed', problem: { fields: { reason: 'signature' } } });
  });

  it('is refused the second time, also after a restart', async () => {
    const first = launch();
    const fetch = calls.take('fetchRequest');
    const request = requestFor(fetch);
    fetch.answer({ request, date: undefined });
    await judged(first);
    expect(first.state.step).toBe('pending');
    // A random number that repeats itself is the only way to the same wallet_nonce.
    const { walletNonce } = fetch.args[1];
    const repeating = create({ random: () => Buffer.from(walletNonce, 'base64url') });
    const again = repeating.launch(idsOf(party, 'redirect'));
    calls.take('fetchRequest').answer({ request, date: undefined });
    await judged(again);
    expect(again.state).toMatchObject({ step: 'failed', hint: 'requestFailed' });
    expect(again.state).toMatchObject({ problem: { fields: { reason: 'replayed' } } });
    expect(runs).toHaveLength(1);
    await repeating.close();
  });

  it('is refused when the entry is removed while it is being fetched', async () => {
    const started = launch();
    registry = createRelyingPartyRegistry([launched(other)]);
    await fetched(started);
    expect(started.state).toMatchObject({ step: 'failed', problem: { code: 'ERR_OOB_UNAUTHORIZED' } });
  });

  it('starts nothing when it cannot be written down', async () => {
    replay.failure = new Error('disk full');
    const started = launch();
    await fetched(started);
    expect(started.state).toEqual({
      step: 'failed',
      hint: 'startFailed',
      problem: { code: 'ERR_INTERNAL', fields: {} },
    });
    expect(runs).toHaveLength(0);
  });

  it('is written down with what a restart has to know', async () => {
    const started = await pending();
    const [written] = [...replay.remembered.values()];
    expect(written!.started).toEqual({ mark: markOfLaunch(started.id), untilMs: testNow + 480_000 });
  });

  it('tells that the own clock is off when the Date header of the relying party says so', async () => {
    for (const [seconds, slow] of [
      [3600, true],
      [-3600, false],
    ] as const) {
      const started = launch();
      const fetch = calls.take('fetchRequest');
      const iat = Math.floor(testNow / 1000) + seconds;
      fetch.answer({ request: requestFor(fetch, { iat, exp: iat + 300 }), date: testNow + seconds * 1000 });
      await judged(started);
      const problem = { code: 'ERR_OOB_CLOCK', fields: { reason: 'own-clock', seconds: 3600, slow } };
      expect(started.state).toEqual({ step: 'failed', hint: 'requestFailed', problem });
    }
  });

  it('blames no clock for an old request object of a relying party that agrees about the time', async () => {
    const started = launch();
    const fetch = calls.take('fetchRequest');
    const iat = Math.floor(testNow / 1000) - 3600;
    fetch.answer({ request: requestFor(fetch, { iat, exp: iat + 300 }), date: testNow });
    await judged(started);
    expect(started.state).toMatchObject({ problem: { code: 'ERR_OOB_REQUEST_FAILED', fields: { detail: 'expired' } } });
  });
});

describe('a pending launch', () => {
  it('tells its hints, and that a signature is asked for', async () => {
    const started = launch();
    const documents = [
      { label: 'Avtal', digest_alg: 'sha256', digest: Buffer.alloc(32, 1).toString('base64url') },
      { label: 'Bilaga', digest_alg: 'sha512', digest: Buffer.alloc(64, 2).toString('base64url') },
    ];
    await fetched(started, { purpose: 'sign', visible_text: 'Jag godkänner\navtalet', documents });
    const before = started.state;
    const changed = started.changed(before, 25_000, never);
    runs[0]!.progress.hint('chooseCard');
    await changed;
    expect(started).toMatchObject({ purpose: 'sign', state: { step: 'pending', hint: 'chooseCard' } });
    expect(runs[0]!.order).toMatchObject({
      visibleText: 'Jag godkänner\navtalet',
      documents: [{ label: 'Avtal' }, {}],
    });
    runs[0]!.end({ status: 'complete', signatures: [new Uint8Array([1]), new Uint8Array([2])] });
    await settle();
    const post = calls.take('postResponse');
    expect(post.args[1]).toEqual({ ref: expect.any(String), signatures: [new Uint8Array([1]), new Uint8Array([2])] });
    post.answer({ redirectUri: back });
    await settle();
    expect(started.state).toEqual({ step: 'done', redirectUri: back, failed: undefined });
  });

  it('waits no longer than asked, and not at all for a state that is past', async () => {
    const started = await pending();
    let answered = false;
    const waiting = started.changed(started.state, 20_000, never).then(() => (answered = true));
    await vi.advanceTimersByTimeAsync(19_999);
    expect(answered).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    await started.changed({ step: 'fetching' }, 20_000, never);
    const gone = new AbortController();
    const aborted = started.changed(started.state, 20_000, gone.signal);
    gone.abort();
    await aborted;
  });

  it('expires, and the relying party is told', async () => {
    const started = await pending('scheme');
    await vi.advanceTimersByTimeAsync(180_000);
    expect(runs[0]!.progress.signal.reason).toBe('expiredTransaction');
    expect(started.state).toEqual({ step: 'delivering' });
    const post = calls.take('postResponse');
    expect(post.args[1]).toEqual({ ref: expect.any(String), error: 'expiredTransaction' });
    post.answer({ redirectUri: back });
    await settle();
    expect(started.state).toEqual({ step: 'done', redirectUri: back, failed: 'expiredTransaction' });
  });

  it('is replaced by a newer order of the same relying party while it only waits', async () => {
    const older = await pending();
    const { orderRef } = await service.start(signedRequest(party, { launchers: ['page'] }), party.page, 'auth');
    expect(runs[0]!.progress.signal.reason).toBe('cancelled');
    await settle();
    calls.take('postResponse').answer({ redirectUri: back });
    await settle();
    expect(older.state).toMatchObject({ step: 'done', failed: 'cancelled' });
    await pending('scheme');
    expect(await service.collect(orderRef, party.page, 0, never)).toEqual({ status: 'failed', hintCode: 'cancelled' });
  });

  it('gives way to an order with an open prompt, which is told, and uses no request object up', async () => {
    await service.start(signedRequest(party, { launchers: ['page'] }), party.page, 'auth');
    const askedAgain = vi.fn();
    runs[0]!.progress.onAskedAgain(askedAgain);
    runs[0]!.progress.promptOpen(true);
    const started = launch();
    await fetched(started);
    expect(started.state).toEqual({
      step: 'failed',
      hint: 'startFailed',
      problem: { code: 'ERR_OOB_ALREADY_IN_PROGRESS', fields: {} },
    });
    expect(askedAgain).toHaveBeenCalledOnce();
    expect(replay.remembered.size).toBe(1);
    expect(runs[0]!.progress.signal.aborted).toBe(false);
    expect(logger.lines).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ code: 'ERR_OOB_ALREADY_IN_PROGRESS' }) as object }),
    );
  });

  it('disturbs no open prompt before its signature has verified', async () => {
    await service.start(signedRequest(party, { launchers: ['page'] }), party.page, 'auth');
    const askedAgain = vi.fn();
    runs[0]!.progress.onAskedAgain(askedAgain);
    runs[0]!.progress.promptOpen(true);
    const started = launch();
    await fetched(started, { wallet_nonce: 'w'.repeat(43) });
    expect(askedAgain).not.toHaveBeenCalled();
  });
});

describe('a redirect that nobody looks at', () => {
  it('is cancelled with its prompt after 30 seconds, and the relying party is told', async () => {
    const started = await pending();
    await vi.advanceTimersByTimeAsync(29_999);
    await started.changed(started.state, 0, never);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(service.findLaunch(started.id)).toBe(started);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(runs[0]!.progress.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(runs[0]!.progress.signal.reason).toBe('cancelled');
    expect(calls.take('postResponse').args[1]).toMatchObject({ error: 'cancelled' });
  });

  it('lives while a page waits', async () => {
    const started = await pending();
    const waiting = started.changed(started.state, 60_000, never);
    await vi.advanceTimersByTimeAsync(59_999);
    expect(runs[0]!.progress.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(runs[0]!.progress.signal.aborted).toBe(true);
    calls.take('postResponse');
  });

  it('is another matter than a link', async () => {
    await pending('scheme');
    await vi.advanceTimersByTimeAsync(179_999);
    expect(runs[0]!.progress.signal.aborted).toBe(false);
  });

  it('loses no answer that is on its way', async () => {
    const started = await pending();
    runs[0]!.end(complete);
    await vi.advanceTimersByTimeAsync(100_000);
    calls.take('postResponse').answer({ redirectUri: back });
    await settle();
    expect(started.state).toEqual({ step: 'done', redirectUri: back, failed: undefined });
  });
});

describe('cancel()', () => {
  it('ends a fetch, whatever it brings later, and tells the relying party nothing', async () => {
    const started = launch();
    const fetch = calls.take('fetchRequest');
    started.cancel();
    await settle();
    expect(fetch.args[2].aborted).toBe(true);
    expect(started.state).toEqual({ step: 'failed', hint: 'cancelled', problem: undefined });
    fetch.answer({ request: requestFor(fetch), date: undefined });
    await aWhile();
    expect(runs).toHaveLength(0);
  });

  it('ends a launch whose request object is being written down', async () => {
    const written: (() => void)[] = [];
    const remember = (): Promise<boolean> => new Promise((resolve) => written.push(() => resolve(true)));
    service = create({ replay: { ...replay, remember } });
    const started = launch();
    const fetch = calls.take('fetchRequest');
    fetch.answer({ request: requestFor(fetch), date: undefined });
    while (written.length === 0) await turnOfLoop();
    started.cancel();
    written[0]!();
    await settle();
    expect(started.state).toEqual({ step: 'failed', hint: 'cancelled', problem: undefined });
    expect(runs).toHaveLength(0);
  });

  it('ends a pending one, and does nothing to one that is answered', async () => {
    const first = await pending();
    first.cancel();
    await settle();
    calls.take('postResponse').fail(new MiddlewareError('ERR_REMOTE_UNREACHABLE', 'planted'));
    await settle();
    expect(first.state).toEqual({ step: 'failed', hint: 'cancelled', problem: undefined });
    const second = await pending();
    runs[1]!.end(complete);
    await settle();
    second.cancel();
    calls.take('postResponse').answer({ redirectUri: back });
    await settle();
    second.cancel();
    expect(second.state).toMatchObject({ step: 'done', failed: undefined });
  });
});

describe('an answer', () => {
  const unreachable = new MiddlewareError('ERR_REMOTE_UNREACHABLE', 'planted', { fields: { reason: 'refused' } });

  async function answered(of = party): Promise<Launch> {
    const started = await pending('scheme', of);
    runs.at(-1)!.end(complete);
    await settle();
    expect(started.state).toEqual({ step: 'delivering' });
    return started;
  }

  it('is posted with the ref to the relying party', async () => {
    const ids = idsOf(party, 'redirect');
    const started = service.launch(ids);
    await fetched(started);
    runs[0]!.end(complete);
    await settle();
    const post = calls.take('postResponse');
    expect(post.args[0].clientId).toBe(ids.clientId);
    expect(post.args[1]).toEqual({ ref: ids.ref, assertion: 'a.b.c' });
    post.answer({ redirectUri: back });
    await settle();
    expect(started.state).toEqual({ step: 'done', redirectUri: back, failed: undefined });
  });

  it('is posted once more, 2 seconds later, when nobody could be reached', async () => {
    const started = await answered();
    calls.take('postResponse').fail(unreachable);
    await vi.advanceTimersByTimeAsync(1999);
    expect(calls.untaken).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    calls.take('postResponse').answer({ redirectUri: back });
    await settle();
    expect(started.state).toMatchObject({ step: 'done', redirectUri: back });
  });

  it('is posted no third time', async () => {
    const started = await answered();
    for (let attempt = 0; attempt < 2; attempt += 1) {
      calls.take('postResponse').fail(unreachable);
      await vi.advanceTimersByTimeAsync(10_000);
    }
    const problem = { code: 'ERR_REMOTE_UNREACHABLE', fields: { reason: 'refused' } };
    expect(started.state).toEqual({ step: 'failed', hint: 'deliveryFailed', problem });
  });

  it.each(['ERR_OOB_DELIVERY_FAILED', 'ERR_REMOTE_RESPONSE', 'ERR_REMOTE_TLS'] as const)(
    'is not posted again after %s',
    async (code) => {
      const started = await answered();
      calls.take('postResponse').fail(new MiddlewareError(code, 'planted'));
      await vi.advanceTimersByTimeAsync(10_000);
      expect(started.state).toMatchObject({ step: 'failed', hint: 'deliveryFailed', problem: { code } });
    },
  );

  it('is not posted again when it no longer counts', async () => {
    const started = await answered();
    vi.setSystemTime(Date.now() + 179_000);
    calls.take('postResponse').fail(unreachable);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(started.state).toMatchObject({ step: 'failed', hint: 'deliveryFailed' });
  });

  it('signs nobody in without somewhere to go on to, except where no browser returns', async () => {
    const bound = await answered();
    calls.take('postResponse').answer({ redirectUri: undefined });
    const unbound = await answered(published);
    calls.take('postResponse').answer({ redirectUri: undefined });
    await settle();
    expect(bound.state).toMatchObject({ hint: 'deliveryFailed', problem: { code: 'ERR_OOB_DELIVERY_FAILED' } });
    expect(unbound.state).toEqual({ step: 'done', redirectUri: undefined, failed: undefined });
  });
});

describe('findLaunch()', () => {
  it('knows an ended launch for five minutes', async () => {
    const started = await pending();
    runs[0]!.end({ status: 'failed', hintCode: 'userCancel' });
    await settle();
    calls.take('postResponse').answer({ redirectUri: undefined });
    await settle();
    expect(started.state).toEqual({ step: 'done', redirectUri: undefined, failed: 'userCancel' });
    await vi.advanceTimersByTimeAsync(299_999);
    expect(service.findLaunch(started.id)).toBe(started);
    await vi.advanceTimersByTimeAsync(1);
    expect(service.findLaunch(started.id)).toBeUndefined();
  });

  it('keeps eight ended launches of a relying party and a launcher, and pushes out no other', async () => {
    const fail = async (launcher: LaunchStart['launcher'], of = party): Promise<Launch> => {
      const started = launch(launcher, of);
      calls.take('fetchRequest').fail(new MiddlewareError('ERR_OOB_REQUEST_FAILED', 'planted'));
      await settle();
      return started;
    };
    const kept = [await fail('redirect'), await fail('scheme', other)];
    const links: Launch[] = [];
    for (let count = 0; count < 20; count += 1) links.push(await fail('scheme'));
    for (const { id } of [...kept, ...links.slice(-8)]) expect(service.findLaunch(id)).toBeDefined();
    expect(service.findLaunch(links.at(-9)!.id)).toBeUndefined();
  });

  it('tells that a restart ended it, and knows nothing of other ids', () => {
    const id = 'L'.repeat(43);
    service = create({ replay: memoryReplay([markOfLaunch(id)]) });
    expect(service.findLaunch(id)).toBe('lost');
    expect(service.findLaunch('M'.repeat(43))).toBeUndefined();
  });
});

describe('close()', () => {
  it('ends launches in every state, calls nobody any more, and refuses new ones', async () => {
    const delivering = await pending('scheme', other);
    runs[0]!.end(complete);
    await settle();
    const post = calls.take('postResponse');
    const waiting = await pending('scheme');
    const fetching = launch();
    const fetch = calls.take('fetchRequest');
    await service.close();
    expect([post.args[2].aborted, fetch.args[2].aborted, runs[1]!.progress.signal.reason]).toEqual([
      true,
      true,
      'cancelled',
    ]);
    expect(delivering.state).toMatchObject({ step: 'failed', hint: 'deliveryFailed' });
    expect(waiting.state).toMatchObject({ step: 'failed', hint: 'cancelled' });
    expect(fetching.state).toMatchObject({ step: 'failed', hint: 'cancelled' });
    expect(() => launch()).toThrow(coded('ERR_ABORTED'));
  });
});
