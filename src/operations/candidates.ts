import { levelOfUri, type AssuranceLevel, type CertificateInfo } from '../model/certificate.js';
import type { PromptUnfit } from '../model/prompt.js';
import type { Purpose } from '../model/relying-party.js';
import type { SignatureAlgorithm } from '../model/signature.js';
import type { AcceptedOrder, FailedHint } from '../oob/oob-service.js';
import { cadesAlgorithm } from '../pki/cades.js';
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
  readonly token: SigningToken;
  readonly certificate: CertificateInfo;
  readonly key: TokenKey;
  /** By which the key answers this order. */
  readonly algorithm: SignatureAlgorithm;
  readonly level: AssuranceLevel;
  readonly chain: readonly Uint8Array[];
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

/** Finds the certificates on all ready cards that fit what an order asks for. */
export function findCandidates(
  entries: readonly TokenEntry[],
  order: AcceptedOrder,
  judge: JudgeCertificate,
  now: number,
): Offer {
  const judged = entries.flatMap((entry) =>
    (entry.certificates ?? []).map((held) => ({
      entry,
      held,
      fit: fitForOrder(entry, held, order, judge(held.certificate, now, order.purpose)),
    })),
  );
  const candidates = judged.flatMap(({ fit }) => ('candidate' in fit ? [fit.candidate] : []));
  const fitting = new Set(candidates.map(({ token }): string | undefined => token.info.id));
  const unfit = judged.flatMap(({ entry, held: { certificate }, fit }): PromptUnfit[] => {
    if ('candidate' in fit || certificate.isCa) return [];
    const { holder, notAfter } = describeCertificate(certificate);
    const { unfit: reason, level } = fit;
    if (!telling.includes(reason) && fitting.has(entry.token?.info.id)) return [];
    return [{ reader: entry.reader, tokenLabel: entry.token?.info.label ?? '', holder, level, notAfter, reason }];
  });
  const cards = entries.filter(holdsCard);
  const reading = cards.some((entry) => entry.state === 'reading');
  const settled = cards.length > 0 && !reading;
  const nearest = refusals.find(([reason]) => unfit.some((found) => found.reason === reason));
  return {
    reading,
    candidates: sortCandidates(candidates),
    unfit: sortUnfit(unfit),
    refusal: nearest?.[1] ?? (settled ? 'noSuitableCertificate' : undefined),
  };
}

/** What an order can do with one certificate on a card. */
type Fit =
  | { readonly candidate: Candidate }
  | { readonly unfit: PromptUnfit['reason']; readonly level: AssuranceLevel | undefined };

/** Whether a certificate fits what an order asks for; of several reasons against it the first in this order. */
function fitForOrder(
  { token }: TokenEntry,
  { certificate, key }: TokenCertificate,
  order: AcceptedOrder,
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
  return { candidate: { id, token, certificate, key, algorithm, level: verdict.level, chain: verdict.chain } };
}

/** A relying party that the user registered works with test issuers only. */
function acceptsIssuer(order: AcceptedOrder, issuer: string, testIssuer: boolean): boolean {
  if (order.relyingParty.source === 'user' && !testIssuer) return false;
  return [order.issuers, order.relyingParty.issuers].every((list) => list.length === 0 || list.includes(issuer));
}

/** The best that the key can do; for signatures, the best that fits the digests of all documents. */
function algorithmFor({ documents }: AcceptedOrder, key: TokenKey | undefined): SignatureAlgorithm | undefined {
  return key?.algorithms.find((algorithm) =>
    documents.every(({ digestAlgorithm }) => cadesAlgorithm([algorithm], digestAlgorithm) !== undefined),
  );
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

function sortUnfit(unfit: readonly PromptUnfit[]): readonly PromptUnfit[] {
  const distance = ({ reason }: PromptUnfit): number => refusals.findIndex(([known]) => known === reason);
  return unfit.toSorted(
    (a, b) =>
      distance(a) - distance(b) ||
      compare(a.holder, b.holder) ||
      compare(a.reader, b.reader) ||
      b.notAfter - a.notAfter,
  );
}

/** By code unit, so that no setting of the system changes it. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function describeCertificate({ person, notAfter }: CertificateInfo): Pick<PromptCandidate, 'holder' | 'notAfter'> {
  return { holder: person.commonName, notAfter };
}

/** How a candidate is shown. */
export function describeCandidate({ id, token, certificate, level }: Candidate): PromptCandidate {
  const { organization } = certificate.person;
  return {
    id,
    reader: token.info.reader,
    tokenLabel: token.info.label,
    ...describeCertificate(certificate),
    ...(organization === undefined ? {} : { organization }),
    level,
  };
}
