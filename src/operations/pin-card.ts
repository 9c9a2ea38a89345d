import { definedFields, isMiddlewareError } from '../core/errors.js';
import type { HistoryEntry } from '../model/history.js';
import type { CardName, PinProblem, PinState, TriesLeft } from '../model/pin-care.js';
import type { RetryCounter } from '../model/pin.js';
import type { TokenInfo, TokenPin } from '../tokens/token.js';
import { pastOf } from './pin-history.js';

/** How a card is named to whoever types its codes. */
export function describeCard({ id, product, serial, label, reader }: TokenInfo): CardName {
  return { id, product, serial, label, reader };
}

/** What is known of a PIN: its counter and its PUK's as just read, and what the history remembers. */
export function describePin(
  token: string,
  pin: TokenPin,
  counters: readonly RetryCounter[],
  entries: readonly HistoryEntry[],
): PinState {
  const { reference, role, format, puk } = pin;
  const { lastAcceptedAt, foreignTries, foreignUse } = pastOf(entries, token, reference);
  const remembered = puk === undefined ? undefined : pastOf(entries, token, puk.reference).attemptsRemembered;
  return {
    reference,
    role,
    format,
    ...describeCounter(counters.find((counter) => counter.reference === reference)),
    ...(puk === undefined
      ? {}
      : {
          puk: {
            ...puk,
            ...describeCounter(counters.find((counter) => counter.reference === puk.reference)),
            ...(remembered === undefined ? {} : { attemptsRemembered: remembered }),
          },
        }),
    ...(lastAcceptedAt === undefined ? {} : { lastAcceptedAt }),
    foreignTries,
    ...(foreignUse === undefined ? {} : { foreignUse }),
  };
}

/** A counter without its reference. */
export function describeCounter(counter: RetryCounter | undefined): TriesLeft {
  const { attemptsRemaining, blocked = false } = counter ?? {};
  return { ...(attemptsRemaining === undefined ? {} : { attemptsRemaining }), blocked };
}

/** A failure as it is shown beside a result; one that nobody foresaw is thrown on. */
export function describeProblem(error: unknown): PinProblem {
  if (!isMiddlewareError(error)) throw error;
  return { code: error.code, fields: definedFields(error.fields) };
}
