import type { Logger } from '../core/ports.js';
import type { CardChoiceMemory, RememberedChoice } from '../model/card-choice-memory.js';
import { levelOfUri } from '../model/certificate.js';
import type { ChoiceReason } from '../model/prompt.js';
import type { AcceptedOrder } from '../oob/oob-service.js';
import type { Candidate, Offer } from './candidates.js';

/** A candidate, and why it and no other. */
export interface ChosenCandidate {
  readonly candidate: Candidate;
  readonly because: ChoiceReason;
}

/** Which card answers one order without a question, and what is remembered of that. */
export interface CardChoice {
  pick(offer: Pick<Offer, 'candidates' | 'reading'>): ChosenCandidate | undefined;
  /** Of an order that has gone through; a failure is logged only. */
  remember(used: Candidate): Promise<void>;
}

/** The choice for this order's question. */
export function createCardChoice(memory: CardChoiceMemory, order: AcceptedOrder, logger: Logger): CardChoice {
  const question = {
    clientId: order.relyingParty.clientId,
    purpose: order.purpose,
    levels: order.acrValues.flatMap((uri) => levelOfUri(uri) ?? []),
  };
  return {
    // A card that is still being read may turn out to be somebody else's: until then the user may choose, and we not.
    pick: ({ candidates, reading }) => (reading ? undefined : preselect(candidates, memory.recall(question))),
    remember: async ({ token, certificate }) => {
      const choice = { token: token.info.id, certificate: certificate.fingerprint };
      await memory.remember(question, choice).catch((error: unknown) => {
        logger.error({ error }, 'Choice of a card could not be remembered');
      });
    },
  };
}

/**
 * The candidate that is asked for its PIN without a question: that of last time, else the first on the only card. With
 * cards of two people in, only the user can say whose PIN will be typed.
 */
function preselect(
  candidates: readonly Candidate[],
  remembered: RememberedChoice | undefined,
): ChosenCandidate | undefined {
  const [first, ...others] = candidates;
  if (first === undefined) return undefined;
  if (others.length === 0) return { candidate: first, because: 'only-one' };
  const isOneCard = new Set(candidates.map(({ token }) => token.info.id)).size === 1;
  if (!isOneCard && new Set(candidates.map(personOf)).size > 1) return undefined;
  const last = candidates.find(
    ({ token, certificate }) =>
      token.info.id === remembered?.token && certificate.fingerprint === remembered.certificate,
  );
  if (last !== undefined) return { candidate: last, because: 'last-time' };
  return isOneCard ? { candidate: first, because: 'first-on-card' } : undefined;
}

/** Two cards without a number on them may belong to two people. */
function personOf({ certificate, token }: Candidate): string {
  return certificate.person.personId ?? `without number: ${token.info.id}`;
}
