import type { ErrorCode } from '../core/errors.js';
import type { PinEntry, PinUse } from '../tokens/token.js';
import type { Candidate } from './candidates.js';
import type { PromptAnswer } from './prompt.js';

/** An answer by which a PIN is used. */
export type PinAnswer = Extract<PromptAnswer, { kind: 'pin' | 'pinPad' }>;

/** After these the PIN is typed on the computer. */
const padFailures: readonly ErrorCode[] = ['ERR_PIN_PAD_REFUSED', 'ERR_PIN_PAD_FAILED'];

/** The keypads of readers, as far as one order knows them. */
export interface PinPads {
  /** Whether the keypad of the reader can verify this PIN, as far as we know. */
  take(candidate: Candidate): boolean;
  /** Notes that the use of a card ended so. */
  ended(code: ErrorCode, candidate: Candidate): void;
}

/** Keypads of which none has failed yet. */
export function createPinPads(): PinPads {
  const refused = new Set<string>();
  return {
    take: ({ token, key }) => {
      const { reader, pins } = token.info;
      const pin = pins.find(({ reference }) => reference === key.pin);
      return pin?.pinPad.includes('verify') === true && !refused.has(reader);
    },
    ended: (code, { token }) => {
      if (padFailures.includes(code)) refused.add(token.info.reader);
    },
  };
}

/** What a token is told of an answer. */
export function useOf(answer: PinAnswer): { readonly pin: PinEntry } & Pick<PinUse, 'lastTryConsent' | 'language'> {
  const { lastTryConsent } = answer;
  if (answer.kind === 'pin') return { pin: answer.pin, lastTryConsent };
  const { language } = answer;
  return { pin: 'pin-pad', lastTryConsent, ...(language === undefined ? {} : { language }) };
}
