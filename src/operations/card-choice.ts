import type { Logger } from '../core/ports.js';
import type { CardChoiceMemory, RememberedChoice } from '../model/card-choice-memory.js';
import { levelOfUri } from '../model/certificate.js';
import type { ChoiceRule } from '../model/certificate-choice.js';
import type { ChoiceReason } from '../model/prompt.js';
import {
  isRevoked,
  type Candidate,
  type CandidateKnowledge,
  type CandidateQuestion,
  type Offer,
} from './candidates.js';
import { leadingByRules, rulesFor } from './choice-rules.js';

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

/** What choosing works with. */
export interface CardChoiceDependencies extends Pick<CandidateKnowledge, 'rules'> {
  readonly choices: CardChoiceMemory;
  readonly logger: Logger;
}

/** The choice for this order's question. */
export function createCardChoice(
  { choices, rules, logger }: CardChoiceDependencies,
  { relyingParty, purpose, acrValues }: Pick<CandidateQuestion, 'relyingParty' | 'purpose' | 'acrValues'>,
): CardChoice {
  const { clientId } = relyingParty;
  const question = { clientId, purpose, levels: acrValues.flatMap((uri) => levelOfUri(uri) ?? []) };
  return {
    // A card that is still being read may turn out to be somebody else's: until then the user may choose, and we not.
    pick: ({ candidates, reading }) =>
      reading ? undefined : preselect(candidates, rulesFor(rules.all, { clientId, purpose }), choices.recall(question)),
    remember: async ({ token, certificate }) => {
      const choice = { token: token.info.id, certificate: certificate.fingerprint };
      await choices.remember(question, choice).catch((error: unknown) => {
        logger.error({ error }, 'Choice of a card could not be remembered');
      });
    },
  };
}

/**
 * The candidate that is asked for its PIN without a question: the one that rules put first, else that of last time, else
 * the first on the only card. With cards of two people in, only the user can say whose PIN will be typed: a rule by
 * fingerprint may have been another person's wish, where several use one account.
 */
function preselect(
  candidates: readonly Candidate[],
  rules: readonly ChoiceRule[],
  remembered: RememberedChoice | undefined,
): ChosenCandidate | undefined {
  if (!isOneCard(candidates) && new Set(candidates.map(personOf)).size > 1) return undefined;
  const [first, ...others] = candidates.filter((candidate) => !isRevoked(candidate));
  if (first === undefined) return undefined;
  if (others.length === 0) return { candidate: first, because: 'only-one' };
  const { leading, rule } = leadingByRules([first, ...others], rules);
  const [leader = first, ...equals] = leading;
  const byRule = rule && (rule.source === 'user' ? 'preferred' : 'rule');
  if (byRule !== undefined && equals.length === 0) return { candidate: leader, because: byRule };
  const last = leading.find(
    ({ token, certificate }) =>
      token.info.id === remembered?.token && certificate.fingerprint === remembered.certificate,
  );
  if (last !== undefined) return { candidate: last, because: 'last-time' };
  return isOneCard(leading) ? { candidate: leader, because: byRule ?? 'first-on-card' } : undefined;
}

const isOneCard = (candidates: readonly Candidate[]): boolean =>
  new Set(candidates.map(({ token }) => token.info.id)).size === 1;

/** Two cards without a number on them may belong to two people. */
function personOf({ certificate, token }: Candidate): string {
  return certificate.person.personId ?? `without number: ${token.info.id}`;
}
