import { levelOfUri, type AssuranceLevel, type CertificateInfo } from '../model/certificate.js';
import type { ChoiceRules } from '../model/certificate-choice.js';
import type { PromptUnfit } from '../model/prompt.js';
import type { Purpose } from '../model/relying-party.js';
import type { RevocationKnowledge, RevocationState } from '../model/revocation.js';
import type { SignatureAlgorithm } from '../model/signature.js';
import type { AcceptedOrder, FailedHint } from '../oob/oob-service.js';
import { cadesAlgorithm } from '../pki/cades.js';
import { canSign, type SigningToken, type TokenCertificate, type TokenKey } from '../tokens/token.js';
import { holdsCard } from '../tokens/token-entry.js';
import type { TokenEntry } from '../tokens/token-registry.js';
import { compareText, orderForLogin } from './certificate-order.js';
import { rulesFor } from './choice-rules.js';
import type { PromptCandidate } from './prompt.js';

/** What the trust policy says of a certificate: whom it makes of its holder, or why it is no use for the purpose. */
export type CertificateVerdict =
  | {
      readonly usable: true;
      readonly level: AssuranceLevel;
      /** DER, leaf first, root left out. */
      readonly chain: readonly Uint8Array[];
      readonly testIssuer: boolean;
    }
  | { readonly usable: false; readonly reason: 'expired' | 'untrusted' | 'usage' };

/** Judges a certificate for a purpose by the configured trust, at a time in milliseconds since the epoch. */
export type JudgeCertificate = (certificate: CertificateInfo, at: number, purpose: Purpose) => CertificateVerdict;

/** What an order asks for, as far as certificates go. */
export type CandidateQuestion = Pick<
  AcceptedOrder,
  'relyingParty' | 'purpose' | 'acrValues' | 'user' | 'issuers' | 'documents'
>;

/** What is known of certificates besides what they say. */
export interface CandidateKnowledge {
  readonly judge: JudgeCertificate;
  readonly rules: Pick<ChoiceRules, 'all'>;
  readonly revocation: RevocationKnowledge;
}

/** A certificate with its key that may answer an order. */
export interface Candidate {
  readonly id: string;
  readonly token: SigningToken;
  readonly certificate: CertificateInfo;
  readonly key: TokenKey;
  /** By which the key answers this order. */
  readonly algorithm: SignatureAlgorithm;
  readonly level: AssuranceLevel;
  readonly chain: readonly Uint8Array[];
  /** As far as is known now; one that is revoked is offered last, and never chosen without a question. */
  readonly revocation: RevocationState | undefined;
}

/** A certificate that does not answer an order, and why. */
export interface UnfitCertificate {
  readonly entry: TokenEntry;
  readonly certificate: CertificateInfo;
  /** As far as the trust policy gives it one. */
  readonly level: AssuranceLevel | undefined;
  readonly reason: PromptUnfit['reason'];
}

/** Every certificate of people on all ready cards, judged for one order. */
export interface JudgedCertificates {
  /** In the order in which they are offered. */
  readonly candidates: readonly Candidate[];
  /** The nearest to fitting first. */
  readonly unfit: readonly UnfitCertificate[];
}

/** What the inserted cards have to offer for one order. */
export interface Offer {
  /** Whether a card is being read that may bring more. */
  readonly reading: boolean;
  readonly candidates: readonly Candidate[];
  /** What does not fit, the nearest first; of a card that has something that fits, only what could have fitted. */
  readonly unfit: readonly PromptUnfit[];
  /** Why none of the certificates that were found fits; undefined while none was found at all. */
  readonly refusal: FailedHint | undefined;
}

/** What an order fails with where nothing fits better; the nearer to fitting, the earlier. */
const refusals: readonly (readonly [PromptUnfit['reason'], FailedHint])[] = [
  ['level', 'levelNotMet'],
  ['expired', 'certificateErr'],
  ['untrusted', 'certificateErr'],
  ['issuer', 'noSuitableCertificate'],
  ['person', 'noSuitableCertificate'],
  ['no-key', 'noSuitableCertificate'],
  ['usage', 'noSuitableCertificate'],
];

/**
 * What the user may wonder about even beside another certificate of the same card. Else the card is offered, and said not
 * to fit because of, say, its key for something else.
 */
const telling: readonly PromptUnfit['reason'][] = ['level', 'expired'];

/** Judges the certificates on all ready cards by what an order asks for. */
export function judgeCertificates(
  entries: readonly TokenEntry[],
  question: CandidateQuestion,
  { judge, rules, revocation }: CandidateKnowledge,
  now: number,
): JudgedCertificates {
  const judged = entries.flatMap((entry) =>
    (entry.certificates ?? []).map((held) => {
      const { certificate } = held;
      const fit = fitForOrder(entry, held, question, judge(certificate, now, question.purpose));
      return { entry, certificate, fit };
    }),
  );
  const candidates = judged.flatMap(({ certificate, fit }): Candidate[] =>
    'unfit' in fit ? [] : [{ ...fit, revocation: revocation.of(certificate.fingerprint) }],
  );
  const unfit = judged.flatMap(({ entry, certificate, fit }): UnfitCertificate[] =>
    'unfit' in fit && !certificate.isCa ? [{ entry, certificate, level: fit.level, reason: fit.unfit }] : [],
  );
  return { candidates: sortCandidates(candidates, question, rules), unfit: sortUnfit(unfit) };
}

