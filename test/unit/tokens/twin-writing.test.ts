import { beforeEach, describe, expect, it } from 'vitest';
import { MiddlewareError, PinVerificationError } from '../../../src/core/errors.js';
import type { RetryCounter } from '../../../src/model/pin.js';
import { createPinTryRecord } from '../../../src/tokens/pin-try-record.js';
import type { OpenedCard, Token, WritableToken, WriteAuthorization } from '../../../src/tokens/token.js';
import { writeThroughModule } from '../../../src/tokens/twin-writing.js';
import { memoryRetryCounters, recordingHistory } from '../../support/recording-history.js';
import { isWiped, secretOf } from '../../support/token-bench.js';

const unknown: RetryCounter = { reference: 1, attemptsRemaining: undefined, blocked: false };

describe('writeThroughModule()', () => {
  let tries: number;
  let logins: number;
  let login: () => void;
  let memory: ReturnType<typeof memoryRetryCounters>;
  let history: ReturnType<typeof recordingHistory>;
  let card: Token;
  let twin: WritableToken;
  beforeEach(() => {
    [tries, logins, login] = [3, 0, () => undefined];
    [memory, history] = [memoryRetryCounters(), recordingHistory()];
    const record = createPinTryRecord({ token: 'card:11', history, memory });
    const pins = [
      { reference: 0x11, role: 'authentication' },
      { reference: 0x81, role: 'signature' },
    ];
    card = {
      info: { id: 'card:11', pins },
      async retryCounters() {
        const counters = [{ reference: 0x11, attemptsRemaining: tries, blocked: tries === 0 }];
        await record.observed(counters);
        return counters;
      },
    } as unknown as Token;
    twin = {
      info: { id: 'p11:11', pins: [{ reference: 1, role: 'authentication' }] },
      writing: { pin: 1, keySpecs: [], managementKey: false, pinPad: false },
      retryCounters: () => Promise.resolve([unknown]),
      async write(_authorization: WriteAuthorization, work: (opened: OpenedCard) => Promise<unknown>) {
        logins += 1;
        login();
        return { value: await work({} as never), retryCounter: unknown, cost: { apduCount: 0, cardMs: 1 } };
      },
    } as unknown as WritableToken;
  });
  const use = (attemptsShown = 3) => ({ pin: secretOf('123456'), attemptsShown, lastTryConsent: false });
  const foreign = () => history.events.filter(({ kind }) => kind === 'foreign-pin-try');
  const writable = (): WritableToken => writeThroughModule(card, twin, memory);

  it("tells the card's own counter under the module's reference", async () => {
    expect(await writable().retryCounters()).toEqual([{ reference: 1, attemptsRemaining: 3, blocked: false }]);
    const { value, retryCounter } = await writable().write(use(), () => Promise.resolve('done'));
    expect([value, retryCounter]).toEqual(['done', { reference: 1, attemptsRemaining: 3, blocked: false }]);
  });

  it('spends no try when the counter is not the one that the user saw, and wipes the code', async () => {
    tries = 2;
    const entered = use(3);
    await expect(writable().write(entered, () => Promise.resolve())).rejects.toMatchObject({
      code: 'ERR_PIN_COUNTER_FELL',
      fields: { pinReference: 1 },
    });
    tries = 1;
    await expect(writable().write(use(1), () => Promise.resolve())).rejects.toMatchObject({ code: 'ERR_PIN_LAST_TRY' });
    expect([logins, isWiped(entered.pin)]).toEqual([0, true]);
  });

  it('a wrong PIN tells the tries that are left, and looks like nobody else', async () => {
    login = () => {
      tries -= 1;
      throw new PinVerificationError(1, undefined);
    };
    await expect(writable().write(use(), () => Promise.resolve())).rejects.toMatchObject({
      code: 'ERR_PIN_WRONG',
      attemptsRemaining: 2,
      pinReference: 1,
    });
    await card.retryCounters();
    expect(foreign()).toEqual([]);
  });

  it('nor does a try of which nobody knows what came; one more is somebody else', async () => {
    login = () => {
      tries -= 1;
      throw new MiddlewareError('ERR_MODULE_CRASHED', 'TEST', { fields: { codeOutcome: 'unknown' } });
    };
    await expect(writable().write(use(), () => Promise.resolve())).rejects.toMatchObject({
      code: 'ERR_MODULE_CRASHED',
    });
    expect(foreign()).toEqual([]);
    tries -= 1;
    await card.retryCounters();
    expect(foreign()).toHaveLength(1);
  });

  it('what the work throws is thrown, and a card that cannot be read does not hide it', async () => {
    login = () => {
      card.retryCounters = () => Promise.reject(new MiddlewareError('ERR_CARD_REMOVED', 'TEST'));
    };
    const failing = writable().write(use(), () => Promise.reject(new RangeError('TEST')));
    await expect(failing).rejects.toBeInstanceOf(RangeError);
  });

  it('is the module’s token as it is where two PINs of the card may be meant', () => {
    const { info } = card;
    const doubtful = { ...card, info: { ...info, pins: info.pins.map((pin) => ({ ...pin, role: 'authentication' })) } };
    expect(writeThroughModule(doubtful as Token, twin, memory)).toBe(twin);
  });
});
