import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MiddlewareError } from '../../../../src/core/errors.js';
import type { Secret } from '../../../../src/core/secret.js';
import type { BegunCardWork } from '../../../../src/control-contract/certificates.js';
import { createCardWork, type CardWork } from '../../../../src/daemon/control/card-work.js';
import type { CardWorkCode, CardWorkOutcome, CardWorkRequest } from '../../../../src/model/card-work.js';
import type { CardWorkCodes, CardWorkUse } from '../../../../src/operations/card-work.js';
import { recordingLogger } from '../../../support/recording-logger.js';
import { testCaller, type TestCaller } from '../../../support/test-caller.js';
import { isWiped, secretOf } from '../../../support/token-bench.js';

const outcome: CardWorkOutcome = { before: { blocked: false }, after: { blocked: false } };
const request: CardWorkRequest = { work: 'discard', downloadId: '00000000-0000-4000-8000-000000000001' };

let codes: readonly CardWorkCode[];
let prepared: { readonly request: CardWorkRequest; readonly caller: unknown }[];
let ran: { readonly codes: CardWorkCodes; readonly use: CardWorkUse }[];
let finish: ((how: CardWorkOutcome | Error) => void) | undefined;
let work: CardWork;
let caller: TestCaller;

beforeEach(() => {
  vi.useFakeTimers();
  [codes, prepared, ran, finish] = [['pin'], [], [], undefined];
  caller = testCaller();
  work = createCardWork({
    prepare: (asked, by) => {
      prepared.push({ request: asked, caller: by });
      return Promise.resolve({
        question: {
          work: 'discard',
          card: { id: 'card:01', product: 'TEST card', serial: '01', label: 'TEST', reader: 'Reader' },
          pin: {
            reference: 1,
            role: 'authentication',
            format: { minLength: 4, maxLength: 8, characters: 'digits' },
            blocked: false,
            foreignTries: [],
          },
          lastTry: false,
          codes,
          pinPad: true,
          pinUses: 1,
        },
        run: (given, use) => {
          ran.push({ codes: given, use });
          return new Promise((resolve, reject) => {
            finish = (how) => (how instanceof Error ? reject(how) : resolve(how));
            use.signal.addEventListener('abort', () => reject(use.signal.reason as Error), { once: true });
          });
        },
      });
    },
    logger: recordingLogger(),
    openOrders: () => 1,
  });
});
afterEach(() => void vi.useRealTimers());

const begin = async (): Promise<BegunCardWork> => await work.handlers['card.begin']!(request, caller);
const run = (begun: BegunCardWork, onPinPad = false): Promise<CardWorkOutcome> =>
  Promise.resolve(
    work.handlers['card.run']!(
      { operationId: begun.operationId, lastTryConsent: true, onPinPad, language: 'en' },
      caller,
    ),
  );
const send = (ticket: string | undefined, code: Secret): boolean =>
  work.receive({ ticket: ticket ?? '', pin: code, lastTryConsent: false }, caller);
const states = (): unknown[] => caller.events.map(({ payload }) => (payload as { state: unknown }).state);
const over = { code: 'ERR_PIN_OPERATION_OVER' };

describe('createCardWork()', () => {
  it('prepares for the caller whose sessions count, and gives a ticket for each code', async () => {
    codes = ['pin', 'managementKey'];
    const begun = await begin();
    expect(prepared).toEqual([{ request, caller }]);
    expect(begun).toMatchObject({ work: 'discard', codes, openOrders: 1 });
    expect(Object.keys(begun.tickets)).toEqual(codes);
  });

  it('runs once with all codes, and tells each step', async () => {
    codes = ['pin', 'managementKey'];
    const begun = await begin();
    const [pin, key] = [secretOf('1234'), secretOf('00112233445566778899AABBCCDDEEFF')];
    expect([send(begun.tickets.pin, pin), send(begun.tickets.managementKey, key)]).toEqual([true, true]);
    const running = run(begun);
    expect(ran).toMatchObject([{ codes: { pin, managementKey: key }, use: { lastTryConsent: true, language: 'en' } }]);
    ran[0]?.use.onStep('storing');
    ran[0]?.use.onStep('proving');
    finish?.(outcome);
    expect(await running).toEqual(outcome);
    expect(states()).toEqual(['storing', 'proving']);
    await expect(run(begun)).rejects.toMatchObject(over);
  });

  it('does not run without a code that was asked for, and wipes the other', async () => {
    codes = ['pin', 'managementKey'];
    const begun = await begin();
    const pin = secretOf('1234');
    send(begun.tickets.pin, pin);
    await expect(run(begun)).rejects.toMatchObject(over);
    expect(isWiped(pin)).toBe(true);
    expect(ran).toEqual([]);
  });

  it('leaves the PIN to the keypad, and takes the management key from its frame', async () => {
    codes = ['pin', 'managementKey'];
    const begun = await begin();
    const key = secretOf('00112233445566778899AABBCCDDEEFF');
    send(begun.tickets.managementKey, key);
    void run(begun, true).catch(() => undefined);
    expect(ran[0]?.codes).toEqual({ pin: 'pin-pad', managementKey: key });
  });

  it('wipes a PIN that was typed although the keypad is used', async () => {
    const begun = await begin();
    const pin = secretOf('1234');
    send(begun.tickets.pin, pin);
    void run(begun, true).catch(() => undefined);
    expect(ran[0]?.codes).toEqual({ pin: 'pin-pad' });
    expect(isWiped(pin)).toBe(true);
  });

  it('says that it waits when no step is told for a second, and never after one was', async () => {
    const begun = await begin();
    send(begun.tickets.pin, secretOf('1234'));
    const running = run(begun);
    vi.advanceTimersByTime(1000);
    ran[0]?.use.onStep('making-key');
    vi.advanceTimersByTime(10_000);
    finish?.(outcome);
    await running;
    expect(states()).toEqual(['waiting', 'making-key']);
  });

  it.each(['cancels', 'hangs up', 'begins anew'])('aborts what runs when the client %s', async (how) => {
    const begun = await begin();
    send(begun.tickets.pin, secretOf('1234'));
    const running = run(begun);
    if (how === 'cancels') {
      const { operationId } = begun;
      expect(await work.handlers['card.cancel']!({ operationId }, caller)).toEqual({ accepted: true });
    } else if (how === 'hangs up') caller.end();
    else await begin();
    await expect(running).rejects.toBeInstanceOf(MiddlewareError);
    expect(ran[0]?.use.signal.aborted).toBe(true);
  });

  it.each([
    ['five minutes without a code', 300_000, false],
    ['ten seconds with one', 10_000, true],
  ])('is over after %s', async (_what, milliseconds, sent) => {
    const begun = await begin();
    const pin = secretOf('1234');
    if (sent) send(begun.tickets.pin, pin);
    vi.advanceTimersByTime(milliseconds);
    expect(isWiped(pin)).toBe(sent);
    await expect(run(begun)).rejects.toMatchObject(over);
    expect(send(begun.tickets.pin, secretOf('1234'))).toBe(false);
  });

  it("takes no code of another connection, nor for another's work", async () => {
    const begun = await begin();
    const pin = secretOf('1234');
    const other = testCaller();
    expect(work.receive({ ticket: begun.tickets.pin ?? '', pin, lastTryConsent: false }, other)).toBe(false);
    expect(isWiped(pin)).toBe(false);
    const { operationId } = begun;
    expect(await work.handlers['card.cancel']!({ operationId }, other)).toEqual({ accepted: false });
    await expect(work.handlers['card.run']!({ operationId, lastTryConsent: false }, other)).rejects.toMatchObject(over);
  });
});
