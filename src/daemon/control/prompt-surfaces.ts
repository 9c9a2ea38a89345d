import type { Clock, Logger } from '../../core/ports.js';
import type { SurfaceKind } from '../../model/surface.js';
import type { PromptOutcome } from '../../model/prompt.js';
import type { PromptSession, PromptSurfaces } from '../../operations/prompt.js';
import type { PromptOverview } from '../../control-contract/prompts.js';
import type { ControlCaller, ControlHandlers, PinReceiver } from './handlers.js';
import { onCallerGone } from './on-caller-gone.js';
import { OpenPrompt, type PromptListener } from './open-prompt.js';
import { promptAnswers, type PromptAnswers } from './prompt-answers.js';
import { PromptPlaces } from './prompt-places.js';
import { PromptStand } from './prompt-stand.js';
import { SurfaceRanks } from './surface-ranks.js';
import { WaitingPrompts } from './waiting-prompts.js';

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
  readonly handlers: PromptAnswers['handlers'] &
    Pick<ControlHandlers, 'prompt.attach' | 'prompt.take' | 'prompt.detach' | 'prompt.pick'>;
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
  readonly #stand: PromptStand;
  readonly #places: PromptPlaces;

  constructor(options: AttachedSurfacesOptions) {
    this.#options = options;
    this.#stand = new PromptStand(options.clock);
    this.#places = new PromptPlaces(this.#ranks, this.#stand);
    const { logger } = options;
    const answers = promptAnswers({ stand: this.#stand, ranks: this.#ranks, waiting: this.#waiting, logger });
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the port's getter must see this object's state
    const attached = this;
    this.surfaces = {
      get available() {
        return attached.count > 0;
      },
      open: (promptId, onOpened) => this.#open(promptId, onOpened),
    };
    this.handlers = {
      ...answers.handlers,
      'prompt.attach': ({ kind }, caller) => this.#attach(caller, kind),
      'prompt.take': (_params, caller) => ({ accepted: this.#take(caller) }),
      'prompt.detach': (_params, caller) => this.#detach(caller),
      'prompt.pick': ({ promptId }, caller) => ({ accepted: this.#pick(caller, promptId) }),
    };
    this.pinReceiver = answers.pinReceiver;
  }

  get count(): number {
    this.#options.onLook?.();
    return this.#ranks.size;
  }

  changed(prompt: OpenPrompt): void {
    if (prompt !== this.#stand.prompt) {
      this.#waiting.changed();
      return;
    }
    const { wire } = prompt;
    if (wire === undefined) return;
    const isFirst = !this.#stand.isOpened;
    this.#stand.opened();
    prompt.opened();
    this.#stand.holder?.notify('prompt.show', wire);
    // Only now the others can be told what is asked there.
    if (isFirst) this.#places.tell();
  }

  closed(prompt: OpenPrompt, outcome: PromptOutcome): void {
    if (prompt === this.#stand.prompt) {
      for (const caller of this.#stand.close()) {
        if (this.#ranks.has(caller)) caller.notify('prompt.close', { promptId: prompt.promptId, outcome });
      }
      this.#places.tell();
    } else {
      this.#waiting.remove(prompt);
      this.#waiting.changed();
    }
  }

  passOn(caller: ControlCaller): boolean {
    const stand = this.#stand;
    stand.passed.add(caller);
    const next = stand.holder === caller ? this.#ranks.first(stand.passed) : undefined;
    if (next !== undefined) this.#moveTo(next);
    return stand.holder !== caller;
  }

  lose(caller: ControlCaller): void {
    if (!this.passOn(caller)) this.#stand.prompt?.cancel('noSurface');
  }

  phraseChanged(): void {
    const phrase = this.#options.phrase?.();
    for (const caller of this.#ranks.callers) caller.notify('prompt.phrase', { phrase });
  }

  #open(promptId: string, onOpened?: () => void): PromptSession {
    const prompt = new OpenPrompt(promptId, this, onOpened);
    if (this.#ranks.size === 0) prompt.cancel();
    if (this.#stand.prompt === undefined && this.#waiting.all.length === 0) this.#begin(prompt, this.#ranks.first());
    else this.#waiting.add(prompt);
    return prompt;
  }

  #attach(caller: ControlCaller, kind: SurfaceKind): PromptOverview {
    const isNew = this.#ranks.attach(caller, kind);
    if (isNew) {
      this.#detachLater(caller);
      const isHomeless = this.#stand.holder === undefined || this.#stand.passed.has(this.#stand.holder);
      if (this.#stand.prompt !== undefined && isHomeless) this.#moveTo(caller, 'silently');
      this.#options.onChange?.();
    }
    const place = this.#places.learn(caller);
    this.#places.tell();
    const current = place.here ? this.#stand.prompt : undefined;
    if (isNew && current !== undefined && current.wire === undefined) {
      caller.notify('prompt.begin', { promptId: current.promptId });
    }
    return { place, phrase: this.#options.phrase?.(), current: current?.wire, waiting: this.#waiting.listed };
  }

  #detach(caller: ControlCaller): Record<string, never> {
    if (this.#ranks.detach(caller)) {
      if (this.#stand.holder === caller) this.#moveOn();
      if (this.#ranks.size === 0) this.#cancelAll();
      this.#places.tell();
      this.#options.onChange?.();
    }
    return {};
  }

  /** The surface with the open prompt is gone. */
  #moveOn(): void {
    const stand = this.#stand;
    stand.leave();
    const next = this.#ranks.first(stand.passed) ?? this.#ranks.first();
    if (next !== undefined) this.#moveTo(next);
  }

  #take(caller: ControlCaller): boolean {
    if (!this.#ranks.has(caller)) return false;
    this.#ranks.take(caller);
    this.#stand.passed.delete(caller);
    if (this.#stand.prompt !== undefined && this.#stand.holder !== caller) this.#moveTo(caller);
    else this.#places.tell();
    return true;
  }

  #moveTo(caller: ControlCaller, how?: 'silently'): void {
    const { prompt } = this.#stand;
    this.#stand.moveTo(caller);
    if (prompt === undefined || how === 'silently') return;
    this.#places.tell();
    const { wire } = prompt;
    if (wire === undefined) caller.notify('prompt.begin', { promptId: prompt.promptId });
    else caller.notify('prompt.show', wire);
  }

  #cancelAll(): void {
    this.#stand.prompt?.cancel();
    for (const prompt of this.#waiting.all) prompt.cancel();
  }

  /** It opens where it was picked. */
  #pick(caller: ControlCaller, promptId: string): boolean {
    const picked = this.#waiting.find(promptId);
    if (picked === undefined || this.#stand.prompt !== undefined || !this.#ranks.has(caller)) return false;
    this.#waiting.remove(picked);
    this.#waiting.tellNow();
    this.#ranks.used(caller);
    this.#begin(picked, caller);
    this.changed(picked);
    return true;
  }

  #begin(prompt: OpenPrompt, holder: ControlCaller | undefined): void {
    this.#stand.begin(prompt, holder);
    this.#places.tell();
    if (prompt.wire === undefined) holder?.notify('prompt.begin', { promptId: prompt.promptId });
    prompt.takeTurn();
  }
}
