import { beforeEach, describe, expect, it } from 'vitest';
import { PinentrySurface } from '../../../../src/app/pinentry/pinentry-surface.js';
import { MiddlewareError } from '../../../../src/core/errors.js';
import { attachedSurfaces, type AttachedSurfaces } from '../../../../src/daemon/control/prompt-surfaces.js';
import type { DialogueEntry, PinDialogues } from '../../../../src/model/pin-dialogue.js';
import { dialogueBytes, maxDialogueBytes } from '../../../../src/model/pin-dialogue.js';
import type { PromptView } from '../../../../src/model/prompt.js';
import type { PromptAnswer, PromptSession } from '../../../../src/operations/prompt.js';
import { promptView } from '../../../support/prompt-view.js';
import { recordingLogger } from '../../../support/recording-logger.js';
import { surfaceCaller } from '../../../support/surface-caller.js';
import { secretOf } from '../../../support/token-bench.js';

interface OpenWindow {
  readonly kind: 'confirm' | 'message' | 'pin';
  readonly window: DialogueEntry;
  readonly signal: AbortSignal;
  readonly answer: (given: unknown) => void;
  readonly fail: (error: Error) => void;
}

const never = new AbortController().signal;
let now: number;
let windows: OpenWindow[];
let attached: AttachedSurfaces;
let surface: PinentrySurface;
let phrase: string | undefined;

/** Every window that is opened, answered by the test. */
const dialogues: PinDialogues = (() => {
  const open =
    (kind: OpenWindow['kind']) =>
    async (window: object, signal: AbortSignal): Promise<never> =>
      await new Promise((resolve, reject) => {
        const answer = resolve as (given: unknown) => void;
        windows.push({ kind, window: window as DialogueEntry, signal, answer, fail: reject });
        signal.addEventListener('abort', () => reject(new MiddlewareError('ERR_ABORTED', 'TEST')), { once: true });
      });
  return { confirm: open('confirm'), message: open('message'), getPin: open('pin') };
})();

beforeEach(async () => {
  now = 10_000;
  windows = [];
  phrase = 'Blå elefant';
  const clock = { now: () => Date.now(), monotonic: () => now };
  attached = attachedSurfaces({ clock, logger: recordingLogger(), phrase: () => phrase });
  surface = new PinentrySurface({
    prompts: attached,
    dialogues,
    language: () => 'en',
    clock,
    logger: recordingLogger(),
  });
  await surface.attach();
});

function open(change: Partial<PromptView> = {}, promptId = 'p1'): PromptSession {
  const prompt = attached.surfaces.open(promptId);
  prompt.show(promptView(promptId, change));
  return prompt;
}

/** The newest window, once there are so many; a person has looked at it. */
async function nth(count: number): Promise<OpenWindow> {
  await expect.poll(() => windows.length).toBe(count);
  now += 1000;
  const newest = windows.at(-1);
  if (newest === undefined) throw new Error('No window');
  expect(dialogueBytes(newest.window.text)).toBeLessThanOrEqual(maxDialogueBytes);
  expect(newest.window.text).toMatch(/^kort: this is where you type your PIN\nYour phrase: Blå elefant\n/);
  return newest;
}

const candidates = promptView('p1').candidates;
const tretton = { ...candidates[0]!, id: 'c2', holder: 'Tretton Trettonsson' };

