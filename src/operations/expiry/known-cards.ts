import { createHash } from 'node:crypto';
import { sanitizeOutsideText } from '../../core/outside-text.js';
import type { AssuranceLevel, CertificateInfo } from '../../model/certificate.js';
import type { ExpirySubject } from '../../model/expiry.js';
import { endOfLocalDay, localDay } from '../../model/expiry-ladder.js';
import type { ExpiryState, KnownAuthority, KnownCard, KnownCertificate } from '../../model/expiry-memory.js';
import type { Purpose } from '../../model/relying-party.js';
import { isSuitableForAuthentication, isSuitableForSignature } from '../../pki/suitability.js';
import type { TokenEntry } from '../../tokens/token-entry.js';

/** Who stands behind a certificate, whether it is valid now or not; undefined for one whose issuer is not configured. */
export type FindAuthorities = (
  certificate: CertificateInfo,
) => { readonly level: AssuranceLevel; readonly authorities: readonly KnownAuthority[] } | undefined;

const dayMs = 86_400_000;
/** What was on a card that is not inserted is forgotten so long after its end, once somebody was told of that. */
const keptMs = 30 * dayMs;
const keptUntoldMs = 400 * dayMs;
/** More than anyone owns; an account that many people share is better told to remember none. */
const maxCards = 2_000;

/** The cards in the readers, as far as they have been read. */
export function insertedCards(
  entries: readonly TokenEntry[],
  { salt, find, now }: { readonly salt: string; readonly find: FindAuthorities; readonly now: number },
): readonly KnownCard[] {
  return entries.flatMap(({ state, token, certificates }): KnownCard[] => {
    if (state !== 'ready' || token === undefined || certificates === undefined) return [];
    const known = certificates.flatMap(({ certificate, key }) =>
      key === undefined ? [] : knownCertificate(certificate, salt, find),
    );
    const { id, label } = token.info;
    return [{ id, label: sanitizeOutsideText(label), seenAt: now, certificates: known }];
  });
}

/** Of a certificate that is for logins or signatures; keys for decryption alone are kept long after their end. */
function knownCertificate(certificate: CertificateInfo, salt: string, find: FindAuthorities): KnownCertificate[] {
  const purpose = purposeOf(certificate);
  if (purpose === undefined) return [];
  const { fingerprint, person, subject, issuer, notBefore, notAfter } = certificate;
  const found = find(certificate);
  return [
    {
      fingerprint,
      holder: sanitizeOutsideText(person.commonName),
      person: digest(salt, person.personId ?? subject),
      purpose,
      ...(found === undefined ? {} : { level: found.level }),
      issuer,
      notBefore,
      notAfter,
      authorities: found?.authorities ?? [],
    },
  ];
}

function purposeOf(certificate: CertificateInfo): Purpose | undefined {
  if (isSuitableForAuthentication(certificate)) return 'auth';
  return isSuitableForSignature(certificate) ? 'sign' : undefined;
}

/** 24 hex digits that tell two things apart and nobody what they are. */
export function digest(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
}

/**
 * The cards that are known from now on: those in the readers as they are now, and, unless nothing shall be remembered,
 * what others held, as long as it says something. Dates that were noted stay. The same object where nothing is new.
 */
export function withCards(
  state: ExpiryState,
  inserted: readonly KnownCard[],
  { remember, now }: { readonly remember: boolean; readonly now: number },
): ExpiryState {
  const ids = new Set(inserted.map(({ id }) => id));
  const seen = inserted.map((card) => withEarlier(card, state.cards[card.id]));
  const others = Object.values(state.cards).filter(({ id }) => !ids.has(id));
  const current = currentCertificates([...seen, ...others]);
  const kept = others.flatMap((card): KnownCard[] => {
    const certificates = card.certificates.filter(
      (certificate) => remember && current.has(certificate) && !isForgotten(certificate, card, state, now),
    );
    const { lastDay } = card;
    // A card whose holder has a newer one is none of which the end matters.
    const isReplaced = card.certificates.length > 0 && !card.certificates.some((one) => current.has(one));
    const isNoted = lastDay !== undefined && !isReplaced && now - endOfLocalDay(lastDay) < keptMs;
    if (certificates.length === 0 && !isNoted) return [];
    return [certificates.length === card.certificates.length ? card : { ...card, certificates }];
  });
  const newest = [...seen, ...kept].toSorted((a, b) => b.seenAt - a.seenAt).slice(0, maxCards);
  const cards = Object.fromEntries(newest.map((card) => [card.id, card]));
  const isSame =
    newest.length === Object.keys(state.cards).length && newest.every((card) => state.cards[card.id] === card);
  return isSame ? state : { ...state, cards };
}

function isForgotten(
  { fingerprint, notAfter }: KnownCertificate,
  { seenAt }: KnownCard,
  { deliveries }: ExpiryState,
  now: number,
): boolean {
  const isTold = deliveries[endId('certificate', fingerprint, notAfter)]?.value === 0;
  return now - Math.max(notAfter, seenAt) >= (isTold ? keptMs : keptUntoldMs);
}

/** Names an end: the same thing that ends at the same time. */
export function endId(subject: ExpirySubject, thing: string, notAfter: number): string {
  return digest(subject, thing, String(notAfter)).slice(0, 12);
}

/** What may be written down of them: where nothing shall be remembered, only the dates that were noted. */
export function withoutHolders(state: ExpiryState): ExpiryState {
  const noted = Object.values(state.cards).filter(({ lastDay }) => lastDay !== undefined);
  return { ...state, cards: Object.fromEntries(noted.map((card) => [card.id, { ...card, certificates: [] }])) };
}

/** The earlier object where nothing but the hour is new, so that nothing needs to be written. */
function withEarlier(card: KnownCard, earlier: KnownCard | undefined): KnownCard {
  if (earlier === undefined) return card;
  const isSame =
    localDay(earlier.seenAt) === localDay(card.seenAt) &&
    earlier.label === card.label &&
    JSON.stringify(earlier.certificates) === JSON.stringify(card.certificates);
  if (isSame) return earlier;
  return earlier.lastDay === undefined ? card : { ...card, lastDay: earlier.lastDay };
}

/**
 * Those certificates that no other replaces: of one person, for one purpose, at one level and of one organization's
 * issuers, the ones that end last.
 */
export function currentCertificates(cards: readonly KnownCard[]): ReadonlySet<KnownCertificate> {
  const all = cards.flatMap(({ certificates }) => certificates);
  const last = new Map<string, number>();
  for (const one of all) last.set(lineOf(one), Math.max(one.notAfter, last.get(lineOf(one)) ?? -Infinity));
  return new Set(all.filter((one) => one.notAfter === last.get(lineOf(one))));
}

/** What a certificate and the one that renews it have in common. */
export function lineOf({ person, purpose, level, issuer }: KnownCertificate): string {
  return JSON.stringify([person, purpose, level ?? issuer, organizationIn(issuer)]);
}

/** Renewals may come from the same organization's next CA. */
function organizationIn(name: string): string {
  return /(?:^|(?<!\\),)O=(?:\\.|[^,\\])+/.exec(name)?.[0].replace(/^,/, '') ?? name;
}
