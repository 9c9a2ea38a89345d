import { isMiddlewareError, MiddlewareError, PinVerificationError } from '../core/errors.js';
import type { History, HistoryEntry } from '../model/history.js';
import type {
  PinCard,
  PinChoice,
  PinOperationName,
  PinOutcome,
  PinQuestion,
  PinState,
  TriesLeft,
} from '../model/pin-care.js';
import type { RetryCounter } from '../model/pin.js';
import { hasPins, type PinResult, type PinToken, type PinUse, type Token } from '../tokens/token.js';
import type { TokenRegistry } from '../tokens/token-registry.js';
import { wipeCodes } from '../tokens/wipe-codes.js';
import { changePin } from './change-pin.js';
import { describeCard, describeCounter, describePin, describeProblem } from './pin-card.js';
import { choosePin, chooseToken } from './pin-choice.js';
import type { PinCodes, PinOperation } from './pin-operation.js';
import { settledEntries } from './settled-entries.js';
import { unblockPin } from './unblock-pin.js';
import { verifyPin } from './verify-pin.js';

/** What looking after PINs works with. */
export interface PinCareDependencies {
  readonly tokens: Pick<TokenRegistry, 'entries' | 'subscribe'>;
  readonly history: Pick<History, 'recent'>;
}

/** An operation that is settled but for its codes. */
export interface PreparedPin {
  readonly question: PinQuestion;
  /** Runs it; the codes are wiped whatever comes of it. Throws as the token does, with `pinEffect` in the fields. */
  run(codes: PinCodes, use: PinCareUse): Promise<PinOutcome>;
}

/** What the user agreed to, and how the operation can be given up. */
export type PinCareUse = Pick<PinUse, 'lastTryConsent' | 'language'> & { readonly signal: AbortSignal };

/** The operations with the PINs of inserted cards. */
export interface PinCare {
  /** Every PIN of every card that could be read, counters read now; a card that fails now says why. */
  list(signal: AbortSignal): Promise<readonly PinCard[]>;
  /**
   * Settles which card and PIN is meant, and reads its counters. Costs no try.
   *
   * @throws {MiddlewareError} as {@link chooseToken} and {@link choosePin}; ERR_PIN_BLOCKED or ERR_PUK_BLOCKED where no
   *   code would help; ERR_TOKEN_OPERATION_UNSUPPORTED where the PIN has no PUK.
   */
  prepare(operation: PinOperationName, choice: PinChoice, signal: AbortSignal): Promise<PreparedPin>;
}

/** How far back the history is looked through. */
const historyEntries = 1000;

const operations: Readonly<Record<PinOperationName, PinOperation>> = {
  verify: verifyPin,
  change: changePin,
  unblock: unblockPin,
};

/** Looks after PINs; one operation at a time runs on each card. */
export function createPinCare({ tokens, history }: PinCareDependencies): PinCare {
  const running = new Set<string>();

  const prepare: PinCare['prepare'] = async (name, choice, signal) => {
    const operation = operations[name];
    const token = chooseToken(await settledEntries(tokens, signal), choice);
    const counters = await readCounters(token, signal);
    const pin = choosePin(token.info, counters, choice, name);
    const state = describePin(token.info.id, pin, counters, await history.recent(historyEntries));
    const tries = triesAtStake(state, operation);
    return {
      question: {
        operation: name,
        card: describeCard(token.info),
        pin: state,
        atStake: operation.atStake,
        lastTry: tries.attemptsRemaining === 1,
        codes: operation.codes,
        pinPad: pin.pinPad.includes(name),
      },
      run: (codes, use) => runOnce(operation, token, state, codes, use),
    };
  };

  const runOnce = async (
    operation: PinOperation,
    token: PinToken,
    pin: PinState,
    codes: PinCodes,
    use: PinCareUse,
  ): Promise<PinOutcome> => {
    const { id } = token.info;
    const isFirst = !running.has(id);
    try {
      if (!isFirst) throw new MiddlewareError('ERR_PIN_OPERATION_RUNNING', 'Another operation runs on this card');
      running.add(id);
      return await run(operation, token, pin, codes, use);
    } finally {
      if (isFirst) running.delete(id);
      wipeCodes(Object.values(codes));
    }
  };

  return {
    async list(signal) {
      const entries = await settledEntries(tokens, signal);
      const past = await history.recent(historyEntries);
      const cards = entries.flatMap(({ token }) => (token === undefined ? [] : [describeAll(token, past, signal)]));
      return await Promise.all(cards);
    },
    prepare,
  };
}

