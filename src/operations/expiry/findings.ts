import { sanitizeOutsideText } from '../../core/outside-text.js';
import type { ExpiryFinding, ExpiryReport, ExpiryUrgency } from '../../model/expiry.js';
import { endOfLocalDay, localDay, thresholdOf, urgencyOf } from '../../model/expiry-ladder.js';
import type { ExpiryState, KnownAuthority, KnownCard, KnownCertificate } from '../../model/expiry-memory.js';
import type { RelyingParty } from '../../model/relying-party.js';
import type { ActionFor } from './actions.js';
import type { ClockFault } from './clock-faults.js';
import { snoozedUntil } from './delivery.js';
import { currentCertificates, digest, endId, lineOf } from './known-cards.js';

/** What findings are made from. */
export interface FindingSources {
  readonly state: ExpiryState;
  /** Ids of the cards that are in a reader. */
  readonly inserted: ReadonlySet<string>;
  readonly relyingParties: readonly RelyingParty[];
  readonly clockFaults: readonly ClockFault[];
  readonly actionFor: ActionFor;
  readonly now: number;
}

/** What all findings have, before it is said how near their end is. */
type End = Pick<ExpiryFinding, 'subject' | 'name' | 'card' | 'fingerprint' | 'purpose' | 'level' | 'clock'> & {
  /** What `series` is a digest of. */
  readonly line: string;
  /** What ends, besides its line: goes into the id. */
  readonly thing: string;
  readonly issuer?: string;
  readonly notBefore?: number;
  readonly notAfter: number;
};