/** Finds the certificates on all ready cards that fit what an order asks for. */
export function findCandidates(
  entries: readonly TokenEntry[],
  question: CandidateQuestion,
  knowledge: CandidateKnowledge,
  now: number,
): Offer {
  const { candidates, unfit } = judgeCertificates(entries, question, knowledge, now);
  const fitting = new Set(candidates.map(({ token }): string | undefined => token.info.id));
  const told = unfit.filter(({ entry, reason }) => telling.includes(reason) || !fitting.has(entry.token?.info.id));
  const cards = entries.filter(holdsCard);
  const reading = cards.some((entry) => entry.state === 'reading');
  const settled = cards.length > 0 && !reading;
  const nearest = refusals.find(([reason]) => told.some((found) => found.reason === reason));
  return {
    reading,
    candidates,
    unfit: told.map(describeUnfit),
    refusal: nearest?.[1] ?? (settled ? 'noSuitableCertificate' : undefined),
  };
}

/** What an order can do with one certificate on a card. */
type Fit =
  Omit<Candidate, 'revocation'> | { readonly unfit: PromptUnfit['reason']; readonly level: AssuranceLevel | undefined };

/** Whether a certificate fits what an order asks for; of several reasons against it the first in this order. */
function fitForOrder(
  { token }: TokenEntry,
  { certificate, key }: TokenCertificate,
  order: CandidateQuestion,
  verdict: CertificateVerdict,
): Fit {
  const level = verdict.usable ? verdict.level : undefined;
  const against = (unfit: PromptUnfit['reason']): Fit => ({ unfit, level });
  if (!verdict.usable && verdict.reason === 'usage') return against('usage');
  if (order.user !== undefined && certificate.person.personId !== order.user) return against('person');
  if (!verdict.usable) return against(verdict.reason);
  const algorithm = algorithmFor(order, key);
  if (token === undefined || !canSign(token) || key === undefined || algorithm === undefined) return against('no-key');
  if (!acceptsIssuer(order, certificate.issuer, verdict.testIssuer)) return against('issuer');
  if (!order.acrValues.some((uri) => levelOfUri(uri) === verdict.level)) return against('level');
  const id = `${token.info.id}/${certificate.fingerprint}`;
  return { id, token, certificate, key, algorithm, level: verdict.level, chain: verdict.chain };
}

/** A relying party that the user registered works with test issuers only. */
function acceptsIssuer(order: CandidateQuestion, issuer: string, testIssuer: boolean): boolean {
  if (order.relyingParty.source === 'user' && !testIssuer) return false;
  return [order.issuers, order.relyingParty.issuers].every((list) => list.length === 0 || list.includes(issuer));
}

/** The best that the key can do; for signatures, the best that fits the digests of all documents. */
function algorithmFor(
  { documents }: Pick<CandidateQuestion, 'documents'>,
  key: TokenKey | undefined,
): SignatureAlgorithm | undefined {
  return key?.algorithms.find((algorithm) =>
    documents.every(({ digestAlgorithm }) => cadesAlgorithm([algorithm], digestAlgorithm) !== undefined),
  );
}

function sortCandidates(
  candidates: readonly Candidate[],
  { relyingParty, purpose }: CandidateQuestion,
  rules: Pick<ChoiceRules, 'all'>,
): readonly Candidate[] {
  const placed = candidates.map((candidate) => {
    const { certificate, level, token } = candidate;
    return { candidate, certificate, level, token: token.info.id, revoked: isRevoked(candidate) };
  });
  const applying = rulesFor(rules.all, { clientId: relyingParty.clientId, purpose });
  return orderForLogin(placed, applying).map(({ candidate }) => candidate);
}

/** Whether a candidate is known to be revoked, or its issuer. */
export function isRevoked({ revocation }: Pick<Candidate, 'revocation'>): boolean {
  return revocation?.status === 'revoked';
}

function sortUnfit(unfit: readonly UnfitCertificate[]): readonly UnfitCertificate[] {
  const distance = ({ reason }: UnfitCertificate): number => refusals.findIndex(([known]) => known === reason);
  return unfit.toSorted(
    (a, b) =>
      distance(a) - distance(b) ||
      compareText(a.certificate.person.commonName, b.certificate.person.commonName) ||
      compareText(a.entry.reader, b.entry.reader) ||
      b.certificate.notAfter - a.certificate.notAfter,
  );
}

function describeUnfit({ entry, certificate, level, reason }: UnfitCertificate): PromptUnfit {
  const { holder, notAfter } = describeCertificate(certificate);
  return { reader: entry.reader, tokenLabel: entry.token?.info.label ?? '', holder, level, notAfter, reason };
}

function describeCertificate({ person, notAfter }: CertificateInfo): Pick<PromptCandidate, 'holder' | 'notAfter'> {
  return { holder: person.commonName, notAfter };
}

/** How a candidate is shown. */
export function describeCandidate({ id, token, certificate, level, revocation }: Candidate): PromptCandidate {
  const { organization } = certificate.person;
  return {
    id,
    reader: token.info.reader,
    tokenLabel: token.info.label,
    ...describeCertificate(certificate),
    notBefore: certificate.notBefore,
    ...(organization === undefined ? {} : { organization }),
    level,
    ...(revocation === undefined ? {} : { revocation }),
  };
}
