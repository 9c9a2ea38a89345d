import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MiddlewareError } from '../../../../src/core/errors.js';
import type { Secret } from '../../../../src/core/secret.js';
import type { BegunPinOperation } from '../../../../src/control-contract/pins.js';
import { createPinOperations, type PinOperations } from '../../../../src/daemon/control/pin-operations.js';
import type { PinOutcome, PinQuestion } from '../../../../src/model/pin-care.js';
import type { PinCare, PinCareUse } from '../../../../src/operations/pin-care.js';
import type { PinCodes } from '../../../../src/operations/pin-operation.js';
import { recordingLogger } from '../../../support/recording-logger.js';
import { testCaller, type TestCaller } from '../../../support/test-caller.js';
import { isWiped, secretOf } from '../../../support/token-bench.js';

const outcome: PinOutcome = { before: { attemptsRemaining: 4, blocked: false }, after: { blocked: false } };
const question: PinQuestion = {
  operation: 'change',
  card: { id: 'card:01', product: 'TEST card', serial: '01', label: 'TEST', reader: 'Reader' },
  pin: {
    reference: 0x11,
    role: 'authentication',
    format: { minLength: 4, maxLength: 8, characters: 'digits' },
    attemptsRemaining: 4,
    blocked: false,
    foreignTries: [],
  },
  atStake: 'PIN',
  lastTry: false,
  codes: ['current', 'next'],
  pinPad: false,
};

interface Ran {
  readonly codes: PinCodes;
  readonly use: PinCareUse;
}

let pinPad: boolean;
let ran: Ran[];
let finish: ((how: PinOutcome | Error) => void) | undefined;
let operations: PinOperations;
let caller: TestCaller;

const pinCare: PinCare = {
  list: () => Promise.resolve([]),
  prepare: (operation) =>
    Promise.resolve({
      question: { ...question, operation, pinPad },
      run: (codes, use) => {
        ran.push({ codes, use });
        return new Promise((resolve, reject) => {
          finish = (how) => (how instanceof Error ? reject(how) : resolve(how));
          use.signal.addEventListener('abort', () => reject(use.signal.reason as Error), { once: true });
        });
      },
    }),
};

beforeEach(() => {
  vi.useFakeTimers();
  pinPad = false;
  ran = [];
  finish = undefined;
  caller = testCaller();
  operations = createPinOperations({ pinCare, logger: recordingLogger(), openOrders: () => 2 });
});
afterEach(() => void vi.useRealTimers());

const begin = async (by = caller): Promise<BegunPinOperation> =>
  await operations.handlers['pin.begin']!({ operation: 'change' }, by);
const run = (begun: BegunPinOperation, by = caller, onPinPad = false): Promise<PinOutcome> =>
  Promise.resolve(
    operations.handlers['pin.run']!({ operationId: begun.operationId, lastTryConsent: true, onPinPad }, by),
  );
const cancel = (operationId: string, by = caller) => operations.handlers['pin.cancel']!({ operationId }, by);
const send = (ticket: string | undefined, pin: Secret = secretOf('1234'), by = caller): boolean =>
  operations.receive({ ticket: ticket ?? '', pin, lastTryConsent: false }, by);
/** Sends both codes. */
const sendAll = ({ tickets }: BegunPinOperation, by = caller): [Secret, Secret] => {
  const codes: [Secret, Secret] = [secretOf('1234'), secretOf('5678')];
  expect([send(tickets.current, codes[0], by), send(tickets.next, codes[1], by)]).toEqual([true, true]);
  return codes;
};
const isOver = { code: 'ERR_PIN_OPERATION_OVER' };