/** Everything that ends, soonest first. */
export function expiryReport(sources: FindingSources): ExpiryReport {
  const findings = [
    ...cardFindings(sources),
    ...sources.relyingParties.flatMap((party) => keyFindings(party, sources)),
    ...sources.clockFaults.map((fault) => clockFinding(fault, sources)),
  ].toSorted((a, b) => compare(a.endsAt, b.endsAt) || compare(a.id, b.id));
  return { findings, urgency: worst(findings.filter(({ decisive }) => decisive)) };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const urgencies: readonly ExpiryUrgency[] = ['fine', 'soon', 'urgent', 'past'];

/** The worst urgency among findings; `fine` of none. */
export function worst(findings: readonly Pick<ExpiryFinding, 'urgency'>[]): ExpiryUrgency {
  return urgencies.findLast((urgency) => findings.some((finding) => finding.urgency === urgency)) ?? 'fine';
}

/** The ends of one certificate that nobody renewed: its own, and those of its CAs and its card; which comes first. */
interface Chained {
  readonly ends: readonly End[];
  readonly first: End;
}

function cardFindings(sources: FindingSources): ExpiryFinding[] {
  const cards = Object.values(sources.state.cards);
  const current = currentCertificates(cards);
  const chains = cards.flatMap((card) => {
    const held = card.certificates.filter((certificate) => current.has(certificate));
    return card.certificates.length === 0 && card.lastDay !== undefined
      ? [chainOf([cardEnd(card, sources)])]
      : held.map((certificate) => chainOf(endsOf(card, certificate, sources)));
  });
  const found = new Map<string, ExpiryFinding>();
  for (const { ends, first } of chains.flat()) {
    for (const end of ends) {
      const before = found.get(idOf(end));
      const finding = findingOf(end, sources, { decisive: end === first, beside: besideOf(end, first, ends) });
      // One CA may decide for one certificate and not for another.
      if (before === undefined || (finding.decisive && !before.decisive)) found.set(finding.id, finding);
    }
  }
  return [...found.values()];
}

function chainOf(ends: readonly [End, ...End[]]): Chained {
  const [own, ...rest] = ends;
  return { ends, first: rest.reduce((first, end) => (end.notAfter < first.notAfter ? end : first), own) };
}

/** "The card says May, the certificate says April." */
function besideOf(end: End, first: End, ends: readonly End[]): ExpiryFinding['beside'] {
  const other = end === first ? ends.find(({ subject }) => subject === 'card') : first;
  if (other === undefined || other === end) return undefined;
  return { subject: other.subject, endsAt: new Date(other.notAfter).toISOString() };
}

function endsOf(card: KnownCard, certificate: KnownCertificate, sources: FindingSources): [End, ...End[]] {
  return [
    certificateEnd(card, certificate, sources),
    ...certificate.authorities.map((authority) => authorityEnd(authority)),
    ...(card.lastDay === undefined ? [] : [cardEnd(card, sources)]),
  ];
}

function certificateEnd(card: KnownCard, certificate: KnownCertificate, { inserted }: FindingSources): End {
  const { holder, fingerprint, purpose, level, issuer, notBefore, notAfter } = certificate;
  return {
    subject: 'certificate',
    line: lineOf(certificate),
    thing: fingerprint,
    name: holder,
    card: { id: card.id, label: card.label, inserted: inserted.has(card.id) },
    fingerprint,
    purpose,
    level,
    issuer,
    notBefore,
    notAfter,
  };
}

function authorityEnd({ fingerprint, name, notBefore, notAfter }: KnownAuthority): End {
  return { subject: 'issuer', line: fingerprint, thing: fingerprint, name, fingerprint, notBefore, notAfter };
}

function cardEnd({ id, label, lastDay = '' }: KnownCard, { inserted }: FindingSources): End {
  return {
    subject: 'card',
    line: id,
    thing: id,
    name: label,
    card: { id, label, inserted: inserted.has(id) },
    notAfter: endOfLocalDay(lastDay),
  };
}

/**
 * Of keys that say when they end (`exp`, as the historical keys of OpenID Federation 1.0 have it): only the last of a
 * relying party's matters, and none beside one that never ends.
 */
function keyFindings({ clientId, displayName, jwks }: RelyingParty, sources: FindingSources): ExpiryFinding[] {
  const ends = jwks.keys.map((key) => (typeof key['exp'] === 'number' ? key['exp'] * 1000 : Infinity));
  const last = Math.max(...ends);
  return jwks.keys.flatMap((key, index) => {
    const notAfter = ends[index] ?? Infinity;
    const kid = String(key['kid']);
    if (notAfter === Infinity) return [];
    const name = `${displayName.sv === displayName.en ? displayName.sv : `${displayName.sv} / ${displayName.en}`}: ${kid}`;
    const thing = JSON.stringify([clientId, kid]);
    const end: End = {
      subject: 'relying-party-key',
      line: thing,
      thing,
      name: sanitizeOutsideText(name),
      notAfter,
    };
    return [findingOf(end, sources, { decisive: notAfter === last })];
  });
}

function clockFinding({ problem, seconds, since }: ClockFault, sources: FindingSources): ExpiryFinding {
  const id = digest('clock', problem).slice(0, 12);
  return {
    id,
    series: digest(sources.state.salt, 'clock', problem),
    subject: 'clock',
    name: '',
    endsAt: new Date(since).toISOString(),
    daysLeft: 0,
    threshold: { kind: 'days', value: 0 },
    urgency: 'urgent',
    decisive: true,
    clock: { problem, ...(seconds === undefined ? {} : { seconds }) },
    action: sources.actionFor('clock', undefined),
    ...snoozeOf(id, sources),
  };
}

const idOf = ({ subject, thing, notAfter }: End): string => endId(subject, thing, notAfter);

function findingOf(
  end: End,
  sources: FindingSources,
  { decisive, beside }: { decisive: boolean; beside?: ExpiryFinding['beside'] },
): ExpiryFinding {
  const { subject, line, name, card, fingerprint, purpose, level, issuer, notBefore, notAfter } = end;
  const { now, state, actionFor } = sources;
  const id = idOf(end);
  const threshold = thresholdOf(notBefore, notAfter, now);
  const daysLeft = localDay(notAfter) - localDay(now);
  return {
    id,
    series: digest(state.salt, subject, line),
    subject,
    name,
    ...defined({ card, fingerprint, purpose, level, beside, threshold }),
    ...(notBefore === undefined ? {} : { startsAt: new Date(notBefore).toISOString() }),
    endsAt: new Date(notAfter).toISOString(),
    daysLeft,
    urgency: urgencyOf(threshold, daysLeft),
    decisive,
    action: actionFor(subject, issuer),
    ...snoozeOf(id, sources),
  };
}

function snoozeOf(id: string, { state, now }: FindingSources): Pick<ExpiryFinding, 'snoozedUntil'> {
  const until = snoozedUntil(id, state, now);
  return until === undefined ? {} : { snoozedUntil: new Date(until).toISOString() };
}

/** Members that are there. */
function defined<T extends Readonly<Record<string, unknown>>>(members: T): Partial<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>;
}
