import { MiddlewareError, PinVerificationError } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import type { RetryCounter } from '../model/pin.js';
import type { OpenLogin, UseSecrets } from '../pkcs11/open-use.js';
import type { UseAnswer, Work } from '../pkcs11/protocol.js';
import { ckf, ckr, errorOfReturnValue, pinFlags } from '../pkcs11/return-values.js';
import type { SupervisedModule } from '../pkcs11/supervised-module.js';
import { checkRetryCounter, isKnown } from './pin-guard.js';
import type { Pkcs11Pin } from './pkcs11-cards.js';
import type { PinTryRecord } from './pin-try-record.js';
import type { CardCost, PinUse } from './token.js';

/** One use of a PIN through a module that has passed every check that needs no card. */
export interface Pkcs11Job {
  readonly pin: Pkcs11Pin;
  readonly purpose: string;
  readonly use: PinUse;
  /** A function for work under a login that stays open meanwhile; its errors are its own, it must not reject. */
  readonly work: Work | ((login: OpenLogin) => Promise<void>);
  readonly secrets: UseSecrets;
  /** Of the login and the work that goes with it. */
  readonly deadlineMs?: number;
}

/** What a {@link Pkcs11Job} came to. */
export interface Pkcs11JobResult {
  readonly value: Uint8Array;
  readonly retryCounter: RetryCounter;
  readonly cost: CardCost;
}

/** What {@link runPkcs11Job} needs. */
export interface Pkcs11JobOptions {
  readonly module: SupervisedModule;
  readonly record: PinTryRecord;
  readonly clock: Clock;
  readonly logger: Logger;
  onCounter(counter: RetryCounter): void;
}

/**
 * The counter that CKF_USER_PIN_* mean (PKCS#11 v2.40 §3.2): none left, one left, or a number that the module does not
 * tell.
 */
export function counterOfFlags(reference: number, flags: number): RetryCounter {
  if (flags & ckf.userPinLocked) return { reference, attemptsRemaining: 0, blocked: true };
  if (flags & ckf.userPinFinalTry) return { reference, attemptsRemaining: 1, blocked: false };
  return { reference, attemptsRemaining: undefined, blocked: false };
}

/**
 * Looks at the flags, then one login, the work and the logout; spends at most one try, and none unless the token still
 * shows the flags that were looked at. Never repeats.
 *
 * @throws {MiddlewareError} as a signing token; ERR_MODULE_* when the module's process failed, with `codeOutcome`
 *   `unknown` when the PIN was already on its way.
 */
export async function runPkcs11Job(options: Pkcs11JobOptions, job: Pkcs11Job): Promise<Pkcs11JobResult> {
  const { module, record, clock } = options;
  const { pin, use } = job;
  const { token } = await module.read(pin.slot.slot);
  const counter = counterOfFlags(pin.reference, token.flags);
  options.onCounter(counter);
  await record.observed([counter]);
  if (isKnown(counter)) checkRetryCounter(counter, use);
  await record.begins(counter);
  const begun = clock.monotonic();
  const attempt = new Attempt(options, job, counter);
  const answer = await attempt.send(token.flags);
  // The commands are the module's own: their number is not told.
  const cost = { apduCount: 0, cardMs: clock.monotonic() - begun };
  return { ...(await attempt.judge(answer)), cost };
}

class Attempt {
  readonly #options: Pkcs11JobOptions;
  readonly #job: Pkcs11Job;
  readonly #counter: RetryCounter;

  constructor(options: Pkcs11JobOptions, job: Pkcs11Job, counter: RetryCounter) {
    this.#options = options;
    this.#job = job;
    this.#counter = counter;
  }

