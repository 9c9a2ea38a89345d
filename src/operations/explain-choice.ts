import type { CardChoiceMemory } from '../model/card-choice-memory.js';
import { levelOfUri, levelUri, type AssuranceLevel, type CertificateInfo } from '../model/certificate.js';
import type { ChoiceExplanation, ChoiceRule, ChoiceRules, ExplainedCertificate } from '../model/certificate-choice.js';
import type { Purpose, RelyingParty } from '../model/relying-party.js';
import type { Clock, Logger } from '../core/ports.js';
import type { TokenRegistry } from '../tokens/token-registry.js';
import {
  findCandidates,
  isRevoked,
  judgeCertificates,
  type Candidate,
  type CandidateKnowledge,
  type CandidateQuestion,
} from './candidates.js';
import { createCardChoice } from './card-choice.js';
import { prefers, rulesFor } from './choice-rules.js';
import { settledEntries } from './settled-entries.js';

/** What explaining a choice works with: the same as making one. */
export interface ExplainChoiceDependencies extends CandidateKnowledge {
  readonly tokens: Pick<TokenRegistry, 'entries' | 'subscribe'>;
  readonly rules: ChoiceRules;
  readonly choices: CardChoiceMemory;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A login or signature that somebody wonders about. */
export interface WonderedChoice {
  readonly relyingParty: RelyingParty;
  /** A login when left out, if the relying party is for logins. */
  readonly purpose?: Purpose | undefined;
  /** Those that the relying party may ask for when left out. */
  readonly levels?: readonly AssuranceLevel[] | undefined;
}

/** Says what an order would offer now, and why, by what an order itself asks; asks no card anew. */
export async function explainChoice(
  dependencies: ExplainChoiceDependencies,
  wondered: WonderedChoice,
  signal: AbortSignal,
): Promise<ChoiceExplanation> {
  const { tokens, rules, clock } = dependencies;
  const question = questionOf(wondered);
  const { relyingParty, purpose } = question;
  const entries = await settledEntries(tokens, signal);
  const now = clock.now();
  const { candidates, unfit } = judgeCertificates(entries, question, dependencies, now);
  const chosen = createCardChoice(dependencies, question).pick(findCandidates(entries, question, dependencies, now));
  const applying = rulesFor(rules.all, { clientId: relyingParty.clientId, purpose });
  return {
    relyingParty: { clientId: relyingParty.clientId, name: relyingParty.displayName },
    purpose,
    levels: question.acrValues.flatMap((uri) => levelOfUri(uri) ?? []),
    certificates: [
      ...candidates.map((candidate) => explainCandidate(candidate, applying)),
      ...unfit.map(({ entry, certificate, level, reason }) => ({
        ...describe(certificate, level, entry.reader, entry.token?.info.label ?? ''),
        placedBy: 'usual' as const,
        unfit: reason,
      })),
    ],
    ...(chosen && { chosen: { fingerprint: chosen.candidate.certificate.fingerprint, because: chosen.because } }),
    rules: applying.filter((rule) => candidates.some((candidate) => prefers(rule, candidate))),
    brokenFiles: rules.brokenFiles,
  };
}

/** What the relying party would ask for, of anybody. */
function questionOf({ relyingParty, purpose, levels }: WonderedChoice): CandidateQuestion {
  const { purposes, acrValues } = relyingParty;
  return {
    relyingParty,
    purpose: purpose ?? (purposes.includes('auth') ? 'auth' : 'sign'),
    acrValues: levels?.map(levelUri) ?? acrValues,
    user: undefined,
    issuers: [],
    documents: [],
  };
}

function explainCandidate(candidate: Candidate, rules: readonly ChoiceRule[]): ExplainedCertificate {
  const { certificate, level, token } = candidate;
  const rule = rules.find((one) => prefers(one, candidate));
  const byRule = rule && (rule.relyingParty === undefined ? 'rule-for-all' : 'rule-for-party');
  return {
    ...describe(certificate, level, token.info.reader, token.info.label),
    placedBy: isRevoked(candidate) ? 'revoked' : (byRule ?? 'usual'),
  };
}

function describe(
  { fingerprint, issuer, person, notAfter }: CertificateInfo,
  level: AssuranceLevel | undefined,
  reader: string,
  cardLabel: string,
): Omit<ExplainedCertificate, 'placedBy'> {
  const { commonName: holder, organization } = person;
  return {
    fingerprint,
    holder,
    organization,
    issuer,
    level,
    reader,
    cardLabel,
    notAfter: new Date(notAfter).toISOString(),
  };
}