describe('pin.begin', () => {
  it("carries the user's phrase, and nothing where there is none", async () => {
    expect(await begin()).not.toHaveProperty('phrase');
    const options = { pinCare, logger: recordingLogger(), openOrders: () => 0 };
    operations = createPinOperations({ ...options, phrase: () => 'TEST phrase' });
    expect(await begin()).toMatchObject({ phrase: 'TEST phrase' });
  });

  it('gives each code a ticket of its own, and says how long it waits and what else is open', async () => {
    const begun = await begin();
    expect(begun).toMatchObject({ ...question, waitMs: 300_000, codeMs: 10_000, openOrders: 2 });
    const { current, next } = begun.tickets;
    expect([current, next]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect(current).not.toBe(next);
  });

  it('wipes the codes of the operation before, whose tickets count no more', async () => {
    const first = await begin();
    const codes = sendAll(first);
    const second = await begin();
    expect(codes.map(isWiped)).toEqual([true, true]);
    expect(send(first.tickets.current)).toBe(false);
    await expect(run(first)).rejects.toMatchObject(isOver);
    sendAll(second);
  });

  it('leaves one operation when two are begun at once', async () => {
    const [first, second] = await Promise.all([begin(), begin()]);
    expect(send(first.tickets.current)).toBe(false);
    sendAll(second);
  });

  it('keeps nothing for a caller that went while the card was read', async () => {
    const begun = begin();
    caller.end();
    await expect(begun).rejects.toMatchObject({ code: 'ERR_ABORTED' });
  });
});

describe('codes', () => {
  it('are taken once each, by their tickets, from the connection that asked', async () => {
    const begun = await begin();
    const other = testCaller();
    await begin(other);
    expect(send(begun.tickets.current, secretOf('1234'), other)).toBe(false);
    expect(send('00'.repeat(16))).toBe(false);
    expect(send(begun.tickets.current)).toBe(true);
    expect(send(begun.tickets.current)).toBe(false);
  });

  it('that are refused are left to others, unwiped', async () => {
    await begin();
    const pin = secretOf('1234');
    expect(send('00'.repeat(16), pin)).toBe(false);
    expect(isWiped(pin)).toBe(false);
  });

  it('are wiped when the run does not follow soon', async () => {
    const begun = await begin();
    vi.advanceTimersByTime(200_000);
    const codes = sendAll(begun);
    vi.advanceTimersByTime(9_999);
    expect(codes.map(isWiped)).toEqual([false, false]);
    vi.advanceTimersByTime(1);
    expect(codes.map(isWiped)).toEqual([true, true]);
    await expect(run(begun)).rejects.toMatchObject(isOver);
  });

  it('gain no time by coming one after the other', async () => {
    const begun = await begin();
    const pin = secretOf('1234');
    send(begun.tickets.current, pin);
    vi.advanceTimersByTime(9_000);
    send(begun.tickets.next);
    vi.advanceTimersByTime(1_000);
    expect(isWiped(pin)).toBe(true);
  });

  it('are not taken when they come too late', async () => {
    const begun = await begin();
    vi.advanceTimersByTime(300_000);
    expect(send(begun.tickets.current)).toBe(false);
  });

  it('are wiped when the connection ends, and when the user cancels', async () => {
    const other = testCaller();
    const codes = sendAll(await begin(other), other);
    other.end();
    expect(codes.map(isWiped)).toEqual([true, true]);

    const begun = await begin();
    const again = sendAll(begun);
    expect(cancel('another')).toEqual({ accepted: false });
    expect(again.map(isWiped)).toEqual([false, false]);
    expect(cancel(begun.operationId)).toEqual({ accepted: true });
    expect(again.map(isWiped)).toEqual([true, true]);
    expect(cancel(begun.operationId)).toEqual({ accepted: false });
  });
});

describe('pin.run', () => {
  it('hands the codes on, each by its name, with the consent of the run', async () => {
    const begun = await begin();
    const [current, next] = sendAll(begun);
    const running = run(begun);
    finish?.(outcome);
    expect(await running).toEqual(outcome);
    expect(ran).toHaveLength(1);
    expect(ran[0]?.codes).toEqual({ current, next });
    expect(ran[0]?.codes.current).toBe(current);
    expect(ran[0]?.use).toMatchObject({ lastTryConsent: true });
  });

  it('runs once', async () => {
    const begun = await begin();
    sendAll(begun);
    const running = run(begun);
    await expect(run(begun)).rejects.toMatchObject(isOver);
    expect(send(begun.tickets.current)).toBe(false);
    finish?.(outcome);
    await running;
    await expect(run(begun)).rejects.toMatchObject(isOver);
    expect(ran).toHaveLength(1);
  });

  it('runs nothing while a code is missing, and wipes the others', async () => {
    const begun = await begin();
    const pin = secretOf('1234');
    send(begun.tickets.current, pin);
    await expect(run(begun)).rejects.toMatchObject(isOver);
    expect([isWiped(pin), ran.length]).toEqual([true, 0]);
  });

  it("does not run another connection's operation", async () => {
    const begun = await begin();
    sendAll(begun);
    const other = testCaller();
    await begin(other);
    await expect(run(begun, other)).rejects.toMatchObject(isOver);
    expect(ran).toEqual([]);
  });

  it('lets the failure through, and is over then', async () => {
    const begun = await begin();
    sendAll(begun);
    const running = run(begun);
    finish?.(new MiddlewareError('ERR_PIN_WRONG', 'TEST'));
    await expect(running).rejects.toMatchObject({ code: 'ERR_PIN_WRONG' });
    expect(send(begun.tickets.next)).toBe(false);
  });

  it('is not cut off by the time limits of typing', async () => {
    const begun = await begin();
    sendAll(begun);
    const running = run(begun);
    vi.advanceTimersByTime(600_000);
    finish?.(outcome);
    expect(await running).toEqual(outcome);
  });

  it('is given up when the user cancels or goes', async () => {
    const begun = await begin();
    sendAll(begun);
    const running = run(begun);
    void cancel(begun.operationId);
    await expect(running).rejects.toMatchObject({ code: 'ERR_ABORTED' });

    const again = await begin();
    sendAll(again);
    const second = run(again);
    caller.end();
    await expect(second).rejects.toMatchObject({ code: 'ERR_ABORTED' });
  });

  it('says after a while that it waits, and why that may be', async () => {
    const begun = await begin();
    sendAll(begun);
    const running = run(begun);
    vi.advanceTimersByTime(999);
    expect(caller.events).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(caller.events).toEqual([
      { event: 'pin.progress', payload: { operationId: begun.operationId, state: 'waiting', openOrders: 2 } },
    ]);
    finish?.(outcome);
    await running;
    vi.advanceTimersByTime(10_000);
    expect(caller.events).toHaveLength(1);
  });

  it('takes no codes for a reader with a keypad, and says when to type there', async () => {
    pinPad = true;
    const begun = await begin();
    const running = run(begun, caller, true);
    expect(ran[0]?.codes).toEqual({ current: 'pin-pad', next: 'pin-pad' });
    expect(caller.events).toMatchObject([{ event: 'pin.progress', payload: { state: 'pin-pad' } }]);
    finish?.(outcome);
    await running;
  });

  it('refuses a keypad that is not there, and wipes codes that came for nothing', async () => {
    const begun = await begin();
    const codes = sendAll(begun);
    await expect(run(begun, caller, true)).rejects.toMatchObject({ code: 'ERR_TOKEN_OPERATION_UNSUPPORTED' });
    expect(codes.map(isWiped)).toEqual([true, true]);
    expect(ran).toEqual([]);
  });
});