  async send(flags: number): Promise<UseAnswer> {
    const { module, record } = this.#options;
    const { pin, work, secrets, use, deadlineMs } = this.#job;
    const { serial, label } = pin.slot.contents.token;
    const progress = { sent: false };
    const request = { slot: pin.slot.slot, serial, label, pinFlags: flags & pinFlags };
    const options = {
      signal: use.signal,
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
      onSent: () => (progress.sent = true),
    };
    try {
      return typeof work === 'function'
        ? await module.useOpen({ ...request, secrets, options, work })
        : await module.use({ ...request, work }, secrets, options);
    } catch (error) {
      if (!progress.sent) {
        await record.withdrawn(this.#counter);
        throw error;
      }
      const failure = withOutcome(error, 'unknown');
      await this.#ended(failure, undefined);
      throw failure;
    }
  }

  async judge({ stage, returnValue, flags, value }: UseAnswer): Promise<Omit<Pkcs11JobResult, 'cost'>> {
    const { pin } = this.#job;
    const after = flags === undefined ? undefined : counterOfFlags(pin.reference, flags);
    const told = after?.attemptsRemaining;
    if (stage === 'done') {
      await this.#ended('accepted', told);
      const retryCounter = after ?? counterOfFlags(pin.reference, 0);
      this.#options.onCounter(retryCounter);
      return { value, retryCounter };
    }
    if (stage === 'before-login') {
      await this.#options.record.withdrawn(this.#counter);
      throw this.#refusal(returnValue, after);
    }
    const failure = this.#failure(stage, returnValue, told);
    if (isSpelling(failure)) await this.#options.record.withdrawn(this.#counter);
    else await this.#ended(stage === 'login' || failure instanceof PinVerificationError ? failure : 'accepted', told);
    if (after !== undefined) this.#options.onCounter(after);
    throw failure;
  }

  /** The module's process found other flags than we did a moment before, or no such token. */
  #refusal(returnValue: number, now: RetryCounter | undefined): MiddlewareError {
    if (returnValue !== ckr.ok || now === undefined) return this.#named(returnValue, 'before the login');
    this.#options.onCounter(now);
    const { attemptsShown } = this.#job.use;
    const { reference: pinReference, attemptsRemaining, blocked } = now;
    if (blocked) return new PinVerificationError(pinReference, 0);
    return new MiddlewareError('ERR_PIN_COUNTER_FELL', 'Fewer tries are left than a moment before', {
      fields: { pinReference, attemptsShown, attemptsRemaining },
      retriable: true,
    });
  }

  #failure(stage: 'login' | 'work', returnValue: number, told: number | undefined): MiddlewareError {
    const { pin, work } = this.#job;
    const kind = typeof work === 'function' ? 'open' : work.kind;
    if (returnValue === ckr.pinIncorrect) return new PinVerificationError(pin.reference, told);
    if (returnValue === ckr.pinLocked) return new PinVerificationError(pin.reference, 0);
    if (stage === 'work') {
      const failure = this.#named(returnValue, 'after the login');
      // One error for every cryptogram, whatever is wrong with it: the difference would help to guess plaintexts.
      const isCryptogram = kind === 'decipher' && failure.code === 'ERR_MODULE_FAILURE';
      return withOutcome(
        isCryptogram ? new MiddlewareError('ERR_TOKEN_CRYPTOGRAM', failure.message) : failure,
        'accepted',
      );
    }
    if (returnValue === ckr.pinInvalid || returnValue === ckr.pinLenRange) {
      const code = kind === 'change' ? 'ERR_PIN_NEW_REFUSED' : 'ERR_PIN_MALFORMED';
      return new MiddlewareError(code, 'Module refuses the form of the code', { retriable: true });
    }
    return this.#named(returnValue, 'to the login');
  }

  #named(returnValue: number, when: string): MiddlewareError {
    const message = `Module answers 0x${returnValue.toString(16)} ${when}`;
    return errorOfReturnValue(this.#options.module.name, returnValue, message);
  }

  async #ended(result: 'accepted' | Error, told: number | undefined): Promise<void> {
    const { record, logger } = this.#options;
    const ending = { counter: this.#counter, result, told, purpose: this.#job.purpose };
    if (result === 'accepted') {
      await record.ended(ending);
      return;
    }
    await record.ended(ending).catch((cause: unknown) => {
      logger.error({ error: cause }, 'PIN try could not be written to the history');
    });
  }
}

const isSpelling = ({ code }: MiddlewareError): boolean => code === 'ERR_PIN_MALFORMED';

/** The same error, and what became of the code. */
export function withOutcome(error: unknown, codeOutcome: 'accepted' | 'unknown'): MiddlewareError {
  if (!(error instanceof MiddlewareError)) {
    return new MiddlewareError('ERR_INTERNAL', 'Use of a module failed', { cause: error, fields: { codeOutcome } });
  }
  const { code, message, fields, retriable } = error;
  return new MiddlewareError(code, message, { fields: { ...fields, codeOutcome }, retriable, cause: error });
}
