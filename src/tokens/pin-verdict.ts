import { isMiddlewareError, MiddlewareError, PinVerificationError, type ErrorCode } from '../core/errors.js';
import type { PinJob } from './pin-job.js';

/** What is known about one try besides what the card answered to it. */
interface TryFacts {
  /** Tries left before it. */
  readonly before: number | undefined;
  /** Tries left as the card told after it. */
  readonly after: number | undefined;
  /** Asked for its counter after the refusal, the card said that the PIN is verified. */
  readonly heldVerified: boolean;
  readonly atStake: PinJob<unknown>['atStake'];
}

/** Errors of the way to the card: no further command would arrive. */
const unreachable: readonly ErrorCode[] = [
  'ERR_ABORTED',
  'ERR_CARD_ABSENT',
  'ERR_CARD_BUSY',
  'ERR_CARD_REMOVED',
  'ERR_CARD_UNRESPONSIVE',
];

/** Whether the card has answered and can take another command. */
export function isCardAnswer(error: unknown): boolean {
  return isMiddlewareError(error) && !unreachable.includes(error.code) && !error.code.startsWith('ERR_PCSC_');
}

/** What a failed try came to. The counter has the last word: a refusal that it contradicts is not called a wrong PIN. */
export function judgeRefusal(error: unknown, { before, after, heldVerified, atStake }: TryFacts): Error {
  if (!isMiddlewareError(error)) return error as Error;
  const refused = error instanceof PinVerificationError;
  if (refused && heldVerified) {
    return new MiddlewareError('ERR_CARD_RESPONSE', 'Card refuses a PIN and takes it', { cause: error });
  }
  if (after === undefined || before === undefined) return error;
  if (refused && error.attemptsRemaining === after) return error;
  if (refused && after < before) return new PinVerificationError(error.pinReference, after, atStake);
  return new MiddlewareError(refused ? 'ERR_CARD_RESPONSE' : error.code, error.message, {
    fields: { ...error.fields, blocked: after === 0, attemptsRemaining: after },
    cause: error,
  });
}

/**
 * Says in the error whether the code had its effect (`codeOutcome`), where the error itself does not: the card broke off
 * during or after that command. `result` is what the command came to, undefined if it was not sent. A counter that was
 * read afterwards tells the effect of a code that only verifies, and leaves open whether a new PIN was set (`mayBeOpen`).
 */
export function withCodeOutcome(error: unknown, result: 'accepted' | Error | undefined, mayBeOpen: boolean): unknown {
  if (!isMiddlewareError(error) || result === undefined) return error;
  if (result !== 'accepted' && isCardAnswer(result) && !(mayBeOpen && leavesOpen(result))) return error;
  const { code, message, retriable, fields } = error;
  const codeOutcome = result === 'accepted' ? 'accepted' : 'unknown';
  return new MiddlewareError(code, message, { retriable, fields: { ...fields, codeOutcome }, cause: error });
}

/** Whether this answer alone does not say if the command was carried out. */
function leavesOpen(answer: Error): boolean {
  return isMiddlewareError(answer) && (answer.code === 'ERR_CARD_RESPONSE' || isExecutionError(answer));
}

/** Status words of a command that may have been carried out (ISO/IEC 7816-4:2020 §5.6, 64xx, 65xx and 6F00). */
function isExecutionError({ fields }: MiddlewareError): boolean {
  const { statusWord } = fields;
  return typeof statusWord === 'string' && /^6[45f]/.test(statusWord);
}
