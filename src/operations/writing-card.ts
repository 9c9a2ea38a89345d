import { isMiddlewareError, MiddlewareError, PinVerificationError } from '../core/errors.js';
import type { CertificateInfo } from '../model/certificate.js';
import type { History } from '../model/history.js';
import type { CardWorkCode, CardWorkOutcome, CardWorkQuestion } from '../model/card-work.js';
import type { CardName, PinState } from '../model/pin-care.js';
import type { WritableToken } from '../tokens/token.js';
import type { TokenRegistry } from '../tokens/token-registry.js';
import { describeCard, describeCounter } from './pin-card.js';
import { chooseToken } from './pin-choice.js';
import { settledEntries } from './settled-entries.js';
import { pinForWriting } from './writing-pin.js';

/** What finding a card for writing works with. */
export interface WritingCardDependencies {
  readonly tokens: Pick<TokenRegistry, 'entries' | 'subscribe' | 'writableToken'>;
  readonly history: Pick<History, 'recent'>;
}

/** A card that can be written to, and the PIN that it takes for that. */
export interface WritingCard {
  readonly name: CardName;
  /** The card itself, or its twin in a vendor's module: other references count there. */
  readonly token: WritableToken;
  readonly pin: PinState;
}

/** How far back the history is looked through. */
const historyEntries = 1000;

/**
 * The card that is meant, its counters read now; costs no try.
 *
 * @param card - id, serial number or reader; left out, the only card.
 * @throws {MiddlewareError} as {@link chooseToken}; ERR_TOKEN_OPERATION_UNSUPPORTED for a card that nothing here can
 *   write to; ERR_PIN_BLOCKED.
 */
export async function findWritingCard(
  { tokens, history }: WritingCardDependencies,
  card: string | undefined,
  signal: AbortSignal,
): Promise<WritingCard> {
  const native = chooseToken(await settledEntries(tokens, signal), { card });
  const { info } = native;
  const token = await tokens.writableToken(info.id);
  signal.throwIfAborted();
  const past = await history.recent(historyEntries);
  const pin = token && (await pinForWriting(native, token, past, signal));
  if (token === undefined || pin === undefined) {
    throw new MiddlewareError('ERR_TOKEN_OPERATION_UNSUPPORTED', 'Card cannot be written to', {
      fields: { reason: 'writing', card: info.id },
    });
  }
  if (pin.blocked) throw new PinVerificationError(pin.reference, 0);
  return { name: describeCard(info), token, pin };
}

/** The certificates that stand on it. */
export async function certificatesOn(
  token: Pick<WritableToken, 'certificates'>,
  signal?: AbortSignal,
): Promise<readonly CertificateInfo[]> {
  return (await token.certificates(signal)).map(({ certificate }) => certificate);
}

/** What every question about card work tells of the card. */
export function askAbout(
  { name, token, pin }: WritingCard,
  { pinUses, askManagementKey }: { readonly pinUses: number; readonly askManagementKey: boolean },
): Pick<CardWorkQuestion, 'card' | 'pin' | 'lastTry' | 'codes' | 'pinPad' | 'pinUses'> {
  const codes: readonly CardWorkCode[] =
    askManagementKey && token.writing.managementKey ? ['pin', 'managementKey'] : ['pin'];
  return { card: name, pin, lastTry: pin.attemptsRemaining === 1, codes, pinPad: token.writing.pinPad, pinUses };
}

/** @throws {MiddlewareError} ERR_PIN_LAST_TRY when one try is left and the user has not agreed to spend it. */
export function requireConsent({ attemptsRemaining }: PinState, lastTryConsent: boolean): void {
  if (attemptsRemaining !== 1 || lastTryConsent) return;
  throw new MiddlewareError('ERR_PIN_LAST_TRY', 'Only one try is left and the user has not agreed to use it', {
    fields: { attemptsRemaining },
  });
}

/** The counter before card work. */
export function triesBefore(pin: PinState): CardWorkOutcome['before'] {
  return describeCounter({ ...pin, attemptsRemaining: pin.attemptsRemaining });
}

/**
 * A failure of card work as it is told: what the PIN had as effect in `pinEffect` (`none`, `accepted`, `unknown`), beside
 * `fields` of the work. What nobody foresaw stays as it is.
 *
 * @param wasAccepted - the card took the PIN, whatever came of it afterwards.
 */
export function withPinEffect(
  error: unknown,
  pin: PinState,
  fields: Readonly<Record<string, string | number | boolean>>,
  wasAccepted: boolean,
): unknown {
  if (!isMiddlewareError(error)) return error;
  const { codeOutcome, ...own } = error.fields;
  return new MiddlewareError(error.code, error.message, {
    fields: {
      ...own,
      ...fields,
      pinEffect: wasAccepted ? 'accepted' : typeof codeOutcome === 'string' ? codeOutcome : 'none',
      ...(pin.attemptsRemaining === undefined ? {} : { attemptsBefore: pin.attemptsRemaining }),
    },
    retriable: error.retriable,
    cause: error,
  });
}
