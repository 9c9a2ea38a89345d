import type { AssuranceLevel } from './certificate.js';
import type { PinInfo } from './pin.js';
import type { Bilingual, Launcher, Purpose, Registrar } from './relying-party.js';
import type { RevocationState } from './revocation.js';

/** A certificate that fits the order. */
export interface PromptCandidate {
  /** Opaque; names the card and the certificate in an answer. */
  readonly id: string;
  readonly reader: string;
  readonly tokenLabel: string;
  readonly holder: string;
  readonly organization?: string;
  readonly level: AssuranceLevel | undefined;
  /** Milliseconds since the epoch; so that an end can be told of in time. */
  readonly notBefore?: number;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
  /** As far as has been found out; a revoked one comes last, and is never chosen but by the user. */
  readonly revocation?: RevocationState;
}

/** A certificate that was found and does not fit the order, and why. */
export interface PromptUnfit {
  readonly reader: string;
  readonly tokenLabel: string;
  readonly holder: string;
  /** As far as the trust policy gives it one. */
  readonly level: AssuranceLevel | undefined;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
  readonly reason: 'level' | 'expired' | 'untrusted' | 'usage' | 'issuer' | 'person' | 'no-key';
}

/**
 * Why a certificate was chosen without, or by, a question; `preferred` is by a rule of the user, `rule` by one of the
 * administrator.
 */
export type ChoiceReason = 'only-one' | 'preferred' | 'rule' | 'last-time' | 'first-on-card' | 'by-user';

/** A document of a signature order, known by its digest only. */
export interface PromptDocument {
  readonly label: string;
  /** `sha256:` and so on, and lower-case hex. */
  readonly digest: string;
}

/** Everything that a PIN surface shows of one order. Text from outside is already sanitized. */
export interface PromptView {
  readonly promptId: string;
  readonly orderId: string;
  readonly relyingParty: { readonly name: Bilingual; readonly registeredBy: Registrar };
  readonly purpose: Purpose;
  readonly launcher: Launcher;
  readonly origin: string | undefined;
  /** A download of this daemon asks. */
  readonly own?: true;
  /** Undefined where the user has to type it, and where no page shows one. */
  readonly confirmationCode: string | undefined;
  /** What the service writes; shown apart under a fixed heading. */
  readonly bindingMessage: string | undefined;
  /** What will be signed, to be read in full before the PIN; lines apart by line feeds. */
  readonly visibleText: string | undefined;
  readonly documents: readonly PromptDocument[];
  /** How many documents are signed already, where each takes a PIN of its own. */
  readonly documentsSigned: number;
  /** How many documents the next PIN signs. */
  readonly documentsNow: number;
  readonly levels: readonly AssuranceLevel[];
  /**
   * `read`: the visible text stands to be read, and `acknowledge` says that it was; `code`: the user types the
   * confirmation code that the service shows; `pinPad`: the reader waits for the PIN on its own keypad.
   */
  readonly state: 'noCard' | 'choose' | 'read' | 'code' | 'pin' | 'pinPad' | 'working' | 'explain';
  readonly candidates: readonly PromptCandidate[];
  /** What was found besides, and does not fit. */
  readonly unfit: readonly PromptUnfit[];
  /** A card has been inserted that is not among the candidates yet, and may become one. */
  readonly reading: boolean;
  readonly chosen: string | undefined;
  /** Undefined while nothing is chosen. */
  readonly chosenBecause: ChoiceReason | undefined;
  /** The PIN of the chosen card can be typed on the keypad of its reader, which is the better place. */
  readonly pinPad: boolean;
  /** Which of the chosen card's PINs is asked for; a card may have one for everything. */
  readonly pinRole: PinInfo['role'] | undefined;
  readonly attemptsRemaining: number | undefined;
  /** The PIN on offer is the last try: the answer must carry consent. */
  readonly lastTry: boolean;
  readonly problem: PromptProblem | undefined;
  /** The same relying party has asked again while this prompt stood open, and was refused. */
  readonly askedAgain: boolean;
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
