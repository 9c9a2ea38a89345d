import type { Logger } from '../core/ports.js';
import type { CardChoiceMemory, RememberedChoice } from '../model/card-choice-memory.js';
import { levelOfUri } from '../model/certificate.js';
import type { AcceptedOrder } from '../oob/oob-service.js';
import type { Candidate, Offer } from './candidates.js';

/** Which card answers one order without a question, and what is remembered of that. */
export interface CardChoice {
  pick(offer: Offer): Candidate | undefined;
  /** Of a login that has gone through; a failure is logged only. */
  remember(used: Candidate): Promise<void>;
}

/** The choice for this order's question. */
export function createCardChoice(memory: CardChoiceMemory, order: AcceptedOrder, logger: Logger): CardChoice {
  const question = {
    clientId: order.relyingParty.clientId,
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
function preselect(candidates: readonly Candidate[], remembered: RememberedChoice | undefined): Candidate | undefined {
  const isOneCard = new Set(candidates.map(({ token }) => token.info.id)).size === 1;
  if (!isOneCard && new Set(candidates.map(personOf)).size > 1) return undefined;
  const last = candidates.find(
    ({ token, certificate }) =>
      token.info.id === remembered?.token && certificate.fingerprint === remembered.certificate,
  );
  return last ?? (isOneCard ? candidates[0] : undefined);
}

/** Two cards without a number on them may belong to two people. */
function personOf({ certificate, token }: Candidate): string {
  return certificate.person.personId ?? `without number: ${token.info.id}`;
}
