import type { Clock, Logger } from '../../core/ports.js';
import type { SurfaceKind } from '../../model/surface.js';
import type { PromptOutcome } from '../../model/prompt.js';
import type { PromptAnswer, PromptSession, PromptSurfaces } from '../../operations/prompt.js';
import type { ControlEvent, ControlEvents } from '../../control-contract/methods.js';
import type { PromptOverview, RefusedPin } from '../../control-contract/prompts.js';
import type { ControlCaller, ControlHandlers, PinReceiver, ReceivedPin } from './handlers.js';
import { onCallerGone } from './on-caller-gone.js';
import { OpenPrompt, type PromptListener } from './open-prompt.js';

/** A prompt takes no answer for so long after it opened: keys that were meant for something else are still coming. */
const deafMs = 500;

/** Between two lists of waiting orders. */
const waitingPauseMs = 100;

/** What prompt surfaces are made from. */
export interface AttachedSurfacesOptions {
  readonly clock: Clock;
  readonly logger: Logger;
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
}

/**
 * Shows prompts on every attached surface. One prompt is open at a time; an order that comes meanwhile waits until the
 * user picks it. The first answer counts, later ones are ignored. When the last surface detaches, all are cancelled.
 */
export function attachedSurfaces(options: AttachedSurfacesOptions): AttachedSurfaces {
  return new Attached(options);
}

class Attached implements AttachedSurfaces, PromptListener {
  readonly surfaces: PromptSurfaces;
  readonly handlers: AttachedSurfaces['handlers'];
  readonly pinReceiver: PinReceiver;
  readonly #options: AttachedSurfacesOptions;
  readonly #callers = new Set<ControlCaller>();
  readonly #detachLater = onCallerGone((caller) => this.#detach(caller));
  #current: OpenPrompt | undefined;
  #openedAt: number | undefined;
  #queue: readonly OpenPrompt[] = [];
  #tellTimer: NodeJS.Timeout | undefined;
  #waitingIsOld = false;

  constructor(options: AttachedSurfacesOptions) {
    this.#options = options;
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the port's getter must see this object's state
    const attached = this;
    this.surfaces = {
      get available() {
        return attached.#callers.size > 0;
      },
      open: (promptId, onOpened) => this.#open(promptId, onOpened),
    };
    this.handlers = {
      'prompt.attach': ({ kind }, caller) => this.#attach(caller, kind),
      'prompt.take': (_params, caller) => ({ accepted: this.#callers.has(caller) }),
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
    return this.#callers.size;
  }

  changed(prompt: OpenPrompt): void {
    if (prompt !== this.#current) {
      this.#waitingChanged();
      return;
    }
    const { wire } = prompt;
    if (wire === undefined) return;
    this.#openedAt ??= this.#options.clock.monotonic();
    prompt.opened();
    this.#tell('prompt.show', wire);
  }

  closed(prompt: OpenPrompt, outcome: PromptOutcome): void {
    if (prompt === this.#current) {
      this.#current = undefined;
      this.#openedAt = undefined;
      this.#tell('prompt.close', { promptId: prompt.promptId, outcome });
    } else {
      this.#queue = this.#queue.filter((waiting) => waiting !== prompt);
      this.#waitingChanged();
    }
  }

  #open(promptId: string, onOpened?: () => void): PromptSession {
    const prompt = new OpenPrompt(promptId, this, onOpened);
    if (this.#callers.size === 0) prompt.cancel();
    if (this.#current === undefined && this.#queue.length === 0) this.#begin(prompt);
    else this.#queue = [...this.#queue, prompt];
    return prompt;
  }

  #attach(caller: ControlCaller, kind: SurfaceKind): PromptOverview {
    if (!this.#callers.has(caller)) {
      this.#callers.add(caller);
      this.#detachLater(caller);
      if (this.#current !== undefined && this.#current.wire === undefined) {
        caller.notify('prompt.begin', { promptId: this.#current.promptId });
      }
      this.#options.onChange?.();
    }
    return { place: { here: true, kind }, current: this.#current?.wire, waiting: this.#waiting() };
  }

  #detach(caller: ControlCaller): Record<string, never> {
    if (this.#callers.delete(caller)) {
      if (this.#callers.size === 0) this.#cancelAll();
      this.#options.onChange?.();
    }
    return {};
  }

  #cancelAll(): void {
    this.#current?.cancel();
    for (const prompt of this.#queue) prompt.cancel();
  }

  #answer(caller: ControlCaller, ticket: string, answer: PromptAnswer): { accepted: boolean } {
    return { accepted: this.#refusal(caller) === undefined && this.#current?.offer(ticket, answer) === true };
  }

  #cancel(caller: ControlCaller, promptId: string): boolean {
    if (!this.#callers.has(caller)) return false;
    const waiting = this.#queue.find((prompt) => prompt.promptId === promptId);
    // One that has shown nothing yet was told of: whoever cancels it means it.
    const isDeaf = this.#openedAt !== undefined && this.#refusal(caller) !== undefined;
    const open = this.#current?.promptId === promptId && !isDeaf ? this.#current : undefined;
    (waiting ?? open)?.cancel();
    return (waiting ?? open) !== undefined;
  }

  #pick(caller: ControlCaller, promptId: string): boolean {
    const picked = this.#queue.find((prompt) => prompt.promptId === promptId);
    if (picked === undefined || this.#current !== undefined || !this.#callers.has(caller)) return false;
    this.#queue = this.#queue.filter((prompt) => prompt !== picked);
    this.#tellWaiting();
    this.#begin(picked);
    this.changed(picked);
    return true;
  }

  #begin(prompt: OpenPrompt): void {
    this.#current = prompt;
    if (prompt.wire === undefined) this.#tell('prompt.begin', { promptId: prompt.promptId });
    prompt.takeTurn();
  }

  #receivePin({ ticket, pin, lastTryConsent }: ReceivedPin, caller: ControlCaller): void {
    const refusal = this.#refusal(caller);
    const taken = refusal === undefined && this.#current?.offer(ticket, { kind: 'pin', pin, lastTryConsent }) === true;
    if (taken) return;
    pin.wipe();
    const reason = refusal ?? 'late';
    this.#options.logger.warn({ reason }, 'A PIN was refused and wiped');
    caller.notify('prompt.refused', { ticket, reason });
  }

  /** Why this caller cannot answer at this moment. */
  #refusal(caller: ControlCaller): RefusedPin['reason'] | undefined {
    if (!this.#callers.has(caller)) return 'detached';
    if (this.#openedAt === undefined) return 'late';
    return this.#options.clock.monotonic() - this.#openedAt < deafMs ? 'deaf' : undefined;
  }

  #waiting(): PromptOverview['waiting'] {
    return this.#queue.flatMap((prompt) => prompt.waiting ?? []);
  }

  /** Orders can come faster than anybody reads: what has changed since the last time is told a moment later. */
  #waitingChanged(): void {
    if (this.#tellTimer === undefined) this.#tellWaiting();
    else this.#waitingIsOld = true;
  }

  #tellWaiting(): void {
    clearTimeout(this.#tellTimer);
    this.#waitingIsOld = false;
    this.#tellTimer = setTimeout(() => {
      this.#tellTimer = undefined;
      if (this.#waitingIsOld) this.#tellWaiting();
    }, waitingPauseMs).unref();
    this.#tell('prompt.waiting', { waiting: this.#waiting() });
  }

  #tell<E extends ControlEvent>(event: E, payload: ControlEvents[E]): void {
    for (const caller of this.#callers) caller.notify(event, payload);
  }
}
