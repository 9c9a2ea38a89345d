import { describe, expect, it } from 'vitest';
import { MiddlewareError, PinVerificationError, type ErrorCode } from '../../../src/core/errors.js';
import { Secret } from '../../../src/core/secret.js';
import type { SignRequest, SignResult } from '../../../src/tokens/token.js';
import type { TokenEntry } from '../../../src/tokens/token-registry.js';
import { orderStage, wiped, type CardScript } from '../../support/order-stage.js';

describe('authenticate', () => {
  it('signs in with the only card, without asking which', async () => {
    const { surface, set, card, login, typePin, history, requests, promptOpen } = orderStage();
    set(card('a'));
    const running = login();
    const view = await surface.until('pin');
    expect(view.candidates).toHaveLength(1);
    expect(view.attemptsRemaining).toBe(3);
    const secret = typePin();
    expect(await running).toMatchObject({ status: 'complete' });
    expect(requests).toMatchObject([{ algorithm: 'RS256', attemptsShown: 3, lastTryConsent: false }]);
    expect(wiped(secret)).toBe(true);
    expect(history).toMatchObject([{ kind: 'login', outcome: 'complete', level: 3, apduCount: 7 }]);
    expect(surface.outcomes).toEqual([{ status: 'complete' }]);
    expect(promptOpen.at(0)).toBe(true);
    expect(promptOpen.at(-1)).toBe(false);
  });

  it('fails at once with startFailed when nothing can show a prompt', async () => {
    const { surface, set, card, login } = orderStage();
    set(card('a'));
    surface.available = false;
    expect(await login()).toEqual({ status: 'failed', hintCode: 'startFailed' });
    expect(surface.views).toEqual([]);
  });

  it('asks nothing of a card, and tells nobody of one, until it is its turn', async () => {
    const { surface, set, card, login, typePin, hints, history, promptOpen } = orderStage();
    let reads = 0;
    const counters = () => {
      reads += 1;
      return Promise.resolve([{ reference: 0x11, attemptsRemaining: 3, blocked: false }]);
    };
    let open: (turn: 'open') => void = () => undefined;
    surface.taken = new Promise((resolve) => (open = resolve));
    set(card('a', { counters }));
    const running = login();
    set(card('a', { counters }), card('b'));
    set(card('a', { counters }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([reads, hints, surface.views, history, promptOpen]).toEqual([0, [], [], [], []]);
    open('open');
    await surface.until('pin');
    typePin();
    expect(await running).toMatchObject({ status: 'complete' });
  });

  it.each(['cancelled', 'replaced'])('leaves no trace in the history when it is %s before its turn', async (how) => {
    const { surface, set, card, login, controller, history } = orderStage();
    surface.taken = how === 'cancelled' ? Promise.resolve('cancelled') : new Promise(() => undefined);
    set(card('a'));
    const running = login();
    if (how === 'replaced') controller.abort('cancelled');
    expect(await running).toEqual({ status: 'failed', hintCode: how === 'cancelled' ? 'userCancel' : 'cancelled' });
    expect([history, surface.views]).toEqual([[], []]);
  });

  it('waits for a card, and goes on when one comes', async () => {
    const { surface, set, card, login, typePin, hints } = orderStage();
    const running = login();
    await surface.until('noCard');
    set(card('a'));
    await surface.until('pin');
    typePin();
    expect(await running).toMatchObject({ status: 'complete' });
    expect(hints).toEqual(['noCard', 'userSign']);
  });

  it('never guesses between the cards of two people', async () => {
    const { surface, set, card, login, typePin, requests, hints } = orderStage();
    set(card('a'), card('b'));
    const running = login();
    const view = await surface.until('choose');
    expect(view.chosen).toBeUndefined();
    const early = Secret.moveFrom(Uint8Array.of(0x31));
    surface.answer({ kind: 'pin', pin: early, lastTryConsent: false });
    await surface.until('choose');
    expect(wiped(early)).toBe(true);
    surface.answer({ kind: 'choose', candidateId: view.candidates[1]!.id });
    expect((await surface.until('pin')).chosen).toBe(view.candidates[1]!.id);
    typePin();
    expect(await running).toMatchObject({ status: 'complete' });
    expect(requests).toHaveLength(1);
    expect(hints).toEqual(['chooseCard', 'userSign']);
  });

  it('asks again after a wrong PIN, with the tries that are left, and never repeats it by itself', async () => {
    const script: CardScript = { sign: () => Promise.reject(new PinVerificationError(0x11, 2)) };
    const { surface, set, card, login, typePin, requests } = orderStage();
    set(card('a', script));
    const running = login();
    await surface.until('pin');
    const first = typePin();
    const again = await surface.until('pin', (view) => view.problem !== undefined);
    expect(again.problem).toMatchObject({ code: 'ERR_PIN_WRONG', fields: { attemptsRemaining: 2 } });
    expect(requests).toHaveLength(1);
    expect(wiped(first)).toBe(true);
    delete script.sign;
    typePin();
    expect(await running).toMatchObject({ status: 'complete' });
  });

  it('passes consent to the last try on, and says when it is the last', async () => {
    const { surface, set, card, login, typePin, requests } = orderStage();
    set(card('a', { attempts: 1 }));
    const running = login();
    expect((await surface.until('pin')).lastTry).toBe(true);
    typePin(true);
    await running;
    expect(requests).toMatchObject([{ lastTryConsent: true, attemptsShown: 1 }]);
  });

  it('says nothing of tries left when the card does not tell, and asks all the same', async () => {
    const { surface, set, card, login, typePin, requests } = orderStage();
    set(card('a', { attempts: 'unknown' }));
    const running = login();
    expect(await surface.until('pin')).toMatchObject({ attemptsRemaining: undefined, lastTry: false });
    typePin();
    await running;
    expect(requests).toMatchObject([{ attemptsShown: 0 }]);
  });

  it('explains a key whose PIN the card does not know, instead of asking for ever', async () => {
    const { surface, set, card, login } = orderStage();
    const odd = card('a');
    const [held] = odd.certificates!;
    set({ ...odd, certificates: [{ ...held!, key: { ...held!.key!, pin: 0x77 } }] });
    const running = login();
    expect((await surface.until('explain')).problem?.code).toBe('ERR_TOKEN_KEY_NOT_FOUND');
    surface.answer({ kind: 'acknowledge' });
    expect(await running).toEqual({ status: 'failed', hintCode: 'certificateErr' });
  });

  it('explains a blocked PIN and fails with pinBlocked only when that was read', async () => {
    const { surface, set, card, login, requests, hints } = orderStage();
    set(card('a', { blocked: true }));
    const running = login();
    const view = await surface.until('explain');
    expect(view.problem?.code).toBe('ERR_PIN_BLOCKED');
    expect(hints.at(-1)).toBe('chooseCard');
    surface.answer({ kind: 'acknowledge' });
    expect(await running).toEqual({ status: 'failed', hintCode: 'pinBlocked' });
    expect(requests).toEqual([]);
  });

  it('explains levelNotMet, and another card can still answer', async () => {
    const { surface, set, card, login } = orderStage({ usable: true, level: 2, chain: [], testIssuer: true });
    set(card('a'));
    const running = login();
    expect((await surface.until('explain')).problem).toEqual({ code: 'levelNotMet', fields: {} });
    set();
    await surface.until('noCard', (view) => view.problem === undefined);
    set(card('b'));
    await surface.until('explain');
    surface.answer({ kind: 'acknowledge' });
    expect(await running).toEqual({ status: 'failed', hintCode: 'levelNotMet' });
  });

  it('uses real issuers for no relying party of the user', async () => {
    const { surface, set, card, login } = orderStage({ usable: true, level: 3, chain: [], testIssuer: false });
    set(card('a'));
    const running = login();
    expect((await surface.until('explain')).problem?.code).toBe('noSuitableCertificate');
    surface.answer({ kind: 'cancel' });
    expect(await running).toEqual({ status: 'failed', hintCode: 'userCancel' });
  });

  it('takes the certificate of the asked user only', async () => {
    const { surface, set, card, login, typePin } = orderStage();
    set(card('a'), card('b'));
    const running = login({ user: 'b' });
    expect((await surface.until('pin')).candidates).toHaveLength(1);
    typePin();
    expect(await running).toMatchObject({ status: 'complete' });
  });

  it.each([
    ['user', { user: 'a' }, { user: 'b' }],
    ['issuers', { issuers: ['CN=TEST CA'] }, { issuers: ['CN=TEST other CA'] }],
  ] as const)(
    'tells a request with %s the same whether it fits the card, until the user answers',
    async (_, one, two) => {
      const { surface, set, card, login, typePin, hints } = orderStage();
      let busy = true;
      const told: unknown[] = [];
      const counters = () => {
        told.push(hints.at(-1));
        if (busy) return Promise.reject(new MiddlewareError('ERR_CARD_BUSY', 'taken'));
        return Promise.resolve([{ reference: 0x11, attemptsRemaining: 3, blocked: false }]);
      };
      const certificate = { issuer: 'CN=TEST CA' };
      const fits = login(one);
      await surface.until('noCard');
      set(card('a', { counters, certificate, person: 'a' }));
      await surface.until('explain');
      busy = false;
      set(card('a', { counters, certificate, person: 'a', reader: 'another' }));
      await surface.until('pin');
      expect(new Set(hints.splice(0))).toEqual(new Set(['noCard', 'chooseCard']));
      expect(told, 'before the card is asked').toEqual(['chooseCard', 'chooseCard']);
      typePin();
      expect(await fits).toMatchObject({ status: 'complete' });

      set();
      const fitsNot = login(two);
      await surface.until('noCard');
      set(card('a', { certificate, person: 'a' }));
      await surface.until('explain');
      expect(hints).toEqual(['noCard', 'chooseCard']);
      surface.answer({ kind: 'acknowledge' });
      expect(await fitsNot).toEqual({ status: 'failed', hintCode: 'noSuitableCertificate' });
    },
  );

  it('tells a request with a user of the PIN when the user has chosen', async () => {
    const { surface, set, card, login, typePin, hints } = orderStage();
    set(card('a', { person: 'p' }), card('b', { person: 'p' }));
    const running = login({ user: 'p' });
    const { candidates } = await surface.until('choose');
    surface.answer({ kind: 'choose', candidateId: candidates[0]!.id });
    await surface.until('pin');
    expect(hints).toEqual(['chooseCard', 'userSign']);
    typePin();
    expect(await running).toMatchObject({ status: 'complete' });
  });

  it.each(['ERR_CARD_REMOVED', 'ERR_CARD_ABSENT', 'ERR_PCSC_READER_GONE'] as const)(
    'ends with cardRemoved when the card use fails with %s',
    async (code) => {
      const { surface, set, card, login, typePin } = orderStage();
      set(card('a', { sign: () => Promise.reject(new MiddlewareError(code, 'gone')) }));
      const running = login();
      await surface.until('pin');
      const secret = typePin();
      expect(await running).toEqual({ status: 'failed', hintCode: 'cardRemoved' });
      expect(wiped(secret)).toBe(true);
    },
  );

  it('ends with cardRemoved when the card is pulled while the PIN is asked for', async () => {
    const { surface, set, card, login } = orderStage();
    set(card('a'));
    const running = login();
    await surface.until('pin');
    set();
    expect(await running).toEqual({ status: 'failed', hintCode: 'cardRemoved' });
  });

  it('keeps the prompt while another card comes and goes', async () => {
    const { surface, set, card, login, typePin } = orderStage();
    const a = card('a');
    set(a);
    const running = login({ user: 'a' });
    await surface.until('pin');
    const shown = surface.views.length;
    set(a, card('b'));
    await surface.until('pin', () => surface.views.length > shown);
    typePin();
    expect(await running).toMatchObject({ status: 'complete' });
  });

  it('ends with the hint that the order was ended by', async () => {
    const { surface, set, card, login, controller } = orderStage();
    set(card('a'));
    const running = login();
    await surface.until('pin');
    controller.abort('expiredTransaction');
    expect(await running).toEqual({ status: 'failed', hintCode: 'expiredTransaction' });
    expect(surface.outcomes).toEqual([{ status: 'failed', hintCode: 'expiredTransaction' }]);
  });

  it('keeps to the card whose PIN is being typed when another card comes', async () => {
    const { surface, set, card, login, typePin, requests } = orderStage();
    const a = card('a');
    set(a);
    const running = login();
    const { chosen } = await surface.until('pin');
    const shown = surface.views.length;
    set(a, card('b'));
    const view = await surface.until('pin', () => surface.views.length > shown);
    expect(view.chosen).toBe(chosen);
    expect(view.candidates).toHaveLength(2);
    typePin();
    expect(await running).toMatchObject({ status: 'complete' });
    expect(requests).toHaveLength(1);
  });

  it('offers no other card by itself while the one whose PIN is being typed is read again', async () => {
    const { surface, set, card, login, typePin } = orderStage();
    const a = card('a');
    const b = card('b');
    set(a);
    const running = login();
    const { chosen } = await surface.until('pin');
    set({ reader: a.reader, state: 'reading' }, b);
    expect((await surface.until('choose')).chosen).toBeUndefined();
    set(a, b);
    expect((await surface.until('pin')).chosen).toBe(chosen);
    typePin();
    expect(await running).toMatchObject({ status: 'complete' });
  });

  it('a cancel while the card works ends the order without an answer', async () => {
    const { surface, set, card, login, typePin } = orderStage();
    const sign = (request: SignRequest): Promise<SignResult> =>
      new Promise((_resolve, reject) => {
        const fail = () => reject(new MiddlewareError('ERR_ABORTED', 'aborted'));
        request.signal?.addEventListener('abort', fail, { once: true });
      });
    set(card('a', { sign }));
    const running = login();
    await surface.until('pin');
    const secret = typePin();
    await surface.until('working');
    surface.answer({ kind: 'cancel' });
    expect(await running).toEqual({ status: 'failed', hintCode: 'userCancel' });
    expect(wiped(secret)).toBe(true);
  });

  it('wipes a PIN that it cannot use, whatever hinders it', async () => {
    const chain = [new Uint8Array(20_000)];
    const { surface, set, card, login, typePin, requests } = orderStage({
      usable: true,
      level: 3,
      chain,
      testIssuer: true,
    });
    set(card('a'));
    const running = login();
    await surface.until('pin');
    const secret = typePin();
    expect(await running).toEqual({ status: 'failed', hintCode: 'startFailed' });
    expect(requests).toEqual([]);
    expect(wiped(secret)).toBe(true);
  });

  it('does not complete a login that cannot be written to the history', async () => {
    const { surface, set, card, login, typePin, history } = orderStage();
    history.push = () => {
      throw new Error('disk full');
    };
    set(card('a'));
    const running = login();
    await surface.until('pin');
    typePin();
    expect(await running).toEqual({ status: 'failed', hintCode: 'startFailed' });
  });
});

describe('authenticate with several cards of one person', () => {
  const ofTwo = (fixed: ReturnType<typeof orderStage>) => [
    fixed.card('b', { person: 'p' }),
    fixed.card('a', { person: 'p' }),
  ];

  it('asks which, in the same order whatever the readers, and takes the same one for the same question next time', async () => {
    const fixed = orderStage();
    const { surface, set, login, typePin, chosen, requests } = fixed;
    const [b, a] = ofTwo(fixed);
    set(b!, a!);
    const first = login();
    const { candidates } = await surface.until('choose');
    expect(candidates.map(({ tokenLabel }) => tokenLabel)).toEqual(['a', 'b']);
    surface.answer({ kind: 'choose', candidateId: candidates[1]!.id });
    await surface.until('pin');
    typePin();
    await first;
    expect([...chosen.values()]).toEqual([{ token: 'card:b', certificate: 'b' }]);

    set(a!, b!);
    const second = login();
    const view = await surface.until('pin');
    expect(view.candidates.map(({ tokenLabel }) => tokenLabel)).toEqual(['a', 'b']);
    expect(view.chosen).toBe(candidates[1]!.id);
    typePin();
    await second;
    expect(requests).toHaveLength(2);

    const otherLevels = login({ acrValues: ['http://id.sambi.se/loa/loa3', 'http://id.sambi.se/loa/loa2'] });
    await surface.until('choose');
    surface.answer({ kind: 'cancel' });
    await otherLevels;
  });

  it('preselects nothing with the card of somebody else in, whatever was chosen before', async () => {
    const { surface, set, card, login, chosen } = orderStage();
    chosen.set('urn:test:rp 3', { token: 'card:a', certificate: 'a' });
    set(card('a'), card('b'));
    const running = login();
    expect((await surface.until('choose')).chosen).toBeUndefined();
    surface.answer({ kind: 'cancel' });
    await running;
  });

  it('remembers no choice of a login that did not complete', async () => {
    const { surface, set, card, login, chosen } = orderStage();
    set(card('a'));
    const running = login();
    await surface.until('pin');
    surface.answer({ kind: 'cancel' });
    await running;
    expect(chosen.size).toBe(0);
  });

  it('lets the user choose while one more card is read, and chooses by itself only when it has been', async () => {
    const fixed = orderStage();
    const { surface, set, card, login, typePin } = fixed;
    const reading: TokenEntry = { reader: 'reader b', state: 'reading' };
    set(card('a'), reading);
    const early = login();
    const view = await surface.until('choose');
    expect(view).toMatchObject({ reading: true, chosen: undefined });
    surface.answer({ kind: 'choose', candidateId: view.candidates[0]!.id });
    await surface.until('pin');
    typePin();
    await early;

    const patient = login();
    await surface.until('choose');
    set(card('a'), { reader: 'reader b', state: 'unknown' });
    expect(await surface.until('pin')).toMatchObject({ reading: false });
    typePin();
    expect(await patient).toMatchObject({ status: 'complete' });
  });

  it('goes on with the other face of the card when the one that was shown is gone', async () => {
    const { surface, set, card, login, typePin, requests } = orderStage();
    set(card('a', { reader: 'contact' }));
    const running = login();
    const { chosen } = await surface.until('pin');
    set({ reader: 'contact', state: 'absent' }, card('a', { reader: 'near' }));
    expect((await surface.until('pin', (view) => view.candidates[0]?.reader === 'near')).chosen).toBe(chosen);
    typePin();
    expect(await running).toMatchObject({ status: 'complete' });
    expect(requests).toHaveLength(1);
  });
});

describe('authenticate while nothing is shown yet', () => {
  it('ends on a cancel, without waiting for the card', async () => {
    const { surface, set, card, login, requests } = orderStage();
    let signal: AbortSignal | undefined;
    const counters = (given?: AbortSignal) =>
      new Promise<never>((_resolve, reject) => {
        signal = given;
        given?.addEventListener('abort', () => reject(new MiddlewareError('ERR_ABORTED', 'aborted')), { once: true });
      });
    set(card('a', { counters }));
    const running = login();
    await surface.asked();
    surface.answer({ kind: 'cancel' });
    expect(await running).toEqual({ status: 'failed', hintCode: 'userCancel' });
    expect(signal?.aborted).toBe(true);
    expect(surface.views).toEqual([]);
    expect(requests).toEqual([]);
  });
});

describe('authenticate with a card that another program holds', () => {
  it('says so with the names, and tries again when the user does', async () => {
    const busy = new MiddlewareError('ERR_CARD_BUSY', 'busy', { fields: { programs: 'firefox' } });
    const script: CardScript = { counters: () => Promise.reject(busy) };
    const { surface, set, card, login, typePin, hints } = orderStage();
    set(card('a', script));
    const running = login();
    expect((await surface.until('explain')).problem).toEqual({
      code: 'ERR_CARD_BUSY',
      fields: { programs: 'firefox' },
    });
    expect(hints).toEqual(['cardBusy']);
    delete script.counters;
    surface.answer({ kind: 'acknowledge' });
    await surface.until('pin');
    typePin();
    expect(await running).toMatchObject({ status: 'complete' });
  });
});

describe('authenticate with a keypad on the reader', () => {
  const failing = (code: ErrorCode) => () => Promise.reject(new MiddlewareError(code, 'not taken'));

  it('says that there is one, and passes the wish to use it on, with consent and language', async () => {
    const { surface, set, card, login, requests } = orderStage();
    let finish: () => void = () => undefined;
    const sign = (): Promise<SignResult> =>
      new Promise((resolve) => {
        finish = () => resolve({ signature: Uint8Array.of(7), cost: { apduCount: 5, cardMs: 1 } });
      });
    set(card('a', { pinPad: true, attempts: 1, sign }));
    const running = login();
    expect(await surface.until('pin')).toMatchObject({ pinPad: true, lastTry: true });
    surface.answer({ kind: 'pinPad', lastTryConsent: true, language: 'en' });
    await surface.until('pinPad');
    finish();
    expect(await running).toMatchObject({ status: 'complete' });
    expect(requests).toMatchObject([{ pin: 'pin-pad', lastTryConsent: true, language: 'en', attemptsShown: 1 }]);
  });

  it('takes a PIN that is typed on the computer all the same', async () => {
    const { surface, set, card, login, typePin, requests } = orderStage();
    set(card('a', { pinPad: true }));
    const running = login();
    await surface.until('pin');
    const secret = typePin();
    expect(await running).toMatchObject({ status: 'complete' });
    expect(requests[0]?.pin).toBe(secret);
  });

  it('takes no such wish where there is none', async () => {
    const { surface, set, card, login, typePin, requests } = orderStage();
    set(card('a'));
    const running = login();
    expect((await surface.until('pin')).pinPad).toBe(false);
    surface.answer({ kind: 'pinPad', lastTryConsent: false });
    await surface.until('pin');
    expect(requests).toEqual([]);
    typePin();
    expect(await running).toMatchObject({ status: 'complete' });
  });

  it.each(['ERR_PIN_PAD_TIMEOUT', 'ERR_PIN_PAD_CANCELLED', 'ERR_PIN_MALFORMED'] as const)(
    'asks again after %s, with the keypad as before',
    async (code) => {
      const { surface, set, card, login, requests } = orderStage();
      set(card('a', { pinPad: true, sign: failing(code) }));
      const running = login();
      await surface.until('pin');
      surface.answer({ kind: 'pinPad', lastTryConsent: false });
      const again = await surface.until('pin', (view) => view.problem !== undefined);
      expect(again).toMatchObject({ problem: { code }, pinPad: true });
      expect(requests).toHaveLength(1);
      surface.answer({ kind: 'cancel' });
      expect(await running).toEqual({ status: 'failed', hintCode: 'userCancel' });
    },
  );

  it.each(['ERR_PIN_PAD_REFUSED', 'ERR_PIN_PAD_FAILED'] as const)(
    'goes on without the keypad after %s, for this order only',
    async (code) => {
      const script: CardScript = { pinPad: true, sign: failing(code) };
      const { surface, set, card, login, typePin } = orderStage();
      set(card('a', script));
      const running = login();
      await surface.until('pin');
      surface.answer({ kind: 'pinPad', lastTryConsent: false });
      const again = await surface.until('pin', (view) => view.problem !== undefined);
      expect(again).toMatchObject({ problem: { code }, pinPad: false });
      delete script.sign;
      typePin();
      expect(await running).toMatchObject({ status: 'complete' });
      const next = login();
      expect((await surface.until('pin')).pinPad).toBe(true);
      surface.answer({ kind: 'cancel' });
      await next;
    },
  );

  it('ends the wait when the user cancels here, and when the card is pulled', async () => {
    const { surface, set, card, login } = orderStage();
    const sign = (request: SignRequest): Promise<SignResult> =>
      new Promise((_resolve, reject) => {
        const fail = () => reject(new MiddlewareError('ERR_ABORTED', 'aborted'));
        request.signal?.addEventListener('abort', fail, { once: true });
      });
    set(card('a', { pinPad: true, sign }));
    const running = login();
    await surface.until('pin');
    surface.answer({ kind: 'pinPad', lastTryConsent: false });
    await surface.until('pinPad');
    surface.answer({ kind: 'cancel' });
    expect(await running).toEqual({ status: 'failed', hintCode: 'userCancel' });

    set(card('b', { pinPad: true, sign: failing('ERR_CARD_REMOVED') }));
    const pulled = login();
    await surface.until('pin');
    surface.answer({ kind: 'pinPad', lastTryConsent: false });
    expect(await pulled).toEqual({ status: 'failed', hintCode: 'cardRemoved' });
  });
});
