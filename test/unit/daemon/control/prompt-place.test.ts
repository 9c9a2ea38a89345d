import { beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/core/secret.js';
import type { ControlCaller, ReceivedPin } from '../../../../src/daemon/control/handlers.js';
import { attachedSurfaces, type AttachedSurfaces } from '../../../../src/daemon/control/prompt-surfaces.js';
import type { SurfaceKind } from '../../../../src/model/surface.js';
import type { PromptSession } from '../../../../src/operations/prompt.js';
import { promptView } from '../../../support/prompt-view.js';
import { recordingLogger } from '../../../support/recording-logger.js';
import { questionOf, surfaceCaller, type SurfaceCaller } from '../../../support/surface-caller.js';

const never = new AbortController().signal;
let now: number;
let phrase: string | undefined;
let attached: AttachedSurfaces;

beforeEach(() => {
  now = 10_000;
  phrase = undefined;
  attached = attachedSurfaces({
    clock: { now: () => now, monotonic: () => now },
    logger: recordingLogger(),
    phrase: () => phrase,
  });
});

const call = (method: keyof AttachedSurfaces['handlers'], params: object, caller: ControlCaller): unknown =>
  (attached.handlers[method] as (given: object, by: ControlCaller) => unknown)(params, caller);

function attach(kind: SurfaceKind): SurfaceCaller {
  const caller = surfaceCaller();
  call('prompt.attach', { kind }, caller);
  return caller;
}

function open(promptId = 'p1'): PromptSession {
  const prompt = attached.surfaces.open(promptId);
  prompt.show(promptView(promptId));
  return prompt;
}

function sendPin(caller: SurfaceCaller, ticket = caller.shown().ticket): ReceivedPin {
  const received = { ticket, lastTryConsent: false, pin: Secret.moveFrom(Buffer.from('8351')) };
  attached.pinReceiver(received, caller);
  return received;
}

const isWiped = ({ pin }: ReceivedPin): boolean => pin.use((bytes) => bytes.every((byte) => byte === 0));
const refusals = (caller: SurfaceCaller): unknown[] =>
  caller.told('prompt.refused').map((refused) => (refused as { reason: string }).reason);

describe('the surface that gets the prompt', () => {
  it('is by kind first, however they came', () => {
    const kinds: SurfaceKind[] = ['input', 'pinentry', 'terminal', 'ui'];
    const surfaces = kinds.map(attach);
    open();
    expect(surfaces.map((one) => one.told('prompt.show').length)).toEqual([0, 0, 0, 1]);
    expect(surfaces[0]?.place()).toEqual({
      here: false,
      kind: 'ui',
      question: expect.objectContaining(questionOf('p1')) as unknown,
    });
    surfaces[3]?.end();
    expect(surfaces.map((one) => one.told('prompt.show').length)).toEqual([0, 1, 0, 1]);
    surfaces[1]?.end();
    expect(surfaces.map((one) => one.told('prompt.show').length)).toEqual([0, 1, 1, 1]);
  });

  it('is of one kind the one that was attached last, or in which an answer was given since', () => {
    const [one, other] = [attach('terminal'), attach('terminal')];
    const first = open();
    expect([one.shown(), other.shown().promptId]).toEqual([undefined, 'p1']);
    first.close({ status: 'complete' });
    call('prompt.take', {}, one);
    const second = open('p2');
    expect(one.shown().promptId).toBe('p2');
    second.close({ status: 'complete' });
    expect(one.told('prompt.close')).toHaveLength(1);
    expect(other.told('prompt.close')).toHaveLength(1);
  });

  it('does not change under an open prompt because a better one attaches; the next prompt comes there', () => {
    const terminal = attach('terminal');
    const prompt = open();
    const ui = attach('ui');
    expect(ui.told('prompt.show')).toEqual([]);
    now += 500;
    call('prompt.choose', { ticket: terminal.shown().ticket, candidateId: 'c1' }, terminal);
    prompt.close({ status: 'complete' });
    expect(terminal.place()).toEqual({ here: false, kind: 'ui' });
    open('p2');
    expect(ui.shown().promptId).toBe('p2');
  });

  it('is the one that picks a waiting order, for that order', () => {
    const [ui, terminal] = [attach('ui'), attach('terminal')];
    const first = open();
    open('p2');
    first.close({ status: 'complete' });
    expect(call('prompt.pick', { promptId: 'p2' }, terminal)).toEqual({ accepted: true });
    expect(terminal.shown().promptId).toBe('p2');
    expect(ui.place()).toMatchObject({ here: false, kind: 'terminal', question: { promptId: 'p2' } });
  });

  it('is told once, and only when something changed', () => {
    const terminal = attach('terminal');
    attach('ui').end();
    expect(terminal.told('prompt.place')).toEqual([
      { here: false, kind: 'ui' },
      { here: true, kind: 'terminal' },
    ]);
  });
});

describe('prompt.take', () => {
  it('moves the question with a new ticket, deaf for 500 ms; a PIN typed there counts no more', async () => {
    const [ui, terminal] = [attach('ui'), attach('terminal')];
    const prompt = open();
    const answer = prompt.answer(never);
    now += 5000;
    const before = ui.shown().ticket;
    expect(call('prompt.take', {}, terminal)).toEqual({ accepted: true });
    expect(ui.place()).toEqual({
      here: false,
      kind: 'terminal',
      question: expect.objectContaining(questionOf('p1')) as unknown,
    });
    const late = sendPin(ui, before);
    const soon = sendPin(terminal);
    expect([late, soon].map(isWiped)).toEqual([true, true]);
    expect([refusals(ui), refusals(terminal)]).toEqual([['elsewhere'], ['deaf']]);
    now += 500;
    const old = sendPin(terminal, before);
    expect([isWiped(old), refusals(terminal)]).toEqual([true, ['deaf', 'late']]);
    const right = sendPin(terminal);
    expect(await answer).toMatchObject({ kind: 'pin', pin: right.pin });
  });

  it('wipes a PIN that nobody had taken yet', () => {
    const [ui, terminal] = [attach('ui'), attach('terminal')];
    open();
    now += 500;
    const held = sendPin(ui);
    expect(isWiped(held)).toBe(false);
    call('prompt.take', {}, terminal);
    expect(isWiped(held)).toBe(true);
  });

  it('brings later prompts too, until another takes them or it detaches', () => {
    const [ui, terminal] = [attach('ui'), attach('terminal')];
    call('prompt.take', {}, terminal);
    expect(ui.place()).toEqual({ here: false, kind: 'terminal' });
    open().close({ status: 'complete' });
    call('prompt.detach', {}, terminal);
    expect(ui.place()).toEqual({ here: true, kind: 'ui' });
    open('p2');
    expect([terminal.told('prompt.show').length, ui.shown().promptId]).toEqual([1, 'p2']);
  });

  it('leaves the end of the order to be told to all on which it has stood, and to no other', () => {
    const [ui, terminal, other] = [attach('ui'), attach('terminal'), attach('input')];
    const prompt = open();
    call('prompt.take', {}, terminal);
    prompt.close({ status: 'complete' });
    expect([ui, terminal, other].map((one) => one.told('prompt.close').length)).toEqual([1, 1, 0]);
    expect(ui.place()).toEqual({ here: false, kind: 'terminal' });
  });

  it('is refused to who is no surface, and changes nothing for who has the prompt', () => {
    const stranger = surfaceCaller();
    const ui = attach('ui');
    open();
    const { ticket } = ui.shown();
    expect(call('prompt.take', {}, stranger)).toEqual({ accepted: false });
    expect(call('prompt.take', {}, ui)).toEqual({ accepted: true });
    expect(ui.shown().ticket).toBe(ticket);
    expect(stranger.events).toEqual([]);
  });
});

describe('a surface without the prompt', () => {
  it.each(['prompt.choose', 'prompt.acknowledge', 'prompt.typeCode', 'prompt.usePinPad', 'prompt.cancel'] as const)(
    'has no %s that counts, even with the right ticket',
    (method) => {
      const [ui, terminal] = [attach('ui'), attach('terminal')];
      open();
      now += 500;
      const { ticket } = ui.shown();
      const params = { ticket, candidateId: 'c1', code: 'AB23', lastTryConsent: true, promptId: 'p1' };
      expect(call(method, params, terminal)).toEqual({ accepted: false });
      expect(call(method, params, ui)).toEqual({ accepted: true });
    },
  );

  it('learns neither ticket nor candidates nor tries of what is asked elsewhere', () => {
    const [ui, terminal] = [attach('ui'), attach('terminal')];
    open();
    const told = JSON.stringify(terminal.events);
    expect(told).toContain('Exempelkliniken');
    for (const unknown of [ui.shown().ticket, 'Tolvan', 'attempts']) expect(told).not.toContain(unknown);
  });
});

describe('a surface with the prompt that goes away', () => {
  it.each(['detaches', 'dies'])('and %s leaves it to the next, anew', async (how) => {
    const [ui, terminal] = [attach('ui'), attach('terminal')];
    const prompt = open();
    now += 5000;
    const held = sendPin(ui);
    if (how === 'dies') ui.end();
    else call('prompt.detach', {}, ui);
    expect(isWiped(held)).toBe(true);
    expect(terminal.shown()).toMatchObject({ promptId: 'p1', attemptsRemaining: 3 });
    expect(terminal.shown().ticket).not.toBe(ui.shown().ticket);
    sendPin(terminal);
    expect(refusals(terminal)).toEqual(['deaf']);
    now += 500;
    const answer = prompt.answer(never);
    sendPin(terminal);
    expect(await answer).toMatchObject({ kind: 'pin' });
  });

  it('and had shown nothing yet leaves the beginning to the next', () => {
    const [ui, terminal] = [attach('ui'), attach('terminal')];
    const prompt = attached.surfaces.open('p1');
    ui.end();
    expect(terminal.told('prompt.begin')).toEqual([{ promptId: 'p1' }]);
    prompt.show(promptView('p1'));
    expect(terminal.shown().promptId).toBe('p1');
  });

  it('is not asked for a PIN that the card has already', async () => {
    const [ui, terminal] = [attach('ui'), attach('terminal')];
    const prompt = open();
    const answer = prompt.answer(never);
    now += 500;
    const given = sendPin(ui);
    await answer;
    ui.end();
    now += 500;
    const second = sendPin(terminal);
    prompt.show(promptView('p1', { state: 'working' }));
    expect([given, second].map(isWiped)).toEqual([false, true]);
    expect(terminal.shown().state).toBe('working');
  });
});

describe('passOn() and lose()', () => {
  it('give the question to another surface, and not back while there is another', () => {
    const [pinentry, terminal] = [attach('pinentry'), attach('terminal')];
    open();
    expect(attached.passOn(pinentry)).toBe(true);
    expect(terminal.shown().promptId).toBe('p1');
    const later = attach('terminal');
    terminal.end();
    expect(later.shown().promptId).toBe('p1');
  });

  it('leave it where it is while there is no other, and give it to the first that attaches', () => {
    const pinentry = attach('pinentry');
    open();
    expect(attached.passOn(pinentry)).toBe(false);
    const late = surfaceCaller();
    const overview = call('prompt.attach', { kind: 'input' }, late);
    expect(overview).toMatchObject({ place: { here: true, kind: 'input' }, current: { promptId: 'p1' } });
    expect(pinentry.place()).toMatchObject({ here: false, kind: 'input' });
  });

  it('count for one order only', () => {
    const [pinentry] = [attach('pinentry'), attach('terminal')];
    const prompt = open();
    attached.passOn(pinentry);
    prompt.close({ status: 'complete' });
    open('p2');
    expect(pinentry.shown().promptId).toBe('p2');
  });

  it('end the order where nothing else can show it, not as by the user', async () => {
    const pinentry = attach('pinentry');
    const prompt = open();
    attached.lose(pinentry);
    expect(await prompt.answer(never)).toEqual({ kind: 'cancel', because: 'noSurface' });
  });
});

describe('the personal phrase', () => {
  it('is what a surface finds when it attaches, and is told to all that are attached when it changes', () => {
    phrase = 'Blå elefant';
    const stranger = surfaceCaller();
    const ui = attach('ui');
    const overview = call('prompt.attach', { kind: 'terminal' }, surfaceCaller());
    expect(overview).toMatchObject({ phrase: 'Blå elefant' });
    phrase = undefined;
    attached.phraseChanged();
    expect(ui.told('prompt.phrase')).toEqual([{ phrase: undefined }]);
    expect(stranger.events).toEqual([]);
  });
});
