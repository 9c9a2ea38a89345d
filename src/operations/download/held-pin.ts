import { MiddlewareError } from '../../core/errors.js';
import { Secret, wipeableBytes } from '../../core/secret.js';
import type { RetryCounter } from '../../model/pin.js';
import type { PinEntry, PinUse, WriteAuthorization } from '../../tokens/token.js';

/** What is held, and what the user agreed to when giving it. */
export interface HeldPinOptions extends Omit<PinUse, 'signal'> {
  /** Moved in: whoever hands it over does not use it again. */
  readonly pin: PinEntry;
  /** Bytes; likewise. */
  readonly managementKey?: Secret | undefined;
  readonly signal: AbortSignal;
  /** How long it is held, milliseconds. */
  readonly holdMs?: number;
}

/** Between the two uses of one entry of the PIN; longer means that the user types it again. */
const defaultHoldMs = 60_000;

/**
 * A PIN that one entry gives to two uses of the card, and the management key with it. The second use is given out only
 * when the card accepted the first and the tries have not fallen since the user saw them; time, an abort, or
 * {@link wipe} ends it, and wipes what is held.
 */
export class HeldPin {
  readonly #options: HeldPinOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #endsAt: number;
  readonly #onAbort = (): void => this.wipe(aborted());
  #state: 'new' | 'first' | 'accepted' | 'over' = 'new';
  #attemptsShown: number;
  #lastTryConsent: boolean;
  #over: MiddlewareError = over();

  constructor(options: HeldPinOptions) {
    const { holdMs = defaultHoldMs, signal } = options;
    this.#options = options;
    this.#attemptsShown = options.attemptsShown;
    this.#lastTryConsent = options.lastTryConsent;
    this.#endsAt = performance.now() + holdMs;
    this.#timer = setTimeout(() => this.wipe(over()), holdMs);
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.wipe(aborted());
  }

  /** Milliseconds that are left; 0 when it is over. */
  get leftMs(): number {
    return this.#state === 'over' ? 0 : Math.max(0, this.#endsAt - performance.now());
  }

  /** For the first of two uses. @throws {MiddlewareError} why it is over. */
  first(): WriteAuthorization {
    if (this.#state !== 'new') throw this.#over;
    this.#state = 'first';
    const { pin, managementKey } = this.#options;
    return this.#authorization(pin === 'pin-pad' ? pin : copyOf(pin), managementKey && copyOf(managementKey));
  }

  /** The card accepted the first use, and tells this counter. */
  accepted({ attemptsRemaining }: RetryCounter): void {
    if (this.#state !== 'first') return;
    if (attemptsRemaining !== undefined && attemptsRemaining < this.#attemptsShown) {
      this.wipe(
        new MiddlewareError('ERR_PIN_COUNTER_FELL', 'Fewer tries are left after the PIN was accepted', {
          fields: { attemptsShown: this.#attemptsShown, attemptsRemaining },
          retriable: true,
        }),
      );
      return;
    }
    this.#state = 'accepted';
    this.#attemptsShown = attemptsRemaining ?? this.#attemptsShown;
    // What the user agreed to was the try that has been spent.
    this.#lastTryConsent &&= attemptsRemaining === 1;
  }

  /**
   * For the second use, or for the only one: moves the codes out.
   *
   * @throws {MiddlewareError} why it is over; ERR_PIN_OPERATION_OVER unless the first use, if there was one, was
   *   accepted.
   */
  last(): WriteAuthorization {
    if (this.#state === 'first') this.wipe(over());
    if (this.#state === 'over') throw this.#over;
    this.#end(over());
    const { pin, managementKey } = this.#options;
    return this.#authorization(pin, managementKey);
  }

  /** Ends it; the first reason is the one that is told. */
  wipe(reason: MiddlewareError = over()): void {
    if (this.#state === 'over') return;
    this.#end(reason);
    const { pin, managementKey } = this.#options;
    if (pin !== 'pin-pad') pin.wipe();
    managementKey?.wipe();
  }

  #end(reason: MiddlewareError): void {
    this.#state = 'over';
    this.#over = reason;
    clearTimeout(this.#timer);
    this.#options.signal.removeEventListener('abort', this.#onAbort);
  }

  #authorization(pin: PinEntry, managementKey: Secret | undefined): WriteAuthorization {
    const { signal, language } = this.#options;
    return {
      pin,
      ...(managementKey === undefined ? {} : { managementKey }),
      attemptsShown: this.#attemptsShown,
      lastTryConsent: this.#lastTryConsent,
      signal,
      ...(language === undefined ? {} : { language }),
    };
  }
}

function copyOf(secret: Secret): Secret {
  return secret.use((bytes) => {
    const copy = wipeableBytes(bytes.length);
    copy.set(bytes);
    return Secret.moveFrom(copy);
  });
}

const over = (): MiddlewareError =>
  new MiddlewareError('ERR_PIN_OPERATION_OVER', 'The PIN is held no more', { retriable: true });

const aborted = (): MiddlewareError => new MiddlewareError('ERR_ABORTED', 'Aborted by the caller');
