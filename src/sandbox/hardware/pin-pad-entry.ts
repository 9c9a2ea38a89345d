import { wipeableBytes } from '../../core/secret.js';
import type { PinPadRequest } from './pin-pad-structure.js';

/** How one entry ended; the digits are the receiver's to wipe. */
export type PinPadEntryEnd =
  | { readonly how: 'entered'; readonly digits: Uint8Array }
  | { readonly how: 'cancelled' | 'timed-out' | 'wrong-length' | 'pulled' };

/** Seconds that a keypad waits when it is told 0. */
const DEFAULT_TIME_OUT = 30;

/** One PIN being typed. */
export class PinPadEntry {
  readonly ended: Promise<PinPadEntryEnd>;
  readonly #request: PinPadRequest;
  readonly #digits = wipeableBytes(255);
  readonly #end: (end: PinPadEntryEnd) => void;
  #length = 0;
  #timer: NodeJS.Timeout;

  constructor(request: PinPadRequest, pulled: AbortSignal) {
    this.#request = request;
    let settle: (end: PinPadEntryEnd) => void = () => undefined;
    const settled = new Promise<PinPadEntryEnd>((resolve) => (settle = resolve));
    this.#end = settle;
    this.#timer = this.#startTimer(request.timeOut);
    const onPulled = (): void => settle({ how: 'pulled' });
    pulled.addEventListener('abort', onPulled, { once: true });
    if (pulled.aborted) onPulled();
    this.ended = settled.finally(() => {
      clearTimeout(this.#timer);
      pulled.removeEventListener('abort', onPulled);
      this.#digits.fill(0);
    });
  }

  press(digits: Uint8Array): void {
    for (const digit of digits) this.#pressOne(digit);
  }

  ok(): void {
    if (this.#request.endsByKey) this.#validate();
  }

  cancel(): void {
    this.#end({ how: 'cancelled' });
  }

  timeOut(): void {
    if (this.#request.endsByTime && this.#length >= this.#request.minLength) this.#validate();
    else this.#end({ how: 'timed-out' });
  }

  #pressOne(digit: number): void {
    const { maxLength, endsAtMaxLength, timeOut2 } = this.#request;
    // Keys beyond the longest PIN do nothing, as those that are no digit.
    if (this.#length === maxLength || digit < 0x30 || digit > 0x39) return;
    if (this.#length === 0) {
      clearTimeout(this.#timer);
      this.#timer = this.#startTimer(timeOut2);
    }
    this.#digits[this.#length] = digit;
    this.#length += 1;
    if (endsAtMaxLength && this.#length === maxLength) this.#validate();
  }

  #validate(): void {
    if (this.#length < this.#request.minLength) {
      this.#end({ how: 'wrong-length' });
      return;
    }
    const digits = wipeableBytes(this.#length);
    digits.set(this.#digits.subarray(0, this.#length));
    this.#end({ how: 'entered', digits });
  }

  #startTimer(seconds: number): NodeJS.Timeout {
    return setTimeout(() => this.timeOut(), 1000 * (seconds === 0 ? DEFAULT_TIME_OUT : seconds));
  }
}
