import type { AssuranceLevel } from './certificate.js';
import type { Purpose } from './relying-party.js';

/** A certificate on a card. */
export interface RememberedChoice {
  /** Id of the token. */
  readonly token: string;
  /** Fingerprint. */
  readonly certificate: string;
}

/** What a relying party asks for: the same question gets the same choice. */
export interface ChoiceQuestion {
  readonly clientId: string;
  readonly purpose: Purpose;
  readonly levels: readonly AssuranceLevel[];
}

/** Remembers over restarts which certificate was last used to answer which question. */
export interface CardChoiceMemory {
  recall(question: ChoiceQuestion): RememberedChoice | undefined;
  /** Resolves when a restart of this process would see it. */
  remember(question: ChoiceQuestion, choice: RememberedChoice): Promise<void>;
}
