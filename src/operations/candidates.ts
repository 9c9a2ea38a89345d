import type { AssuranceLevel, CertificateInfo } from '../model/certificate.js';
import { levelOfUri } from '../model/certificate.js';
import type { Purpose } from '../model/relying-party.js';
import type { AcceptedOrder, FailedHint } from '../oob/oob-service.js';
import { canSign, type SigningToken, type TokenCertificate, type TokenKey } from '../tokens/token.js';
import { holdsCard } from '../tokens/token-entry.js';
import type { TokenEntry } from '../tokens/token-registry.js';
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

/** A certificate with its key that may answer an order. */
export interface Candidate {
  readonly id: string;
  readonly entry: TokenEntry;
  readonly token: SigningToken;
  readonly certificate: CertificateInfo;
  readonly key: TokenKey;
  readonly level: AssuranceLevel;
  readonly chain: readonly Uint8Array[];
}

/** What the inserted cards have to offer for one order. */
export interface Offer {
  /** Whether a card is being read that may bring more. */
  readonly reading: boolean;
  readonly candidates: readonly Candidate[];
  /** Why none of the certificates that were found fits; undefined while none was found at all. */
  readonly refusal: FailedHint | undefined;
}

type Judged = { readonly candidate: Candidate } | { readonly refusal: FailedHint };

/** How near a certificate came to fitting: the user is told of the nearest. */
const nearness: readonly FailedHint[] = ['levelNotMet', 'certificateErr', 'noSuitableCertificate'];

/** Finds the certificates on all ready cards that fit what an order asks for. */
export function findCandidates(
  entries: readonly TokenEntry[],
  order: AcceptedOrder,
  judge: JudgeCertificate,
  now: number,
): Offer {
  const judged = entries.flatMap((entry) =>
    (entry.certificates ?? []).map((held) => judgeFor(entry, held, order, judge(held.certificate, now, order.purpose))),
  );
  const candidates = judged.flatMap((result) => ('candidate' in result ? [result.candidate] : []));
  const refusals = judged.flatMap((result) => ('refusal' in result ? [result.refusal] : []));
  const cards = entries.filter(holdsCard);
  const reading = cards.some((entry) => entry.state === 'reading');
  const settled = cards.length > 0 && !reading;
  return {
    reading,
    candidates: sortCandidates(candidates),
    refusal: nearness.find((hint) => refusals.includes(hint)) ?? (settled ? 'noSuitableCertificate' : undefined),
  };
}

/**
 * The order in which candidates are offered, the same each time: by holder and serial number of the card, and on one
 * card the certificate first that is valid longest.
 */
function sortCandidates(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.toSorted(
    (a, b) =>
      compare(a.certificate.person.commonName, b.certificate.person.commonName) ||
      compare(a.token.info.id, b.token.info.id) ||
      b.certificate.notAfter - a.certificate.notAfter ||
      compare(a.certificate.fingerprint, b.certificate.fingerprint),
  );
}

/** By code unit, so that no setting of the system changes it. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function judgeFor(
  entry: TokenEntry,
  held: TokenCertificate,
  order: AcceptedOrder,
  verdict: CertificateVerdict,
): Judged {
  const { token } = entry;
  const { certificate, key } = held;
  const isUser = order.user === undefined || certificate.person.personId === order.user;
  if (token === undefined || !canSign(token) || key === undefined || !isUser) {
    return { refusal: 'noSuitableCertificate' };
  }
  if (!verdict.usable) {
    return { refusal: verdict.reason === 'usage' ? 'noSuitableCertificate' : 'certificateErr' };
  }
  if (!acceptsIssuer(order, certificate.issuer, verdict.testIssuer)) return { refusal: 'noSuitableCertificate' };
  if (!order.acrValues.some((uri) => levelOfUri(uri) === verdict.level)) return { refusal: 'levelNotMet' };
  const id = `${token.info.id}/${certificate.fingerprint}`;
  return { candidate: { id, entry, token, certificate, key, level: verdict.level, chain: verdict.chain } };
}

/** A relying party that the user registered works with test issuers only. */
function acceptsIssuer(order: AcceptedOrder, issuer: string, testIssuer: boolean): boolean {
  if (order.relyingParty.source === 'user' && !testIssuer) return false;
  return [order.issuers, order.relyingParty.issuers].every((list) => list.length === 0 || list.includes(issuer));
}

/** How a candidate is shown. */
export function describeCandidate(candidate: Candidate): PromptCandidate {
  const { person, notAfter } = candidate.certificate;
  return {
    id: candidate.id,
    reader: candidate.token.info.reader,
    tokenLabel: candidate.token.info.label,
    holder: person.commonName,
    ...(person.organization === undefined ? {} : { organization: person.organization }),
    level: candidate.level,
    notAfter,
  };
}
