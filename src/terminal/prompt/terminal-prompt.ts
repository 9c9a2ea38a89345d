import type { ControlClient } from '../../client/client.js';
import type {
  ClosedPrompt,
  PromptOverview,
  PromptPlace,
  WaitingPrompt,
  WirePrompt,
} from '../../control-contract/prompts.js';
import { promptMessages } from '../../messages/prompt.js';
import type { SurfaceKind } from '../../model/surface.js';
import { createCodeEntry } from '../keys/code-entry.js';
import { createConsentEntry, type ConsentEntry } from '../keys/consent-entry.js';
import type { Key } from '../keys/key-reader.js';
import type { WindowSize } from '../layout/fit-screen.js';
import type { Look } from '../look.js';
import { outcomeText } from './outcome-text.js';
import { createPinEntry } from '../keys/pin-entry.js';
import { PromptAnswers } from './prompt-answers.js';
import { createReading } from './reading.js';
import { createSilenceWatch } from './silence-watch.js';
import { isReading, listLength, readScreen, saysWorking, screenLines, type ScreenState } from './screen-lines.js';

/**
 * After a change that nobody here asked for, no key counts until none has come for so long: what is typed then was
 * meant for what stood there before, and may be the rest of a PIN.
 */
const deafMs = 500;

/** What a prompt on a terminal needs. */
export interface TerminalPromptOptions {
  readonly client: ControlClient;
  readonly kind: SurfaceKind;
  readonly look: Look;
  readonly size: () => WindowSize;
  readonly draw: (lines: readonly string[]) => void;
  readonly now: () => number;
  readonly onClosed: (closed: ClosedPrompt, text: string) => void;
  readonly onInterrupt: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** The PIN surface on a terminal: what it shows, and what each key does. */
export class TerminalPrompt {
  readonly #options: TerminalPromptOptions;
  readonly #answers: PromptAnswers;
  readonly #pin = createPinEntry();
  readonly #code = createCodeEntry();
  readonly #reading = createReading();
  #consent: ConsentEntry;
  #view: WirePrompt | undefined;
  #waiting: readonly WaitingPrompt[] = [];
  #note: string | undefined;
  #choosing = false;
  #listFrom = 0;
  #deafSince: number | undefined;
  /** The user types on the computer although the reader has a keypad; for this order. */
  #typing = false;
  /** When a key came last while an answer was on its way: it was meant for nothing that stands here. */
  #earlyAt: number | undefined;
  /** All that the question must say stands on the screen. */
  #whole = true;
  /** The order that has begun and shown nothing yet. */
  #starting: string | undefined;
  #place: PromptPlace | undefined;
  #phrase: string | undefined;
  /** What stood here and was moved to another surface: its end is told here too. */
  #moved: WirePrompt | undefined;
  readonly #silence = createSilenceWatch(() => this.redraw());

  constructor(options: TerminalPromptOptions) {
    this.#options = options;
    this.#consent = this.#newConsent();
    const { client, look, onFailure } = options;
    this.#answers = new PromptAnswers({ client, language: look.language, onFailure, onRefused: () => this.#refused() });
  }

