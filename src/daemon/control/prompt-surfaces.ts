import type { Clock, Logger } from '../../core/ports.js';
import type { SurfaceKind } from '../../model/surface.js';
import type { PromptOutcome } from '../../model/prompt.js';
import type { PromptAnswer, PromptSession, PromptSurfaces } from '../../operations/prompt.js';
import type { PromptOverview, RefusedPin } from '../../control-contract/prompts.js';
import type { ControlCaller, ControlHandlers, PinReceiver, ReceivedPin } from './handlers.js';
import { onCallerGone } from './on-caller-gone.js';
import { OpenPrompt, type PromptListener } from './open-prompt.js';
import { PromptPlaces } from './prompt-places.js';
import { SurfaceRanks } from './surface-ranks.js';
import { WaitingPrompts } from './waiting-prompts.js';

/** A prompt takes no answer for so long after it came to a surface: keys that were meant for something else are still coming. */
const deafMs = 500;

/** What prompt surfaces are made from. */
export interface AttachedSurfacesOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The user's personal phrase, which every prompt shows. */
  readonly phrase?: () => string | undefined;
  /** Called before it counts which surfaces there are: one that comes and goes by a setting may attach or detach then. */
  readonly onLook?: () => void;
  /** Called when a surface attached or detached. */
  readonly onChange?: () => void;
}

/** The PIN surfaces that attach over the control socket: one side for operations, the other for the control server. */
export interface AttachedSurfaces {
  readonly surfaces: PromptSurfaces;
  readonly handlers: Pick<
    ControlHandlers,
    | 'prompt.attach'
    | 'prompt.take'
    | 'prompt.detach'
    | 'prompt.choose'
    | 'prompt.usePinPad'
    | 'prompt.typeCode'
    | 'prompt.acknowledge'
    | 'prompt.cancel'
    | 'prompt.pick'
  >;
  readonly pinReceiver: PinReceiver;
  /** How many are attached. */
  readonly count: number;
  /**
   * The surface cannot ask what stands open: another one gets it, now or when one attaches. False while there is none,
   * and it goes on showing the prompt as well as it can.
   */
  passOn(caller: ControlCaller): boolean;
  /** The surface has broken down: another one gets what stands open, and without one the order fails. */
  lose(caller: ControlCaller): void;
  /** The phrase is another one now. */
  phraseChanged(): void;
}

/**
 * Shows each prompt on one of the attached surfaces, by the rule of docs/pin-surfaces.md; the others are told where it
 * stands. One prompt is open at a time; an order that comes meanwhile waits until the user picks it. When the last
 * surface detaches, all are cancelled.
 */
export function attachedSurfaces(options: AttachedSurfacesOptions): AttachedSurfaces {
  return new Attached(options);
}

