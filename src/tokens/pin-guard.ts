import { MiddlewareError, PinVerificationError } from '../core/errors.js';
import type { Secret } from '../core/secret.js';
import { fitsFormat, type PinFormat, type PinReference, type RetryCounter } from '../model/pin.js';

/**
 * Refuses a PIN that cannot be right, before the card is asked.
 *
 * @throws {MiddlewareError} ERR_PIN_MALFORMED or ERR_PUK_MALFORMED, with the format but nothing of the PIN in its fields.
 */
export function checkPinFormat(pin: Secret, format: PinFormat, code: 'PIN' | 'PUK' = 'PIN'): void {
  if (pin.use((bytes) => fitsFormat(bytes, format))) return;
  const { minLength, maxLength, characters } = format;
  throw new MiddlewareError(`ERR_${code}_MALFORMED`, 'Code does not have the form that this token wants', {
    fields: { minLength, maxLength, characters },
    retriable: true,
  });
}

/** What the user saw and agreed to before typing. */
export interface PinConsent {
  readonly attemptsShown: number;
  readonly lastTryConsent: boolean;
}

/** A retry counter that the card has told. */
export type KnownRetryCounter = RetryCounter & { readonly attemptsRemaining: number };

/** Whether the card has told the counter: it does not while the PIN is verified. */
export function isKnown(counter: RetryCounter): counter is KnownRetryCounter {
  return counter.attemptsRemaining !== undefined;
}

/**
 * Refuses a VERIFY that the user did not knowingly ask for. Spends no try.
 *
 * @throws {PinVerificationError} ERR_PIN_BLOCKED, ERR_PUK_BLOCKED.
 * @throws {MiddlewareError} ERR_PIN_COUNTER_FELL when fewer tries are left than the user saw; ERR_PIN_LAST_TRY when
 *   one is left and the user has not agreed to spend it.
 */
export function checkRetryCounter(counter: KnownRetryCounter, consent: PinConsent, code: 'PIN' | 'PUK' = 'PIN'): void {
  const pinReference: PinReference = counter.reference;
  const { attemptsRemaining } = counter;
  const { attemptsShown, lastTryConsent } = consent;
  if (counter.blocked) throw new PinVerificationError(pinReference, 0, code);
  if (attemptsRemaining < attemptsShown) {
    throw new MiddlewareError('ERR_PIN_COUNTER_FELL', 'Fewer tries are left than the user saw', {
      fields: { pinReference, attemptsShown, attemptsRemaining },
      retriable: true,
    });
  }
  if (attemptsRemaining === 1 && !lastTryConsent) {
    throw new MiddlewareError('ERR_PIN_LAST_TRY', 'Only one try is left and the user has not agreed to use it', {
      fields: { pinReference, attemptsRemaining },
      retriable: true,
    });
  }
}