async function readCounters(token: PinToken, signal: AbortSignal): Promise<readonly RetryCounter[]> {
  const ofPins = await token.retryCounters(signal);
  return [...ofPins, ...((await token.pukCounters?.(signal)) ?? [])];
}

async function describeAll(token: Token, past: readonly HistoryEntry[], signal: AbortSignal): Promise<PinCard> {
  const { info } = token;
  const describe = (counters: readonly RetryCounter[]) => ({
    ...describeCard(info),
    pins: info.pins.map((pin) => describePin(info.id, pin, counters, past)),
  });
  try {
    return describe(hasPins(token) ? await readCounters(token, signal) : await token.retryCounters(signal));
  } catch (error) {
    signal.throwIfAborted();
    return { ...describe([]), problem: describeProblem(error) };
  }
}

/** The tries that a wrong code would cost. Where a PUK does not tell, what it said last is all that is known. */
function triesAtStake(pin: PinState, { atStake }: PinOperation): TriesLeft {
  if (atStake === 'PIN') {
    if (pin.blocked) throw new PinVerificationError(pin.reference, 0);
    return pin;
  }
  const { puk } = pin;
  if (puk === undefined) throw new MiddlewareError('ERR_TOKEN_OPERATION_UNSUPPORTED', 'PIN has no PUK');
  if (puk.blocked) throw new PinVerificationError(puk.reference, 0, 'PUK');
  return { attemptsRemaining: puk.attemptsRemaining ?? puk.attemptsRemembered, blocked: false };
}

async function run(
  operation: PinOperation,
  token: PinToken,
  pin: PinState,
  codes: PinCodes,
  use: PinCareUse,
): Promise<PinOutcome> {
  const tries = triesAtStake(pin, operation);
  if (tries.attemptsRemaining === 1 && !use.lastTryConsent) {
    throw new MiddlewareError('ERR_PIN_LAST_TRY', 'Only one try is left and the user has not agreed to use it', {
      fields: { attemptsRemaining: 1 },
    });
  }
  const before: TriesLeft = describeCounter({ ...pin, attemptsRemaining: pin.attemptsRemaining });
  // A counter that the card does not tell cannot have fallen either; the last try is watched by the token all the same.
  const told = operation.atStake === 'PIN' ? pin.attemptsRemaining : pin.puk?.attemptsRemaining;
  try {
    const { retryCounter } = await operation.run(token, pin.reference, codes, { ...use, attemptsShown: told ?? 0 });
    return { before, after: afterwards(retryCounter, pin) };
  } catch (error) {
    return afterFailure(error, operation, before);
  }
}

/** The token tells of the PIN's counter; one of another reference would be the PUK's. */
function afterwards(counter: PinResult['retryCounter'], pin: PinState): TriesLeft {
  return counter.reference === pin.reference ? describeCounter(counter) : { blocked: false };
}

/** A code that was right stays right, whatever the card did afterwards; of any other failure the effect is told. */
function afterFailure(error: unknown, { name }: PinOperation, before: TriesLeft): PinOutcome {
  if (!isMiddlewareError(error)) throw error;
  const { codeOutcome, ...fields } = error.fields;
  if (codeOutcome === 'accepted') {
    return { before, after: { blocked: false }, problem: describeProblem(error) };
  }
  throw new MiddlewareError(error.code, error.message, {
    fields: {
      ...fields,
      operation: name,
      pinEffect: codeOutcome === 'unknown' ? 'unknown' : 'none',
      ...(before.attemptsRemaining === undefined ? {} : { attemptsBefore: before.attemptsRemaining }),
    },
    retriable: error.retriable,
    cause: error,
  });
}
