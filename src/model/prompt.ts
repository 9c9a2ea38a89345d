import type { AssuranceLevel } from './certificate.js';
import type { Bilingual } from './relying-party.js';

/** A certificate that the user may sign in with. */
export interface PromptCandidate {
  /** Opaque; names the card and the certificate in an answer. */
  readonly id: string;
  readonly reader: string;
  readonly tokenLabel: string;
  readonly holder: string;
  readonly organization?: string;
  readonly level: AssuranceLevel | undefined;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

/** Everything that a PIN surface shows of one order. Text from outside is already sanitized. */
export interface PromptView {
  readonly promptId: string;
  readonly orderId: string;
  readonly relyingParty: { readonly name: Bilingual; readonly registeredBy: 'system' | 'user' };
  readonly origin: string | undefined;
  readonly confirmationCode: string | undefined;
  /** What the service writes; shown apart under a fixed heading. */
  readonly bindingMessage: string | undefined;
  readonly levels: readonly AssuranceLevel[];
  /** `pinPad`: the reader waits for the PIN on its own keypad. */
  readonly state: 'noCard' | 'choose' | 'pin' | 'pinPad' | 'working' | 'explain';
  readonly candidates: readonly PromptCandidate[];
  /** A card has been inserted that is not among the candidates yet, and may become one. */
  readonly reading: boolean;
  readonly chosen: string | undefined;
  /** The PIN of the chosen card can be typed on the keypad of its reader, which is the better place. */
  readonly pinPad: boolean;
  readonly attemptsRemaining: number | undefined;
  /** The PIN on offer is the last try: the answer must carry consent. */
  readonly lastTry: boolean;
  readonly problem: PromptProblem | undefined;
  /** Other orders that wait behind this one. */
  readonly waitingOrders: number;
  readonly expiresAt: number;
}

/** Why the last answer did not lead on: an error code with its facts, for the catalogue. */
export interface PromptProblem {
  readonly code: string;
  readonly fields: Readonly<Record<string, string | number | boolean | undefined>>;
}

/** How a prompt ended, for its last sentence on the screen. */
export type PromptOutcome = { readonly status: 'complete' } | { readonly status: 'failed'; readonly hintCode: string };
