import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MiddlewareError } from '../../../src/core/errors.js';
import type { OobCaller, OrderOutcome } from '../../../src/oob/oob-service.js';
import { createOobService, type OobDependencies, type RunningOobService } from '../../../src/oob/create-oob-service.js';
import { createRelyingPartyRegistry } from '../../../src/oob/registry.js';
import { markOfOrder } from '../../../src/oob/replay-store.js';
import { heldRunner, type HeldRun } from '../../support/held-runner.js';
import { memoryReplay, type MemoryReplay } from '../../support/memory-replay.js';
import { recordingLogger } from '../../support/recording-logger.js';
import { noCalls, scriptedCalls } from '../../support/scripted-calls.js';
import { createTestRelyingParty, entryOf, signedRequest, testNow } from '../../support/test-relying-party.js';

const party = createTestRelyingParty();
const other = createTestRelyingParty('other');
const many = Array.from({ length: 9 }, (_, index) => createTestRelyingParty(`many-${index}`));
const registry = createRelyingPartyRegistry([party, other, ...many].map((one) => entryOf(one)));

let runs: HeldRun[];
let service: RunningOobService;
let replay: MemoryReplay;

const never = new AbortController().signal;
const complete: OrderOutcome = { status: 'complete', assertion: 'a.b.c' };

function create(changes: Partial<OobDependencies> = {}): RunningOobService {
  return createOobService({
    registry: () => registry,
    runner: heldRunner(runs),
    calls: noCalls,
    replay,
    clock: { now: () => Date.now(), monotonic: () => Date.now() },
    random: (length) => randomBytes(length),
    logger: recordingLogger(),
    ...changes,
  });
}

const collect = async (orderRef: string, caller: OobCaller = party.page, waitMs = 0, signal = never) =>
  await service.collect(orderRef, caller, waitMs, signal);

const start = async (of = party, caller = of.page): Promise<string> =>
  (await service.start(signedRequest(of), caller, 'auth')).orderRef;

beforeEach(() => {
  vi.useFakeTimers({ now: testNow });
  runs = [];
  replay = memoryReplay();
  service = create();
});

