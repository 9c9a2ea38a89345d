import type { CertificateInfo } from '../model/certificate.js';
import type { ChoiceRule } from '../model/certificate-choice.js';
import type { Purpose } from '../model/relying-party.js';
import { compareByRules, prefers, weighRules, type RuledCertificate } from './choice-rules.js';

/** A certificate on a card, as far as its place among others goes. */
export interface PlacedCertificate extends RuledCertificate {
  readonly certificate: CertificateInfo;
  /** Id of the token. */
  readonly token: string;
  /** Known to be revoked: it comes last. */
  readonly revoked: boolean;
}

/** The order in which a login or signature offers certificates: by the rules that apply, the weightiest first. */
export function orderForLogin<T extends PlacedCertificate>(
  certificates: readonly T[],
  rules: readonly ChoiceRule[],
): readonly T[] {
  const byRules = compareByRules<T>((certificate) => rules.map((rule) => prefers(rule, certificate)));
  return certificates.toSorted((a, b) => comparePlaces(a, b, byRules));
}

/** A certificate as {@link orderForOthers} takes it. */
export interface CertificateForOthers extends PlacedCertificate {
  /** What it is for; undefined when for neither. */
  readonly purpose: Purpose | undefined;
}

/**
 * The order in which programs that say neither who asks nor what for see all certificates of all cards: by the rules for
 * all relying parties. Many of them take the first that can do what they want.
 */
export function orderForOthers<T extends CertificateForOthers>(
  certificates: readonly T[],
  rules: readonly ChoiceRule[],
): readonly T[] {
  const byRules = compareByRules(placesForOthers(rules));
  return certificates.toSorted((a, b) => comparePlaces(a, b, byRules));
}

/** Those that come first by a rule, each for what it is for, in {@link orderForOthers}. */
export function preferredForOthers<T extends CertificateForOthers>(
  certificates: readonly T[],
  rules: readonly ChoiceRule[],
): readonly T[] {
  const placesOf = placesForOthers(rules);
  const byRules = compareByRules(placesOf);
  const isFirst = (one: T): boolean =>
    certificates.every((other) => other.revoked || other.purpose !== one.purpose || byRules(one, other) <= 0);
  return certificates.filter((one) => !one.revoked && placesOf(one).includes(true) && isFirst(one));
}

function placesForOthers(rules: readonly ChoiceRule[]): (certificate: CertificateForOthers) => readonly boolean[] {
  const forAll = weighRules(rules.filter(({ relyingParty }) => relyingParty === undefined));
  return (certificate) =>
    forAll.map(
      (rule) => (rule.purpose === undefined || rule.purpose === certificate.purpose) && prefers(rule, certificate),
    );
}

/**
 * A total order over what can be in readers at once: the rules; then by holder and serial number of the card, and on one
 * card the certificate first that is valid longest.
 */
function comparePlaces<T extends PlacedCertificate>(a: T, b: T, byRules: (a: T, b: T) => number): number {
  return (
    Number(a.revoked) - Number(b.revoked) ||
    byRules(a, b) ||
    compareText(a.certificate.person.commonName, b.certificate.person.commonName) ||
    compareText(a.token, b.token) ||
    b.certificate.notAfter - a.certificate.notAfter ||
    compareText(a.certificate.fingerprint, b.certificate.fingerprint)
  );
}

/** By code unit, so that no setting of the system changes it. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