  /** Attaches as a surface and follows the daemon's events. */
  async start(): Promise<void> {
    const { client, kind } = this.#options;
    client.on('prompt.begin', ({ promptId }) => this.#start(promptId));
    client.on('prompt.show', (view) => this.#show(view));
    client.on('prompt.close', (closed) => this.#close(closed));
    client.on('prompt.waiting', ({ waiting }) => this.#await(waiting));
    client.on('prompt.place', (place) => this.#placed(place));
    client.on('prompt.phrase', ({ phrase }) => {
      this.#phrase = phrase;
      this.redraw();
    });
    client.on('prompt.refused', ({ ticket }) => this.#answers.refuse(ticket));
    const overview = await client.request('prompt.attach', { kind });
    this.#begin(overview);
  }

  /** Whether an order is on the screen, if only that it has begun. */
  get open(): boolean {
    return this.#view !== undefined || this.#starting !== undefined;
  }

  /** How many orders wait to be picked. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Where a question stands, or the next one will, while that is not here. */
  get elsewhere(): PromptPlace | undefined {
    return this.#place?.here === false ? this.#place : undefined;
  }

  /** Says something where nothing is asked; false while something is. */
  say(note: string): boolean {
    if (this.open) return false;
    this.#note = note;
    this.redraw();
    return true;
  }

  redraw(): void {
    if (saysWorking(this.#state)) this.#silence.working();
    else this.#silence.forget();
    this.#options.draw(this.#lines());
  }

  #lines(): readonly string[] {
    const { look, size } = this.#options;
    const state = this.#state;
    if (state.view === undefined || !isReading(state)) {
      const { lines, whole } = screenLines(state, look, size());
      this.#whole = whole;
      return lines;
    }
    this.#whole = true;
    const page = readScreen(state, state.view, look, size(), this.#reading.place);
    this.#reading.shown(page);
    return page.lines;
  }

  get #state(): ScreenState {
    const consentMissing = this.#view?.lastTry === true && !this.#consent.given;
    return {
      view: this.#view,
      starting: this.#starting !== undefined,
      waiting: this.#waiting,
      listFrom: this.#listFrom,
      note: this.#note,
      pinLength: this.#pin.length,
      code: this.#code.typed,
      consent: consentMissing ? this.#consent.typed : undefined,
      choosing: this.#choosing,
      onPinPad: this.#onPinPad,
      sent: this.#answers.sent,
      stalled: this.#silence.stalled,
      place: this.#place,
      phrase: this.#phrase,
    };
  }

  get #onPinPad(): boolean {
    return this.#view?.pinPad === true && !this.#typing && this.#view.state !== 'code';
  }

  key(key: Key, byte: number): void {
    if (key === 'interrupt') {
      this.#options.onInterrupt();
      return;
    }
    if (this.#isDeaf()) return;
    if (this.#starting !== undefined) this.#startingKey(this.#starting, key);
    else if (this.#view === undefined) this.#idleKey(key, byte);
    else {
      if (this.#isUnderWay(this.#view)) this.#earlyAt = this.#options.now();
      // What cannot be read whole is not answered but by Escape.
      if (this.#whole || key === 'escape') this.#promptKey(this.#view, key, byte);
    }
    this.redraw();
  }

  #isDeaf(): boolean {
    if (this.#deafSince === undefined) return false;
    const now = this.#options.now();
    const isDeaf = now - this.#deafSince < deafMs;
    this.#deafSince = isDeaf ? now : undefined;
    return isDeaf;
  }

  /** Wipes what was typed. */
  close(): void {
    this.#pin.clear();
    this.#silence.forget();
  }

  #begin({ place, phrase, current, waiting }: PromptOverview): void {
    this.#place ??= place;
    this.#phrase ??= phrase;
    this.#waiting = waiting;
    if (current !== undefined && this.#view === undefined) this.#show(current);
    this.redraw();
  }

  /** A question that goes to another surface takes nothing along that was typed here. */
  #placed(place: PromptPlace): void {
    this.#place = place;
    if (!place.here && this.open) {
      this.#moved = this.#view;
      this.#forget();
      this.#note = undefined;
    }
    this.redraw();
  }

  /** Wipes what was typed; nothing is asked here any more, and keys that still come were meant for what was. */
  #forget(): void {
    this.#listFrom = 0;
    this.#pin.clear();
    this.#code.clear();
    this.#view = undefined;
    this.#starting = undefined;
    this.#choosing = false;
    this.#typing = false;
    this.#answers.settle();
    this.#deafSince = this.#options.now();
  }

  #start(promptId: string): void {
    if (this.#view !== undefined) return;
    this.#starting = promptId;
    this.#note = undefined;
    this.redraw();
  }

  #show(view: WirePrompt): void {
    this.#starting = undefined;
    this.#moved = undefined;
    if (view.ticket !== this.#view?.ticket) {
      if (!this.#isAnswered(view) || this.#isStillTyping || this.#startsPinPad(view)) {
        this.#deafSince = this.#options.now();
      }
      this.#pin.clear();
      this.#code.clear();
      this.#consent = this.#newConsent();
      this.#choosing = false;
      this.#answers.settle();
      this.#note = undefined;
      this.#silence.forget();
    } else this.#notice(view, this.#view);
    if (view.promptId !== this.#view?.promptId) {
      this.#listFrom = 0;
      this.#typing = false;
      this.#reading.begin();
    }
    if (this.#listFrom >= view.candidates.length) this.#listFrom = 0;
    this.#view = view;
    this.redraw();
  }

  /** Other cards come and go while the PIN of this one is typed: that is said, and no number means another card unseen. */
  #notice(view: WirePrompt, before: WirePrompt): void {
    const known = before.candidates.map(({ id }) => id);
    const came = view.candidates.find(({ id }) => !known.includes(id));
    if (came === undefined && view.candidates.length === known.length) return;
    if (this.#choosing) this.#deafSince = this.#options.now();
    this.#note = came && promptMessages[this.#options.look.language].cardCame(came.tokenLabel, came.reader);
  }

  /** Whether this view follows what was answered to the one on the screen. */
  #isAnswered({ promptId }: WirePrompt): boolean {
    return this.#view?.promptId === promptId && this.#isUnderWay(this.#view);
  }

  /** Whether what this view asks for was answered from here, or it asks for nothing. */
  #isUnderWay({ state, ticket }: WirePrompt): boolean {
    return isAtCard(state) || this.#answers.hasAnswered(ticket);
  }

  /** Whether keys came until now that went nowhere: what follows may be the rest of a PIN. */
  get #isStillTyping(): boolean {
    return this.#earlyAt !== undefined && this.#options.now() - this.#earlyAt < deafMs;
  }

  /** Whether the next Enter would make the reader ask for the PIN: one that is held down since the last question must not. */
  #startsPinPad({ state, pinPad }: WirePrompt): boolean {
    return state === 'pin' && pinPad && !this.#typing && this.#view !== undefined && !isAtCard(this.#view.state);
  }

  #close(closed: ClosedPrompt): void {
    const view = this.#view ?? this.#moved;
    if (view !== undefined && view.promptId !== closed.promptId) return;
    this.#forget();
    this.#moved = undefined;
    this.#note = outcomeText(view, closed.outcome, this.#options.look.language);
    this.redraw();
    this.#options.onClosed(closed, this.#note);
  }

  #await(waiting: readonly WaitingPrompt[]): void {
    const isMoved = this.#waiting.some(({ promptId }, index) => promptId !== waiting[index]?.promptId);
    // No number opens another order than the one that stood there.
    if (isMoved && !this.open) this.#deafSince = this.#options.now();
    this.#waiting = waiting;
    if (!this.open && this.#listFrom >= waiting.length) this.#listFrom = 0;
    this.redraw();
  }

  #refused(): void {
    const words = promptMessages[this.#options.look.language];
    this.#code.clear();
    this.#note = this.#view?.state === 'code' ? words.codeRefused : words.refused;
    this.redraw();
  }

  #startingKey(promptId: string, key: Key): void {
    if (key === 'escape') this.#answers.cancel(promptId);
  }

  #idleKey(key: Key, byte: number): void {
    if (this.#turnList(this.#waiting.length, key, byte)) return;
    if (this.elsewhere !== undefined && isT(byte)) this.#answers.take();
    const picked = this.#listed(this.#waiting, byte);
    if (picked !== undefined) this.#answers.pick(picked.promptId);
  }

  #promptKey(view: WirePrompt, key: Key, byte: number): void {
    if (key === 'escape') this.#escape(view);
    else if (this.#answers.sent) return;
    else if (this.#choosing || view.state === 'choose') this.#chooseKey(view, key, byte);
    else if (key === 'tab') this.#list(view);
    else if (view.state === 'explain' && key === 'enter') this.#answers.acknowledge(view);
    else if (view.state === 'read') this.#readKey(view, key, byte);
    else if (view.state === 'code') this.#codeKey(view, key, byte);
    else if (view.state === 'pin' && view.lastTry && !this.#consent.given) this.#consentKey(key, byte);
    else if (view.state === 'pin' && this.#onPinPad) this.#pinPadKey(view, key, byte);
    else if (view.state === 'pin') this.#pinKey(view, key, byte);
  }

  #escape(view: WirePrompt): void {
    this.#pin.clear();
    if (this.#choosing) this.#choosing = false;
    else this.#answers.cancel(view.promptId);
  }

  /** Shows what else there is, and why some of it does not fit. */
  #list({ state, candidates, unfit }: WirePrompt): void {
    this.#listFrom = 0;
    this.#choosing = ['pin', 'explain', 'read', 'code'].includes(state) && (candidates.length > 1 || unfit.length > 0);
  }

  /** What has not been read to its last row is not acknowledged. */
  #readKey(view: WirePrompt, key: Key, byte: number): void {
    if (key !== 'enter') this.#reading.move(byte === space ? 'pageDown' : key);
    else if (this.#reading.done) this.#answers.acknowledge(view);
  }

  #codeKey(view: WirePrompt, key: Key, byte: number): void {
    if (key === 'character') this.#code.push(byte);
    else if (key === 'backspace') this.#code.backspace();
    else if (key === 'enter' && this.#code.typed !== '') this.#answers.typeCode(view, this.#code.typed);
  }

  #chooseKey(view: WirePrompt, key: Key, byte: number): void {
    if (this.#turnList(view.candidates.length, key, byte)) return;
    const candidate = this.#listed(view.candidates, byte);
    if (candidate === undefined) return;
    this.#choosing = false;
    if (candidate.id === view.chosen && view.state !== 'choose') return;
    this.#answers.choose(view, candidate.id);
  }

  /** What stands in the list at the number of this key. */
  #listed<T>(all: readonly T[], byte: number): T | undefined {
    const digit = digitOf(byte);
    return digit === 0 ? undefined : all[this.#listFrom + digit - 1];
  }

  /** The next or the last part of a list that is longer than one; behind its end its beginning comes. */
  #turnList(count: number, key: Key, byte: number): boolean {
    const step =
      byte === space || key === 'pageDown' || key === 'right' ? 1 : key === 'pageUp' || key === 'left' ? -1 : 0;
    if (step === 0 || count <= listLength) return false;
    const parts = Math.ceil(count / listLength);
    this.#listFrom = ((this.#listFrom / listLength + step + parts) % parts) * listLength;
    return true;
  }

  #consentKey(key: Key, byte: number): void {
    if (key === 'character') this.#consent.push(byte);
    else if (key === 'backspace') this.#consent.backspace();
    else if (key === 'enter') this.#consent.confirm();
  }

  /** Digits do nothing here: they belong on the reader. */
  #pinPadKey(view: WirePrompt, key: Key, byte: number): void {
    if (key === 'enter') this.#answers.usePinPad(view);
    else if (isT(byte)) this.#typing = true;
  }

  #pinKey(view: WirePrompt, key: Key, byte: number): void {
    const { nothingTyped } = promptMessages[this.#options.look.language];
    if (this.#note === nothingTyped) this.#note = undefined;
    if (key === 'character') this.#pin.push(byte);
    else if (key === 'backspace') this.#pin.backspace();
    else if (key === 'enter' && this.#pin.length > 0) this.#answers.sendPin(view, this.#pin.take());
    else if (key === 'enter') this.#note = nothingTyped;
  }

  #newConsent(): ConsentEntry {
    return createConsentEntry(promptMessages[this.#options.look.language].consentWord);
  }
}

const space = 0x20;
const isT = (byte: number): boolean => byte === 0x54 || byte === 0x74;

const isAtCard = (state: WirePrompt['state']): boolean => state === 'working' || state === 'pinPad';

/** 1 to 9 for the keys 1 to 9; 0, which names nothing, for any other. */
function digitOf(byte: number): number {
  return byte >= 0x31 && byte <= 0x39 ? byte - 0x30 : 0;
}
