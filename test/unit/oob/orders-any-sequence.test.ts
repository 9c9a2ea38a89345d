import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isMiddlewareError } from '../../../src/core/errors.js';
import { createOobService, type RunningOobService } from '../../../src/oob/create-oob-service.js';
import type { CollectAnswer, OobCaller, OrderOutcome } from '../../../src/oob/oob-service.js';
import { createRelyingPartyRegistry } from '../../../src/oob/registry.js';
import { heldRunner, type HeldRun } from '../../support/held-runner.js';
import { memoryReplay } from '../../support/memory-replay.js';
import { recordingLogger } from '../../support/recording-logger.js';
import { noCalls } from '../../support/scripted-calls.js';
import { createTestRelyingParty, entryOf, signedRequest, testNow } from '../../support/test-relying-party.js';

const parties = [createTestRelyingParty('one'), createTestRelyingParty('two'), createTestRelyingParty('three')];
const registry = createRelyingPartyRegistry(parties.map((party) => entryOf(party)));
const never = new AbortController().signal;
const outcomes: readonly OrderOutcome[] = [
  { status: 'complete', assertion: 'a.b.c' },
  { status: 'complete', signatures: [new Uint8Array([48])] },
  { status: 'failed', hintCode: 'userCancel' },
];

/** What may happen; numbers choose among whatever there is then. */
type Step =
  | { readonly does: 'start'; readonly party: number; readonly process: boolean }
  | { readonly does: 'prompt' | 'end' | 'collect' | 'cancel'; readonly which: number; readonly how: number }
  | { readonly does: 'wait'; readonly ms: number };

const index = fc.nat(50);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constant('start' as const), party: fc.nat(2), process: fc.boolean() }),
  fc.record({ does: fc.constantFrom('prompt', 'end', 'collect', 'collect', 'cancel'), which: index, how: index }),
  fc.record({ does: fc.constant('wait' as const), ms: fc.constantFrom(1, 9_000, 31_000, 100_000) }),
);

/** An order as its caller knows it. */
interface Known {
  readonly ref: string;
  readonly caller: OobCaller;
  readonly run: HeldRun;
  last: CollectAnswer['status'] | 'gone';
}

let runs: HeldRun[];
let ended: Set<HeldRun>;
let orders: Known[];
let service: RunningOobService;
let open: Set<HeldRun>;

beforeEach(() => void vi.useFakeTimers({ now: testNow, toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

const living = (): HeldRun[] => runs.filter((run) => !ended.has(run) && !run.progress.signal.aborted);
const pick = <T>(all: readonly T[], which: number): T | undefined => all[which % Math.max(1, all.length)];

async function start(party: number, process: boolean): Promise<void> {
  const asking = parties[party]!;
  const caller = process ? asking.process : asking.page;
  const seconds = Math.floor(Date.now() / 1000);
  const request = signedRequest(asking, { iat: seconds, exp: seconds + 300 });
  const busy = living().find((run) => open.has(run) && run.order.relyingParty.clientId === asking.json['client_id']);
  try {
    const { orderRef } = await service.start(request, caller, 'auth');
    expect(busy).toBeUndefined();
    orders.push({ ref: orderRef, caller, run: runs.at(-1)!, last: 'pending' });
  } catch (error) {
    expect(isMiddlewareError(error, 'ERR_OOB_ALREADY_IN_PROGRESS')).toBe(true);
    expect(living()).toContain(busy);
  }
}

async function collect(order: Known): Promise<void> {
  const before = order.last;
  try {
    const answer = await service.collect(order.ref, order.caller, 0, never);
    // What has ended stays ended, and an answer is given out once.
    expect(before === 'pending' || (before === 'failed' && answer.status === 'failed')).toBe(true);
    expect(answer.status === 'pending').toBe(living().includes(order.run));
    order.last = answer.status;
  } catch (error) {
    expect(isMiddlewareError(error, 'ERR_OOB_NOT_FOUND')).toBe(true);
    expect(living()).not.toContain(order.run);
    order.last = 'gone';
  }
}

async function take(one: Step): Promise<void> {
  if (one.does === 'start') await start(one.party, one.process);
  if (one.does === 'wait') await vi.advanceTimersByTimeAsync(one.ms);
  if (one.does === 'start' || one.does === 'wait') return;
  const run = pick(living(), one.which);
  const order = pick(orders, one.which);
  if (one.does === 'prompt' && run !== undefined) {
    run.progress.promptOpen(one.how % 2 === 0);
    if (one.how % 2 === 0) open.add(run);
    else open.delete(run);
  }
  if (one.does === 'end' && run !== undefined) {
    ended.add(run);
    run.end(pick(outcomes, one.how)!);
    await vi.advanceTimersByTimeAsync(0);
  }
  if (one.does === 'collect' && order !== undefined) await collect(order);
  if (one.does === 'cancel' && order !== undefined)
    await service.cancel(order.ref, order.caller).catch(() => undefined);
}

it('any sequence of orders keeps one of each relying party, answers once, and leaves nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      [runs, orders, ended, open] = [[], [], new Set(), new Set()];
      service = createOobService({
        registry: () => registry,
        calls: noCalls,
        runner: heldRunner(runs),
        replay: memoryReplay(),
        clock: { now: () => Date.now(), monotonic: () => Date.now() },
        random: (length) => randomBytes(length),
        logger: recordingLogger(),
      });
      for (const one of steps) {
        await take(one);
        const askers = living().map(({ order }) => order.relyingParty.clientId);
        expect(new Set(askers).size).toBe(askers.length);
      }
      await service.close();
      expect(living()).toEqual([]);
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 60 },
  );
});