describe('a PIN window', () => {
  it('gives the PIN to the order, with what every prompt says before it', async () => {
    const answer = open({ bindingMessage: 'TEST <b>message</b>\nConfirmation code: ZZ99' }).answer(never);
    const { kind, window, answer: give } = await nth(1);
    expect([kind, window.label, window.ok]).toEqual(['pin', 'PIN:', 'Sign in']);
    expect(window.text.replaceAll('\u00a0', ' ')).toBe(
      [
        'kort: this is where you type your PIN',
        'Your phrase: Blå elefant',
        'The service Example Clinic wants you to sign in',
        '    (authentication)',
        '  (registered by your administrator)',
        '  Web site: https://login.clinic.example',
        '  Confirmation code: AB23',
        '  The service requires assurance level 3',
        'The service writes:',
        '  | TEST ‹b›message‹/b›',
        '  | Confirmation code: ZZ99',
        '  Card: Tolvan 940 (reader Reader 1)',
        '  Holder: Tolvan Tolvansson, TEST Organisation · assurance',
        '      level 3 · valid until 2028-11-21',
        '  Chosen because it was the only one that fitted.',
        '  Tries left: 3',
      ].join('\n'),
    );
    const pin = secretOf('8351');
    give(pin);
    expect(await answer).toEqual({ kind: 'pin', pin, lastTryConsent: false });
  });

  it('asks again when the answer came sooner than a person answers, and wipes it', async () => {
    const answer = open().answer(never);
    await expect.poll(() => windows.length).toBe(1);
    now += 600;
    const soon = secretOf('8351');
    windows[0]?.answer(soon);
    const { window, answer: give } = await nth(2);
    expect(window.error).toBe('The answer came too soon and did not count. Read, and answer again.');
    expect(soon.use((bytes) => bytes.every((byte) => byte === 0))).toBe(true);
    give(secretOf('8351'));
    expect(await answer).toMatchObject({ kind: 'pin' });
  });

  it('asks again for an empty one, and sends none', async () => {
    open();
    (await nth(1)).answer(secretOf(''));
    expect((await nth(2)).window.error).toBe('Nothing was typed.');
  });

  it('is asked for a last try only after a word of consent', async () => {
    const answer = open({ lastTry: true, attemptsRemaining: 1 }).answer(never);
    const consent = await nth(1);
    expect([consent.kind, consent.window.ok]).toEqual(['confirm', 'Use the last try']);
    expect(consent.window.text).toContain('LAST TRY. If it is wrong, the PIN is locked.');
    consent.answer('ok');
    (await nth(2)).answer(secretOf('8351'));
    expect(await answer).toMatchObject({ kind: 'pin', lastTryConsent: true });
  });

  it('leads to the keypad of the reader, or to the computer', async () => {
    const answer = open({ pinPad: true }).answer(never);
    const where = await nth(1);
    expect([where.kind, where.window.ok, where.window.notOk]).toEqual(['confirm', 'On the reader', 'On the computer']);
    where.answer('ok');
    expect(await answer).toEqual({ kind: 'pinPad', lastTryConsent: false, language: 'en' });
  });

  it('is preceded by the choice of the card where there are several', async () => {
    const answer = open({ candidates: [...candidates, tretton], chosenBecause: 'last-time' }).answer(never);
    (await nth(1)).answer('notOk');
    const first = await nth(2);
    expect(first.window.text).toContain('Card 1 of 2:');
    first.answer('notOk');
    const second = await nth(3);
    expect(second.window.text).toContain('Tretton Trettonsson');
    second.answer('ok');
    expect(await answer).toEqual({ kind: 'choose', candidateId: 'c2' });
  });

  it('says which document it signs, as the service calls it, and how many are signed', async () => {
    const documents = ['Referral', `Enclosure\nDocument 3 of 3 ${'long '.repeat(30)}`].map((label) => ({
      label,
      digest: `sha256:${'ab'.repeat(32)}`,
    }));
    const sign = { purpose: 'sign', pinRole: 'signature', documents, documentsNow: 1 } as const;
    const prompt = open({ ...sign, documentsSigned: 0 });
    expect((await nth(1)).window.text.replaceAll('\u00a0', ' ')).toMatch(
      /\nThe PIN now signs document 1 of 2, which the service calls:\n {2}\| Referral$/,
    );
    prompt.show(promptView('p1', { ...sign, documentsSigned: 1 }));
    const { text } = (await nth(2)).window;
    expect(text).toContain('Document 1 of 2 is signed. Type the PIN for the next one.');
    expect(text.replaceAll('\u00a0', ' ')).toMatch(
      /document 2 of 2, which the service calls:\n {2}\| Enclosure\n {2}\| Document 3 of 3 long/,
    );
  });

  it('closes when another state comes, and takes no answer of the former', async () => {
    const prompt = open();
    const first = await nth(1);
    prompt.show(
      promptView('p1', { attemptsRemaining: 2, problem: { code: 'ERR_PIN_WRONG', fields: { attemptsRemaining: 2 } } }),
    );
    expect(first.signal.aborted).toBe(true);
    const { window } = await nth(2);
    expect(window.error).toContain('Wrong PIN. 2 tries left.');
    expect(window.text).toContain('Tries left: 2');
  });

  it('stands through changes that change nothing that is asked', async () => {
    const prompt = open();
    await nth(1);
    prompt.show(promptView('p1', { askedAgain: true, waitingOrders: 2 }));
    await new Promise((resolve) => setImmediate(resolve));
    expect(windows).toHaveLength(1);
  });
});

