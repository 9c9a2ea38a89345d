import { beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/core/secret.js';
import { attachedSurfaces, type AttachedSurfaces } from '../../../../src/daemon/control/prompt-surfaces.js';
import type { ControlCaller, ReceivedPin } from '../../../../src/daemon/control/handlers.js';
import type { PromptView } from '../../../../src/model/prompt.js';
import type { SurfaceKind } from '../../../../src/model/surface.js';
import { promptView } from '../../../support/prompt-view.js';
import { recordingLogger } from '../../../support/recording-logger.js';
import { questionOf, surfaceCaller, type SurfaceCaller } from '../../../support/surface-caller.js';

const view = (promptId: string, change: Partial<PromptView> = {}): PromptView =>
  promptView(promptId, { candidates: [], expiresAt: 0, ...change });

const never = new AbortController().signal;
let now: number;
let attached: AttachedSurfaces;
let first: SurfaceCaller;
let second: SurfaceCaller;

const call = (method: keyof AttachedSurfaces['handlers'], params: object, caller: ControlCaller): unknown =>
  (attached.handlers[method] as (given: object, by: ControlCaller) => unknown)(params, caller);

const attach = (caller: ControlCaller, kind: SurfaceKind = 'terminal'): unknown =>
  call('prompt.attach', { kind }, caller);

function pinFor(ticket: string, digits = '8351'): ReceivedPin {
  return { ticket, lastTryConsent: false, pin: Secret.moveFrom(Buffer.from(digits)) };
}

const isWiped = ({ pin }: ReceivedPin): boolean => pin.use((bytes) => bytes.every((byte) => byte === 0));

/** Whether a promise has settled, its reactions included. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(
    () => (done = true),
    () => (done = true),
  );
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

beforeEach(() => {
  now = 10_000;
  attached = attachedSurfaces({ clock: { now: () => now, monotonic: () => now }, logger: recordingLogger() });
  first = surfaceCaller();
  second = surfaceCaller();
  attach(first);
});

describe('attachedSurfaces()', () => {
  it('is available only while a surface is attached', () => {
    expect(attached.surfaces.available).toBe(true);
    attach(first);
    expect(attached.count).toBe(1);
    call('prompt.detach', {}, first);
    expect(attached.surfaces.available).toBe(false);
  });

  it('shows a prompt on the surface that was attached last, and tells the others what is asked there', () => {
    attach(second);
    attached.surfaces.open('p1').show(view('p1'));
    expect(second.shown().promptId).toBe('p1');
    expect(first.shown()).toBeUndefined();
    expect(first.place()).toEqual({
      here: false,
      kind: 'terminal',
      question: expect.objectContaining(questionOf('p1')) as unknown,
    });
    expect(attach(surfaceCaller())).toEqual({ place: first.place(), waiting: [] });
  });

  it('tells once that a prompt was opened: with its first state, or when it is picked', () => {
    const opened: string[] = [];
    const shown = attached.surfaces.open('p1', () => opened.push('p1'));
    expect(opened).toEqual([]);
    shown.show(view('p1'));
    shown.show(view('p1', { state: 'working' }));
    const waiting = attached.surfaces.open('p2', () => opened.push('p2'));
    waiting.show(view('p2'));
    expect(opened).toEqual(['p1']);
    shown.close({ status: 'complete' });
    call('prompt.pick', { promptId: 'p2' }, first);
    expect(opened).toEqual(['p1', 'p2']);
  });

  it('tells the surface with the prompt that an order has begun, and no other, nor of one that waits', () => {
    const begun = ({ told }: SurfaceCaller) => told('prompt.begin');
    const prompt = attached.surfaces.open('p1');
    attach(second);
    attached.surfaces.open('p2');
    prompt.show(view('p1'));
    expect([first, second].map(begun)).toEqual([[{ promptId: 'p1' }], []]);
  });

  it('takes a PIN that answers the state on the screen', async () => {
    const prompt = attached.surfaces.open('p1');
    prompt.show(view('p1'));
    now += 500;
    const answer = prompt.answer(never);
    attached.pinReceiver(pinFor(first.shown().ticket), first);
    const given = await answer;
    expect(given).toMatchObject({ kind: 'pin', lastTryConsent: false });
    expect(given.kind === 'pin' && given.pin.use((bytes) => Buffer.from(bytes).toString())).toBe('8351');
  });

  it('is deaf to PIN, choice and cancel for the first 500 ms', async () => {
    const prompt = attached.surfaces.open('p1');
    prompt.show(view('p1'));
    now += 499;
    const answer = prompt.answer(never);
    const { ticket } = first.shown();
    const pin = pinFor(ticket);
    attached.pinReceiver(pin, first);
    expect(isWiped(pin)).toBe(true);
    expect(first.events.at(-1)).toEqual({ event: 'prompt.refused', payload: { ticket, reason: 'deaf' } });
    expect(call('prompt.choose', { ticket, candidateId: 'c1' }, first)).toEqual({ accepted: false });
    expect(call('prompt.cancel', { promptId: 'p1' }, first)).toEqual({ accepted: false });
    expect(await settled(answer)).toBe(false);
    now += 1;
    expect(call('prompt.cancel', { promptId: 'p1' }, first)).toEqual({ accepted: true });
    expect(await answer).toEqual({ kind: 'cancel' });
  });

  it('counts the deaf time from the first state, not from opening, and not anew for later states', () => {
    const prompt = attached.surfaces.open('p1');
    now += 5_000;
    prompt.show(view('p1', { state: 'choose' }));
    expect(call('prompt.choose', { ticket: first.shown().ticket, candidateId: 'c1' }, first)).toEqual({
      accepted: false,
    });
    now += 600;
    prompt.show(view('p1'));
    expect(call('prompt.choose', { ticket: first.shown().ticket, candidateId: 'c1' }, first)).toEqual({
      accepted: true,
    });
  });

  it('takes the first answer only and wipes the second PIN', async () => {
    const prompt = attached.surfaces.open('p1');
    prompt.show(view('p1'));
    now += 500;
    const { ticket } = first.shown();
    const answer = prompt.answer(never);
    const [early, late] = [pinFor(ticket, '1111'), pinFor(ticket, '2222')];
    attached.pinReceiver(early, first);
    attached.pinReceiver(late, first);
    expect(isWiped(early)).toBe(false);
    expect(isWiped(late)).toBe(true);
    expect(await answer).toMatchObject({ kind: 'pin', pin: early.pin });
    expect(first.events.at(-1)).toEqual({ event: 'prompt.refused', payload: { ticket, reason: 'late' } });
  });

  it.each([
    ['another card is chosen', { chosen: 'c2' }],
    ['fewer tries are left', { attemptsRemaining: 2 }],
    ['it has become the last try', { lastTry: true }],
    ['the card works', { state: 'working' as const }],
    ['a problem is told', { problem: { code: 'ERR_CARD_BUSY', fields: {} } }],
  ])('refuses a PIN that was typed before %s', (_what, change) => {
    const prompt = attached.surfaces.open('p1');
    prompt.show(view('p1'));
    now += 500;
    const { ticket } = first.shown();
    prompt.show(view('p1', change));
    const pin = pinFor(ticket);
    attached.pinReceiver(pin, first);
    expect(isWiped(pin)).toBe(true);
  });

  it('keeps a PIN under way valid when only the number of waiting orders changes', () => {
    const prompt = attached.surfaces.open('p1');
    prompt.show(view('p1'));
    const { ticket } = first.shown();
    now += 500;
    prompt.show(view('p1', { waitingOrders: 1 }));
    expect(first.shown().ticket).toBe(ticket);
  });

  it('keeps a PIN under way valid when another card is on offer, unlike a choice', () => {
    const prompt = attached.surfaces.open('p1');
    prompt.show(view('p1'));
    const { ticket } = first.shown();
    prompt.show(view('p1', { candidates: promptView('p1').candidates }));
    expect(first.shown()).toMatchObject({ ticket, candidates: [{ id: 'c1' }] });
    prompt.show(view('p1', { state: 'choose', chosen: undefined }));
    const choice = first.shown().ticket;
    prompt.show(view('p1', { state: 'choose', chosen: undefined, candidates: promptView('p1').candidates }));
    expect(first.shown().ticket).not.toBe(choice);
  });

  it('passes the wish to type the PIN on the reader on, once, for the state on the screen', async () => {
    const prompt = attached.surfaces.open('p1');
    prompt.show(view('p1', { pinPad: true }));
    const { ticket } = first.shown();
    const wish = { ticket, lastTryConsent: true, language: 'en' };
    expect(call('prompt.usePinPad', wish, first)).toEqual({ accepted: false });
    now += 500;
    expect(call('prompt.usePinPad', wish, second)).toEqual({ accepted: false });
    expect(call('prompt.usePinPad', wish, first)).toEqual({ accepted: true });
    expect(call('prompt.usePinPad', wish, first)).toEqual({ accepted: false });
    expect(await prompt.answer(never)).toEqual({ kind: 'pinPad', lastTryConsent: true, language: 'en' });
    prompt.show(view('p1', { state: 'pinPad', pinPad: true }));
    prompt.show(view('p1'));
    const { ticket: without } = first.shown();
    prompt.show(view('p1', { pinPad: true }));
    expect(first.shown().ticket).not.toBe(without);
  });

  it('cancels an order that has shown nothing yet, for an attached surface only', async () => {
    const prompt = attached.surfaces.open('p1');
    expect(call('prompt.cancel', { promptId: 'p1' }, second)).toEqual({ accepted: false });
    expect(call('prompt.cancel', { promptId: 'p2' }, first)).toEqual({ accepted: false });
    expect(call('prompt.cancel', { promptId: 'p1' }, first)).toEqual({ accepted: true });
    expect(await prompt.answer(never)).toEqual({ kind: 'cancel' });
  });

  it.each(['working', 'pinPad'] as const)('takes no PIN in the state %s', (state) => {
    const prompt = attached.surfaces.open('p1');
    prompt.show(view('p1', { state }));
    now += 500;
    const pin = pinFor(first.shown().ticket);
    attached.pinReceiver(pin, first);
    expect(isWiped(pin)).toBe(true);
  });

  it('refuses and wipes a PIN without any prompt, from no surface, and after the prompt closed', () => {
    const stray = pinFor('00'.repeat(16));
    attached.pinReceiver(stray, first);
    expect(isWiped(stray)).toBe(true);
    const prompt = attached.surfaces.open('p1');
    prompt.show(view('p1'));
    now += 500;
    const { ticket } = first.shown();
    const foreign = pinFor(ticket);
    attached.pinReceiver(foreign, second);
    expect(isWiped(foreign)).toBe(true);
    expect(second.events).toEqual([{ event: 'prompt.refused', payload: { ticket, reason: 'detached' } }]);
    prompt.close({ status: 'complete' });
    const late = pinFor(ticket);
    attached.pinReceiver(late, first);
    expect(isWiped(late)).toBe(true);
  });

  it('holds an answer that comes before it is asked for, and wipes it when the prompt closes', async () => {
    const prompt = attached.surfaces.open('p1');
    prompt.show(view('p1'));
    now += 500;
    const early = pinFor(first.shown().ticket);
    attached.pinReceiver(early, first);
    expect(await prompt.answer(never)).toMatchObject({ kind: 'pin', pin: early.pin });
    prompt.show(view('p1', { attemptsRemaining: 2 }));
    const held = pinFor(first.shown().ticket);
    attached.pinReceiver(held, first);
    expect(isWiped(held)).toBe(false);
    prompt.close({ status: 'failed', hintCode: 'expiredTransaction' });
    expect(isWiped(held)).toBe(true);
  });

  it('wipes a held PIN when the state that it answered is gone', () => {
    const prompt = attached.surfaces.open('p1');
    prompt.show(view('p1'));
    now += 500;
    const held = pinFor(first.shown().ticket);
    attached.pinReceiver(held, first);
    prompt.show(view('p1', { chosen: 'c2' }));
    expect(isWiped(held)).toBe(true);
  });

  it('asks again with a new ticket when the answer did not fit', async () => {
    const prompt = attached.surfaces.open('p1');
    prompt.show(view('p1'));
    now += 500;
    const before = first.shown().ticket;
    const answer = prompt.answer(never);
    call('prompt.choose', { ticket: before, candidateId: 'unknown' }, first);
    await answer;
    const again = prompt.answer(never);
    const after = first.shown().ticket;
    expect(after).not.toBe(before);
    attached.pinReceiver(pinFor(after), first);
    expect(await again).toMatchObject({ kind: 'pin' });
  });

  it('answer() rejects with the very reason of its signal, and a later answer still counts', async () => {
    const prompt = attached.surfaces.open('p1');
    prompt.show(view('p1'));
    now += 500;
    const controller = new AbortController();
    const answer = prompt.answer(controller.signal);
    controller.abort('expiredTransaction');
    await expect(answer).rejects.toBe('expiredTransaction');
    await expect(prompt.answer(controller.signal)).rejects.toBe('expiredTransaction');
    const next = prompt.answer(never);
    attached.pinReceiver(pinFor(first.shown().ticket), first);
    expect(await next).toMatchObject({ kind: 'pin' });
  });

  it('cancels when the last surface detaches or its connection ends, and not before', async () => {
    attach(second);
    const prompt = attached.surfaces.open('p1');
    prompt.show(view('p1'));
    const answer = prompt.answer(never);
    call('prompt.detach', {}, second);
    expect(await settled(answer)).toBe(false);
    first.end();
    expect(await answer).toEqual({ kind: 'cancel' });
  });

  it('cancels a prompt that is opened without any surface', async () => {
    call('prompt.detach', {}, first);
    const prompt = attached.surfaces.open('p1');
    prompt.show(view('p1'));
    expect(await prompt.answer(never)).toEqual({ kind: 'cancel' });
  });

  it('a cancel overtakes a PIN that nobody has taken yet', async () => {
    const prompt = attached.surfaces.open('p1');
    prompt.show(view('p1'));
    now += 500;
    const held = pinFor(first.shown().ticket);
    attached.pinReceiver(held, first);
    call('prompt.cancel', { promptId: 'p1' }, first);
    expect(isWiped(held)).toBe(true);
    expect(await prompt.answer(never)).toEqual({ kind: 'cancel' });
  });
});

describe('a second order', () => {
  it('waits, unseen but listed, until the first has ended and the user picks it', () => {
    attached.surfaces.open('p1').show(view('p1'));
    const one = first.shown();
    const prompt = attached.surfaces.open('p2');
    prompt.show(view('p2'));
    expect(first.shown()).toBe(one);
    expect(first.events.at(-1)).toMatchObject({ event: 'prompt.waiting', payload: { waiting: [{ promptId: 'p2' }] } });
    expect(call('prompt.pick', { promptId: 'p2' }, first)).toEqual({ accepted: false });
  });

  it('does not open by itself when the first ends; picking it opens a prompt that is deaf anew', () => {
    const one = attached.surfaces.open('p1');
    one.show(view('p1'));
    attached.surfaces.open('p2').show(view('p2'));
    now += 10_000;
    one.close({ status: 'complete' });
    expect(first.shown().promptId).toBe('p1');
    expect(call('prompt.pick', { promptId: 'p2' }, second)).toEqual({ accepted: false });
    expect(call('prompt.pick', { promptId: 'p2' }, first)).toEqual({ accepted: true });
    const { promptId, ticket } = first.shown();
    expect(promptId).toBe('p2');
    const pin = pinFor(ticket);
    attached.pinReceiver(pin, first);
    expect(isWiped(pin)).toBe(true);
  });

  it('cannot be answered while it waits, but it can be cancelled', async () => {
    attached.surfaces.open('p1').show(view('p1'));
    const two = attached.surfaces.open('p2');
    two.show(view('p2'));
    const answer = two.answer(never);
    now += 500;
    expect(call('prompt.cancel', { promptId: 'p2' }, first)).toEqual({ accepted: true });
    expect(await answer).toEqual({ kind: 'cancel' });
  });

  it('leaves the list when it expires', async () => {
    attached.surfaces.open('p1').show(view('p1'));
    const two = attached.surfaces.open('p2');
    two.show(view('p2'));
    two.close({ status: 'failed', hintCode: 'expiredTransaction' });
    await expect.poll(() => first.events.at(-1)).toEqual({ event: 'prompt.waiting', payload: { waiting: [] } });
  });

  it('is listed before anything is asked for it, has its turn when it is picked, and then begins', async () => {
    const one = attached.surfaces.open('p1');
    expect(await one.turn(view('p1'), never)).toBe('open');
    one.show(view('p1'));
    const two = attached.surfaces.open('p2');
    let turn: string | undefined;
    void two.turn(view('p2'), never).then((came) => (turn = came));
    expect(first.events.at(-1)).toMatchObject({ event: 'prompt.waiting', payload: { waiting: [{ promptId: 'p2' }] } });
    one.close({ status: 'complete' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(turn).toBeUndefined();
    expect(call('prompt.pick', { promptId: 'p2' }, first)).toEqual({ accepted: true });
    expect(first.events.at(-1)).toEqual({ event: 'prompt.begin', payload: { promptId: 'p2' } });
    await expect.poll(() => turn).toBe('open');
  });

  it.each(['the user', 'its order'])('is not waited for any more when %s ends it in the list', async (who) => {
    attached.surfaces.open('p1').show(view('p1'));
    const two = attached.surfaces.open('p2');
    const order = new AbortController();
    const turn = two.turn(view('p2'), order.signal);
    if (who === 'the user') {
      expect(call('prompt.cancel', { promptId: 'p2' }, first)).toEqual({ accepted: true });
      expect(await turn).toBe('cancelled');
    } else {
      order.abort(new Error('expired'));
      await expect(turn).rejects.toThrow('expired');
    }
  });

  it('is told of in one list with others that come at the same time', async () => {
    attached.surfaces.open('p1').show(view('p1'));
    const lists = () => first.events.filter(({ event }) => event === 'prompt.waiting');
    for (let count = 2; count < 52; count += 1) {
      void attached.surfaces.open(`p${count}`).turn(view(`p${count}`), new AbortController().signal);
    }
    await expect.poll(() => (lists().at(-1)?.payload as { waiting: unknown[] }).waiting.length).toBe(50);
    expect(lists().length).toBeLessThan(5);
  });
});

describe('what is read or typed before the PIN', () => {
  const open = (change: Partial<Parameters<typeof view>[1] & object>) => {
    const prompt = attached.surfaces.open('p1');
    prompt.show(view('p1', change));
    now += 500;
    return prompt;
  };

  it('is answered with the ticket of its state, and not with that of the one before', async () => {
    const prompt = open({ state: 'read' });
    const { ticket } = first.shown();
    const read = prompt.answer(never);
    expect(call('prompt.acknowledge', { ticket }, first)).toEqual({ accepted: true });
    expect(await read).toEqual({ kind: 'acknowledge' });
    prompt.show(view('p1', { state: 'code' }));
    const typed = prompt.answer(never);
    expect(call('prompt.typeCode', { ticket, code: 'AB23' }, first)).toEqual({ accepted: false });
    expect(call('prompt.typeCode', { ticket: first.shown().ticket, code: 'AB23' }, first)).toEqual({ accepted: true });
    expect(await typed).toEqual({ kind: 'code', code: 'AB23' });
  });

  it.each(['read', 'code', 'pin'] as const)('keeps its ticket while other cards come and go (%s)', (state) => {
    const prompt = open({ state });
    const { ticket } = first.shown();
    prompt.show(view('p1', { state, candidates: [], askedAgain: true }));
    expect(first.shown()).toMatchObject({ ticket, askedAgain: true });
  });

  it('asks anew for each document, and after a wrong code', () => {
    const prompt = open({ state: 'pin', documentsNow: 1 });
    const before = first.shown().ticket;
    prompt.show(view('p1', { state: 'pin', documentsNow: 1, documentsSigned: 1 }));
    const after = first.shown().ticket;
    expect(after).not.toBe(before);
    prompt.show(view('p1', { state: 'code' }));
    const { ticket } = first.shown();
    prompt.show(view('p1', { state: 'code', problem: { code: 'ERR_OOB_CONFIRMATION_CODE', fields: {} } }));
    expect(first.shown().ticket).not.toBe(ticket);
  });

  it.each(['read', 'code'] as const)('is deaf at first like any other (%s)', (state) => {
    attached.surfaces.open('p1').show(view('p1', { state }));
    const { ticket } = first.shown();
    expect(call('prompt.acknowledge', { ticket }, first)).toEqual({ accepted: false });
    expect(call('prompt.typeCode', { ticket, code: 'AB23' }, first)).toEqual({ accepted: false });
  });
});