afterEach(async () => {
  await service.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('start()', () => {
  it('gives an order of 256 random bits and three minutes, and another id to the runner', async () => {
    const started = await service.start(signedRequest(party), party.page, 'auth');
    expect(started.orderRef).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(started.expiresAt).toBe(new Date(testNow + 180_000).toISOString());
    expect(runs[0]!.order.id).not.toBe(started.orderRef);
    expect(runs[0]!.order.expiresAt).toBe(testNow + 180_000);
  });

  it('keeps the life of an order between one and ten minutes', async () => {
    for (const [configured, expected] of [
      [1, 60_000],
      [300_000, 300_000],
      [10_000_000, 600_000],
    ] as const) {
      const other = create({ orderLifeMs: configured });
      const { expiresAt } = await other.start(signedRequest(party), party.page, 'auth');
      expect(Date.parse(expiresAt) - testNow).toBe(expected);
      await other.close();
    }
  });

  it('refuses a replayed request, also from another launcher, and starts nothing', async () => {
    const request = signedRequest(party);
    await service.start(request, party.page, 'auth');
    await expect(service.start(request, party.page, 'auth')).rejects.toMatchObject({ code: 'ERR_OOB_UNAUTHORIZED' });
    await expect(service.start(request, party.process, 'auth')).rejects.toMatchObject({ code: 'ERR_OOB_UNAUTHORIZED' });
    expect(runs).toHaveLength(1);
    expect(runs[0]!.progress.signal.aborted).toBe(false);
  });

  it('lets only one of two simultaneous starts with one request through', async () => {
    const request = signedRequest(party);
    const results = await Promise.allSettled([
      service.start(request, party.page, 'auth'),
      service.start(request, party.page, 'auth'),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(runs).toHaveLength(1);
  });

  it('remembers a request until a minute after it expired, and before anything else happens', async () => {
    const order: string[] = [];
    service = create({
      replay: {
        ...replay,
        remember: (_, untilMs) => {
          expect(untilMs).toBe((Math.floor(testNow / 1000) + 360) * 1000);
          order.push('remember');
          return Promise.resolve(true);
        },
      },
      runner: () => {
        order.push('run');
        return Promise.resolve(complete);
      },
    });
    await start();
    expect(order).toEqual(['remember', 'run']);
  });

  it('asks again whether there is room when a request has been written down', async () => {
    const written: (() => void)[] = [];
    const remember = (): Promise<boolean> => new Promise((resolve) => written.push(() => resolve(true)));
    service = create({ replay: { ...replay, remember } });
    const first = start();
    await vi.waitUntil(() => written.length === 1);
    const second = start();
    await vi.waitUntil(() => written.length === 2);
    written[0]?.();
    await first;
    runs[0]!.progress.promptOpen(true);
    written[1]?.();
    await expect(second).rejects.toMatchObject({ code: 'ERR_OOB_ALREADY_IN_PROGRESS' });
    expect(runs[0]!.progress.signal.aborted).toBe(false);
  });

  it('refuses when the request cannot be written down', async () => {
    replay.failure = new Error('disk full');
    await expect(start()).rejects.toThrow('disk full');
    expect(runs).toHaveLength(0);
  });

  it('writes nothing down and runs nothing for a request that does not verify', async () => {
    await expect(service.start(`${signedRequest(party).slice(0, -8)}AAAAAAAA`, party.page, 'auth')).rejects.toThrow();
    expect(replay.remembered.size).toBe(0);
    expect(runs).toHaveLength(0);
  });

  it('replaces an older order of the same relying party that has no open prompt', async () => {
    const older = await start();
    await start();
    expect(runs[0]!.progress.signal.reason).toBe('cancelled');
    expect(await collect(older)).toEqual({ status: 'failed', hintCode: 'cancelled' });
    expect(runs[1]!.progress.signal.aborted).toBe(false);
  });

  it('tells an open prompt that the same relying party asked again, and no other prompt', async () => {
    await start();
    await start(other);
    const told: string[] = [];
    runs.forEach(({ order, progress }) => {
      progress.onAskedAgain(() => told.push(order.relyingParty.clientId));
      progress.promptOpen(true);
    });
    for (let time = 0; time < 2; time += 1) {
      await expect(start()).rejects.toMatchObject({ code: 'ERR_OOB_ALREADY_IN_PROGRESS' });
    }
    expect(told).toEqual(['https://rp.example/client', 'https://rp.example/client']);
  });

  it('leaves an order with an open prompt alone, and uses no request up for the refusal', async () => {
    await start();
    runs[0]!.progress.promptOpen(true);
    const request = signedRequest(party);
    await expect(service.start(request, party.page, 'auth')).rejects.toMatchObject({
      code: 'ERR_OOB_ALREADY_IN_PROGRESS',
    });
    expect(runs[0]!.progress.signal.aborted).toBe(false);
    runs[0]!.progress.promptOpen(false);
    await service.start(request, party.page, 'auth');
    expect(runs).toHaveLength(2);
  });

  it('leaves orders of other relying parties alone', async () => {
    await start();
    await start(other);
    expect(runs.map(({ progress }) => progress.signal.aborted)).toEqual([false, false]);
  });

  it('refuses more pending orders than are allowed in all, but never to replace one', async () => {
    service = create({ maxPendingOrders: 8 });
    for (const one of many.slice(0, 8)) await start(one);
    await expect(start(many[8])).rejects.toMatchObject({ code: 'ERR_OOB_TOO_MANY_REQUESTS' });
    await start(many[7]);
    runs[0]!.end(complete);
    await vi.advanceTimersByTimeAsync(0);
    await start(many[8]);
  });

  it('keeps the last eight ended orders of each relying party, and pushes out nobody else’s', async () => {
    service = create({ runner: () => Promise.resolve({ status: 'failed', hintCode: 'userCancel' }) });
    const foreign = await start(other);
    const own: string[] = [];
    for (let count = 0; count < 100; count += 1) own.push(await start());
    const failed = { status: 'failed', hintCode: 'userCancel' };
    expect(await collect(foreign, other.page)).toEqual(failed);
    for (const ref of own.slice(-8)) expect(await collect(ref)).toEqual(failed);
    await expect(collect(own.at(-9)!)).rejects.toMatchObject({ code: 'ERR_OOB_NOT_FOUND' });
  });
});

describe('collect()', () => {
  it('answers the pending hint as the runner tells it', async () => {
    const ref = await start();
    expect(await collect(ref)).toEqual({ status: 'pending', hintCode: 'outstandingTransaction' });
    runs[0]!.progress.hint('userSign');
    expect(await collect(ref)).toEqual({ status: 'pending', hintCode: 'userSign' });
  });

  const strangers: readonly (readonly [string, OobCaller])[] = [
    ['another origin', other.page],
    ['a process', party.process],
    ['a process that claims its origin', { ...party.page, launcher: 'process' }],
    ['no origin', { launcher: 'page', origin: undefined }],
  ];
  it.each(strangers)('hides the order from %s', async (_, caller) => {
    const ref = await start();
    runs[0]!.end(complete);
    await vi.advanceTimersByTimeAsync(0);
    await expect(collect(ref, caller)).rejects.toMatchObject({ code: 'ERR_OOB_NOT_FOUND' });
    await expect(service.cancel(ref, caller)).rejects.toMatchObject({ code: 'ERR_OOB_NOT_FOUND' });
    expect(await collect(ref)).toEqual(complete);
  });

  it('answers not found for an unknown order', async () => {
    await expect(collect('A'.repeat(43))).rejects.toMatchObject({ code: 'ERR_OOB_NOT_FOUND' });
  });

  it('hands signatures out as they are', async () => {
    const ref = await start();
    const signed: OrderOutcome = { status: 'complete', signatures: [new Uint8Array([48, 0])] };
    runs[0]!.end(signed);
    await vi.advanceTimersByTimeAsync(0);
    expect(await collect(ref)).toEqual(signed);
  });

  it('hands a completed order out once', async () => {
    const ref = await start();
    runs[0]!.end(complete);
    await vi.advanceTimersByTimeAsync(0);
    expect(await collect(ref)).toEqual(complete);
    await expect(collect(ref)).rejects.toMatchObject({ code: 'ERR_OOB_NOT_FOUND' });
  });

  it('hands a completed order out once to two calls that wait at the same time', async () => {
    const ref = await start();
    await collect(ref);
    const both = [collect(ref, party.page, 25_000), collect(ref, party.page, 25_000)];
    const settled = Promise.allSettled(both);
    runs[0]!.end(complete);
    expect((await settled).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('keeps a completed order three minutes', async () => {
    const ref = await start(party, party.process);
    runs[0]!.end(complete);
    await vi.advanceTimersByTimeAsync(180_000);
    await expect(collect(ref, party.process)).rejects.toMatchObject({ code: 'ERR_OOB_NOT_FOUND' });
  });

  it('keeps a failed order five minutes, collected or not', async () => {
    const ref = await start(party, party.process);
    runs[0]!.end({ status: 'failed', hintCode: 'userCancel' });
    await vi.advanceTimersByTimeAsync(299_999);
    expect(await collect(ref, party.process)).toEqual({ status: 'failed', hintCode: 'userCancel' });
    await vi.advanceTimersByTimeAsync(1);
    await expect(collect(ref, party.process)).rejects.toMatchObject({ code: 'ERR_OOB_NOT_FOUND' });
  });

  it('waits for a change, and no longer than asked', async () => {
    const ref = await start();
    await collect(ref);
    const unchanged = collect(ref, party.page, 25_000);
    await vi.advanceTimersByTimeAsync(25_000);
    expect(await unchanged).toEqual({ status: 'pending', hintCode: 'outstandingTransaction' });
    const changed = collect(ref, party.page, 25_000);
    runs[0]!.progress.hint('chooseCard');
    expect(await changed).toEqual({ status: 'pending', hintCode: 'chooseCard' });
  });

  it('does not wait when something changed between two calls', async () => {
    const ref = await start();
    await collect(ref);
    runs[0]!.progress.hint('noCard');
    expect(await collect(ref, party.page, 25_000)).toEqual({ status: 'pending', hintCode: 'noCard' });
  });

  it('keeps the answer for the next call when the waiting connection is gone', async () => {
    const ref = await start();
    await collect(ref);
    const gone = new AbortController();
    const waiting = collect(ref, party.page, 25_000, gone.signal);
    gone.abort(new Error('connection closed'));
    await expect(waiting).rejects.toThrow('connection closed');
    runs[0]!.end(complete);
    await vi.advanceTimersByTimeAsync(0);
    await expect(collect(ref, party.page, 0, gone.signal)).rejects.toThrow('connection closed');
    expect(await collect(ref)).toEqual(complete);
  });

  it('expires an order that nobody answered, and ignores what the runner says then', async () => {
    const ref = await start(party, party.process);
    await vi.advanceTimersByTimeAsync(179_999);
    expect((await collect(ref, party.process)).status).toBe('pending');
    await vi.advanceTimersByTimeAsync(1);
    expect(runs[0]!.progress.signal.reason).toBe('expiredTransaction');
    runs[0]!.end(complete);
    await vi.advanceTimersByTimeAsync(0);
    expect(await collect(ref, party.process)).toEqual({ status: 'failed', hintCode: 'expiredTransaction' });
  });

  it('fails an order whose runner breaks its promise and throws', async () => {
    service = create({ runner: () => Promise.reject(new Error('broken')) });
    const ref = await start();
    await vi.advanceTimersByTimeAsync(0);
    expect(await collect(ref)).toEqual({ status: 'failed', hintCode: 'startFailed' });
  });
});

describe('a page that stops polling', () => {
  it('loses its order after 30 seconds', async () => {
    const ref = await start();
    await vi.advanceTimersByTimeAsync(29_999);
    await collect(ref);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(runs[0]!.progress.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(runs[0]!.progress.signal.reason).toBe('cancelled');
    expect(await collect(ref)).toEqual({ status: 'failed', hintCode: 'cancelled' });
  });

  it('keeps it while a call waits, and is counted from its end', async () => {
    const ref = await start();
    await collect(ref);
    const waiting = collect(ref, party.page, 60_000);
    await vi.advanceTimersByTimeAsync(59_999);
    expect(runs[0]!.progress.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(runs[0]!.progress.signal.reason).toBe('cancelled');
  });

  it('is no matter for a process', async () => {
    await start(party, party.process);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(runs[0]!.progress.signal.aborted).toBe(false);
  });
});

describe('cancel()', () => {
  it('ends a pending order and wakes who waits for it', async () => {
    const ref = await start();
    await collect(ref);
    const waiting = collect(ref, party.page, 25_000);
    await service.cancel(ref, party.page);
    expect(await waiting).toEqual({ status: 'failed', hintCode: 'cancelled' });
    expect(runs[0]!.progress.signal.reason).toBe('cancelled');
  });

  it('throws a completed answer away', async () => {
    const ref = await start();
    runs[0]!.end(complete);
    await vi.advanceTimersByTimeAsync(0);
    await service.cancel(ref, party.page);
    await expect(collect(ref)).rejects.toMatchObject({ code: 'ERR_OOB_NOT_FOUND' });
  });
});

describe('close()', () => {
  it('cancels, waits for the runners, forgets, and refuses what comes', async () => {
    const ref = await start();
    await service.close();
    expect(runs[0]!.progress.signal.reason).toBe('cancelled');
    await expect(collect(ref)).rejects.toMatchObject({ code: 'ERR_OOB_NOT_FOUND' });
    await expect(start()).rejects.toMatchObject({ code: 'ERR_ABORTED' });
  });
});

describe('after a restart', () => {
  const lost = 'L'.repeat(43);

  it('tells the caller of an order that it ended, and nobody else', async () => {
    service = create({ replay: memoryReplay([markOfOrder(lost, party.page)]) });
    for (let time = 0; time < 2; time += 1) {
      expect(await collect(lost)).toEqual({ status: 'failed', hintCode: 'startFailed' });
    }
    await service.cancel(lost, party.page);
    for (const [ref, caller] of [
      ['M'.repeat(43), party.page],
      [lost, other.page],
      [lost, party.process],
    ] as const) {
      await expect(collect(ref, caller)).rejects.toMatchObject({ code: 'ERR_OOB_NOT_FOUND' });
      await expect(service.cancel(ref, caller)).rejects.toMatchObject({ code: 'ERR_OOB_NOT_FOUND' });
    }
  });

  it('can tell, since every order that starts is written down for as long as it may be collected', async () => {
    const ref = await start(party, party.process);
    const [written] = [...replay.remembered.values()];
    expect(written!.started).toEqual({ mark: markOfOrder(ref, party.process), untilMs: testNow + 480_000 });
    runs[0]!.end(complete);
    await vi.advanceTimersByTimeAsync(0);
    await service.close();
    service = create({ replay: memoryReplay([written!.started.mark]) });
    expect(await collect(ref, party.process)).toEqual({ status: 'failed', hintCode: 'startFailed' });
  });
});

describe('a relying party whose keys are fetched', () => {
  const pins = [createHash('sha256').update('TEST').digest('base64')];
  const fetching = entryOf(party, { jwks: undefined, jwks_uri: 'https://rp.example/jwks', pins });

  it('starts orders with them', async () => {
    const calls = scriptedCalls();
    service = create({ registry: () => createRelyingPartyRegistry([fetching]), calls });
    const starting = start();
    const asked = calls.take('keysOf');
    expect(asked.args[1]).toBe('key-ES256');
    asked.answer(entryOf(party).jwks.keys);
    expect(await starting).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it.each(['ERR_REMOTE_UNREACHABLE', 'ERR_REMOTE_TLS', 'ERR_REMOTE_RESPONSE'] as const)(
    'starts none after %s, and says no more than for a wrong key',
    async (code) => {
      const calls = scriptedCalls();
      service = create({ registry: () => createRelyingPartyRegistry([fetching]), calls });
      const starting = start();
      const cause = new MiddlewareError(code, 'planted');
      calls.take('keysOf').fail(cause);
      await expect(starting).rejects.toMatchObject({ code: 'ERR_OOB_UNAUTHORIZED', fields: { reason: 'keys' }, cause });
      expect(runs).toHaveLength(0);
    },
  );
});

describe('ownerOfOrigin()', () => {
  it('knows registered origins only, exactly', () => {
    expect(service.ownerOfOrigin('https://rp.example')?.clientId).toBe('https://rp.example/client');
    for (const origin of ['https://rp.example/', 'http://rp.example', 'https://RP.example', 'null', '']) {
      expect(service.ownerOfOrigin(origin)).toBeUndefined();
    }
  });
});