describe('other windows', () => {
  it.each([
    ['noCard', 'message', undefined],
    ['pinPad', 'message', undefined],
    ['choose', 'confirm', 'cancel'],
    ['read', 'confirm', 'cancel'],
    ['code', 'pin', undefined],
    ['explain', 'confirm', 'cancel'],
    ['pin', 'pin', undefined],
  ] as const)('of the state %s cancel the order', async (state, kind, given) => {
    const answer = open({ state, purpose: 'sign', visibleText: 'TEST text' }).answer(never);
    const window = await nth(1);
    expect(window.kind).toBe(kind);
    window.answer(given);
    expect(await answer).toEqual({ kind: 'cancel' });
  });

  it('show nothing while the card works', async () => {
    open({ state: 'working' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(windows).toEqual([]);
  });

  it('take the confirmation code that is typed', async () => {
    const answer = open({ state: 'code', confirmationCode: undefined }).answer(never);
    const { window, answer: give } = await nth(1);
    expect(window.label).toBe('Confirmation code:');
    give(secretOf('ab23'));
    expect(await answer).toEqual({ kind: 'code', code: 'ab23' });
  });

  it('close an explanation', async () => {
    const problem = { code: 'ERR_PIN_BLOCKED', fields: {} };
    const answer = open({ state: 'explain', problem }).answer(never);
    const { window, answer: give } = await nth(1);
    expect(window.text).toContain('The PIN is locked');
    give('ok');
    expect(await answer).toEqual({ kind: 'acknowledge' });
  });
});

describe('a text to be read', () => {
  const lines = Array.from(
    { length: 30 },
    (_, index) => `TEST row ${index + 1} of the text that is signed, as the service wrote it`,
  );

  it('is shown page by page, each row once, and acknowledged after the last only', async () => {
    const answer = open({ state: 'read', purpose: 'sign', visibleText: lines.join('\n') }).answer(never);
    const seen: string[] = [];
    for (let count = 1; ; count += 1) {
      const { window, answer: give } = await nth(count);
      seen.push(...window.text.split('\n').filter((row) => row.includes('| ')));
      if (window.ok === 'I have read all of it') {
        give('ok');
        break;
      }
      expect(window.ok).toBe('Next page');
      give('ok');
    }
    expect(windows.length).toBeGreaterThan(2);
    expect(seen.filter((row) => row.includes('TEST row'))).toHaveLength(30);
    expect(await answer).toEqual({ kind: 'acknowledge' });
  });

  it('can be gone back in', async () => {
    open({ state: 'read', purpose: 'sign', visibleText: lines.join('\n') });
    const first = await nth(1);
    expect(first.window.notOk).toBeUndefined();
    first.answer('ok');
    (await nth(2)).answer('notOk');
    expect((await nth(3)).window.text).toBe(first.window.text);
  });

  it.each([
    [
      'is longer than anybody reads in windows',
      lines.flatMap((line) => Array.from({ length: 9 }, () => line)).join('\n'),
    ],
    ['could be taken for markup', 'TEST <b>text</b>'],
  ])('goes to a terminal where it %s, or waits for one', async (_what, visibleText) => {
    const answer = open({ state: 'read', purpose: 'sign', visibleText }).answer(never);
    const window = await nth(1);
    expect(window.kind).toBe('message');
    expect(window.window.text).toContain('Open "kort ui"');
    const terminal = surfaceCaller();
    const overview = await attached.handlers['prompt.attach']?.({ kind: 'terminal' }, terminal);
    expect(overview).toMatchObject({ place: { here: true }, current: { state: 'read' } });
    expect(window.signal.aborted).toBe(true);
    terminal.end();
    (await nth(2)).answer(undefined);
    expect(await answer).toEqual({ kind: 'cancel' });
  });
});

describe('a pinentry that fails', () => {
  const broken = new MiddlewareError('ERR_PIN_DIALOGUE', 'TEST', { fields: { reason: 'ended' } });

  it('fails the order where nothing else can ask', async () => {
    const answer = open().answer(never);
    (await nth(1)).fail(broken);
    expect(await answer).toEqual({ kind: 'cancel', because: 'noSurface' });
  });

  it('leaves the order to another surface', async () => {
    const terminal = surfaceCaller();
    await attached.handlers['prompt.attach']?.({ kind: 'terminal' }, terminal);
    open();
    (await nth(1)).fail(broken);
    await expect.poll(() => terminal.told('prompt.show')).toHaveLength(1);
  });

  it('is given up when it goes on answering what no person can', async () => {
    const answer: Promise<PromptAnswer> = open().answer(never);
    for (let count = 1; count <= 10; count += 1) {
      await expect.poll(() => windows.length).toBe(count);
      windows.at(-1)?.answer(undefined);
    }
    expect(await answer).toEqual({ kind: 'cancel', because: 'noSurface' });
    expect(windows).toHaveLength(10);
  });
});

describe('orders one after another', () => {
  it('says why one has ended by itself, and offers the next, which opens only when it is wanted', async () => {
    const one = open();
    open({}, 'p2');
    await nth(1);
    one.close({ status: 'failed', hintCode: 'cardRemoved' });
    const why = await nth(2);
    expect(why.kind).toBe('message');
    expect(why.window.text).toMatch(/The card was\s+removed/);
    why.answer(undefined);
    const offer = await nth(3);
    expect(offer.window.text).toContain('One more request is waiting for you:');
    expect([offer.window.ok, offer.window.cancel]).toEqual(['Open', 'Decline']);
    offer.answer('ok');
    expect((await nth(4)).kind).toBe('pin');
  });

  it('says nothing of one that went well or that the user cancelled, and declines on request', async () => {
    const one = open();
    const two = open({}, 'p2');
    await nth(1);
    one.close({ status: 'complete' });
    const declined = two.answer(never);
    (await nth(2)).answer('cancel');
    expect(await declined).toEqual({ kind: 'cancel' });
  });

  it('offers one no more often than a person declines, and declines none that nobody looked at', async () => {
    const one = open();
    const two = open({}, 'p2');
    await nth(1);
    one.close({ status: 'complete' });
    for (let count = 2; count <= 11; count += 1) {
      await expect.poll(() => windows.length).toBe(count);
      windows.at(-1)?.answer('cancel');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(windows).toHaveLength(11);
    const waiting = two.answer(AbortSignal.timeout(20));
    await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('closes its windows when it detaches; what is asked goes on elsewhere', async () => {
    const terminal = surfaceCaller();
    await attached.handlers['prompt.attach']?.({ kind: 'terminal' }, terminal);
    open();
    const { signal } = await nth(1);
    surface.close();
    expect(signal.aborted).toBe(true);
    expect(terminal.shown().promptId).toBe('p1');
    expect(attached.count).toBe(1);
  });
});