class Attached implements AttachedSurfaces, PromptListener {
  readonly surfaces: PromptSurfaces;
  readonly handlers: AttachedSurfaces['handlers'];
  readonly pinReceiver: PinReceiver;
  readonly #options: AttachedSurfacesOptions;
  readonly #ranks = new SurfaceRanks();
  readonly #detachLater = onCallerGone((caller) => this.#detach(caller));
  readonly #waiting = new WaitingPrompts((waiting) => {
    for (const caller of this.#ranks.callers) caller.notify('prompt.waiting', { waiting });
  });
  readonly #places = new PromptPlaces(this.#ranks, () => ({ prompt: this.#current, holder: this.#holder }));
  #current: OpenPrompt | undefined;
  /** The one surface that the open prompt stands on. */
  #holder: ControlCaller | undefined;
  /** Where the open prompt stands or has stood. */
  #shownOn = new Set<ControlCaller>();
  /** Who cannot ask what stands open. */
  #passed = new WeakSet<ControlCaller>();
  #openedAt: number | undefined;

  constructor(options: AttachedSurfacesOptions) {
    this.#options = options;
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the port's getter must see this object's state
    const attached = this;
    this.surfaces = {
      get available() {
        return attached.count > 0;
      },
      open: (promptId, onOpened) => this.#open(promptId, onOpened),
    };
    this.handlers = {
      'prompt.attach': ({ kind }, caller) => this.#attach(caller, kind),
      'prompt.take': (_params, caller) => ({ accepted: this.#take(caller) }),
      'prompt.detach': (_params, caller) => this.#detach(caller),
      'prompt.choose': ({ ticket, candidateId }, caller) =>
        this.#answer(caller, ticket, { kind: 'choose', candidateId }),
      'prompt.usePinPad': ({ ticket, lastTryConsent, language }, caller) =>
        this.#answer(caller, ticket, {
          kind: 'pinPad',
          lastTryConsent,
          ...(language === undefined ? {} : { language }),
        }),
      'prompt.typeCode': ({ ticket, code }, caller) => this.#answer(caller, ticket, { kind: 'code', code }),
      'prompt.acknowledge': ({ ticket }, caller) => this.#answer(caller, ticket, { kind: 'acknowledge' }),
      'prompt.cancel': ({ promptId }, caller) => ({ accepted: this.#cancel(caller, promptId) }),
      'prompt.pick': ({ promptId }, caller) => ({ accepted: this.#pick(caller, promptId) }),
    };
    this.pinReceiver = (received, caller) => this.#receivePin(received, caller);
  }

  get count(): number {
    this.#options.onLook?.();
    return this.#ranks.size;
  }

  changed(prompt: OpenPrompt): void {
    if (prompt !== this.#current) {
      this.#waiting.changed();
      return;
    }
    const { wire } = prompt;
    if (wire === undefined) return;
    const isFirst = this.#openedAt === undefined;
    this.#openedAt ??= this.#options.clock.monotonic();
    prompt.opened();
    this.#holder?.notify('prompt.show', wire);
    // Only now the others can be told what is asked there.
    if (isFirst) this.#places.tell();
  }

  closed(prompt: OpenPrompt, outcome: PromptOutcome): void {
    if (prompt === this.#current) {
      const shownOn = this.#shownOn;
      this.#current = undefined;
      this.#holder = undefined;
      this.#openedAt = undefined;
      for (const caller of shownOn) {
        if (this.#ranks.has(caller)) caller.notify('prompt.close', { promptId: prompt.promptId, outcome });
      }
      this.#places.tell();
    } else {
      this.#waiting.remove(prompt);
      this.#waiting.changed();
    }
  }

  passOn(caller: ControlCaller): boolean {
    this.#passed.add(caller);
    const next = this.#holder === caller ? this.#ranks.first(this.#passed) : undefined;
    if (next !== undefined) this.#moveTo(next);
    return this.#holder !== caller;
  }

  lose(caller: ControlCaller): void {
    if (!this.passOn(caller)) this.#current?.cancel('noSurface');
  }

  phraseChanged(): void {
    const phrase = this.#options.phrase?.();
    for (const caller of this.#ranks.callers) caller.notify('prompt.phrase', { phrase });
  }

  #open(promptId: string, onOpened?: () => void): PromptSession {
    const prompt = new OpenPrompt(promptId, this, onOpened);
    if (this.#ranks.size === 0) prompt.cancel();
    if (this.#current === undefined && this.#waiting.all.length === 0) this.#begin(prompt, this.#ranks.first());
    else this.#waiting.add(prompt);
    return prompt;
  }

  #attach(caller: ControlCaller, kind: SurfaceKind): PromptOverview {
    const isNew = this.#ranks.attach(caller, kind);
    if (isNew) {
      this.#detachLater(caller);
      const isHomeless = this.#holder === undefined || this.#passed.has(this.#holder);
      if (this.#current !== undefined && isHomeless) this.#moveTo(caller, 'silently');
      this.#options.onChange?.();
    }
    const place = this.#places.learn(caller);
    this.#places.tell();
    const current = place.here ? this.#current : undefined;
    if (isNew && current !== undefined && current.wire === undefined) {
      caller.notify('prompt.begin', { promptId: current.promptId });
    }
    return { place, phrase: this.#options.phrase?.(), current: current?.wire, waiting: this.#waiting.listed };
  }

  #detach(caller: ControlCaller): Record<string, never> {
    if (this.#ranks.detach(caller)) {
      if (this.#holder === caller) this.#moveOn();
      if (this.#ranks.size === 0) this.#cancelAll();
      this.#places.tell();
      this.#options.onChange?.();
    }
    return {};
  }

  /** The surface with the open prompt is gone. */
  #moveOn(): void {
    this.#holder = undefined;
    const next = this.#ranks.first(this.#passed) ?? this.#ranks.first();
    if (next !== undefined) this.#moveTo(next);
  }

  #take(caller: ControlCaller): boolean {
    if (!this.#ranks.has(caller)) return false;
    this.#ranks.take(caller);
    this.#passed.delete(caller);
    if (this.#current !== undefined && this.#holder !== caller) this.#moveTo(caller);
    else this.#places.tell();
    return true;
  }

  /** What was typed or is under way to the question elsewhere counts no more, and keys on their way here not yet. */
  #moveTo(caller: ControlCaller, how?: 'silently'): void {
    const prompt = this.#current;
    this.#holder = caller;
    if (prompt === undefined) return;
    this.#shownOn.add(caller);
    prompt.renew();
    const { wire } = prompt;
    if (wire !== undefined) this.#openedAt = this.#options.clock.monotonic();
    if (how === 'silently') return;
    this.#places.tell();
    if (wire === undefined) caller.notify('prompt.begin', { promptId: prompt.promptId });
    else caller.notify('prompt.show', wire);
  }

  #cancelAll(): void {
    this.#current?.cancel();
    for (const prompt of this.#waiting.all) prompt.cancel();
  }

  #answer(caller: ControlCaller, ticket: string, answer: PromptAnswer): { accepted: boolean } {
    return { accepted: this.#offer(caller, ticket, answer) === undefined };
  }

  /** Why it does not count; undefined if it does. */
  #offer(caller: ControlCaller, ticket: string, answer: PromptAnswer): RefusedPin['reason'] | undefined {
    const refusal = this.#refusal(caller);
    if (refusal !== undefined) return refusal;
    if (this.#current?.offer(ticket, answer) !== true) return 'late';
    this.#ranks.used(caller);
    return undefined;
  }

  #cancel(caller: ControlCaller, promptId: string): boolean {
    if (!this.#ranks.has(caller)) return false;
    const waiting = this.#waiting.find(promptId);
    const open = this.#current?.promptId === promptId && this.#mayCancel(caller) ? this.#current : undefined;
    (waiting ?? open)?.cancel();
    return (waiting ?? open) !== undefined;
  }

  /** One that has shown nothing yet was told of: whoever cancels it means it. */
  #mayCancel(caller: ControlCaller): boolean {
    const refusal = this.#refusal(caller);
    return refusal === undefined || (this.#openedAt === undefined && refusal === 'late');
  }

  /** It opens where it was picked. */
  #pick(caller: ControlCaller, promptId: string): boolean {
    const picked = this.#waiting.find(promptId);
    if (picked === undefined || this.#current !== undefined || !this.#ranks.has(caller)) return false;
    this.#waiting.remove(picked);
    this.#waiting.tellNow();
    this.#ranks.used(caller);
    this.#begin(picked, caller);
    this.changed(picked);
    return true;
  }

  #begin(prompt: OpenPrompt, holder: ControlCaller | undefined): void {
    this.#current = prompt;
    this.#holder = holder;
    this.#shownOn = new Set(holder === undefined ? [] : [holder]);
    this.#passed = new WeakSet();
    this.#places.tell();
    if (prompt.wire === undefined) holder?.notify('prompt.begin', { promptId: prompt.promptId });
    prompt.takeTurn();
  }

  #receivePin({ ticket, pin, lastTryConsent }: ReceivedPin, caller: ControlCaller): void {
    const reason = this.#offer(caller, ticket, { kind: 'pin', pin, lastTryConsent });
    if (reason === undefined) return;
    pin.wipe();
    this.#options.logger.warn({ reason }, 'A PIN was refused and wiped');
    caller.notify('prompt.refused', { ticket, reason });
  }

  /** Why this caller cannot answer at this moment. */
  #refusal(caller: ControlCaller): RefusedPin['reason'] | undefined {
    if (!this.#ranks.has(caller)) return 'detached';
    if (this.#current !== undefined && this.#holder !== caller) return 'elsewhere';
    if (this.#openedAt === undefined) return 'late';
    return this.#options.clock.monotonic() - this.#openedAt < deafMs ? 'deaf' : undefined;
  }
}
