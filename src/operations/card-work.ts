import type { CardWorkCode, CardWorkOutcome, CardWorkQuestion, CardWorkStep } from '../model/card-work.js';
import type { PinEntry, PinUse } from '../tokens/token.js';

/** The codes of card work; each is wiped by whoever runs it. A management key comes as hex digits. */
export type CardWorkCodes = Readonly<Partial<Record<CardWorkCode, PinEntry>>>;

/** What the user agreed to, and how the work can be given up. */
export interface CardWorkUse extends Pick<PinUse, 'lastTryConsent' | 'language'> {
  readonly signal: AbortSignal;
  /** Told as each step begins, and when the PIN is to be typed on the reader now. */
  readonly onStep: (step: CardWorkStep | 'pin-pad') => void;
}

/** Card work that is settled but for its codes; preparing it has changed nothing and costs no try. */
export interface PreparedCardWork {
  readonly question: CardWorkQuestion;
  /** Runs it; the codes are wiped whatever comes of it. Errors carry `pinEffect` as those of PIN operations do. */
  run(codes: CardWorkCodes, use: CardWorkUse): Promise<CardWorkOutcome>;
}
