import type { AssuranceLevel, CertificateInfo } from '../model/certificate.js';
import type { ChoiceRule } from '../model/certificate-choice.js';
import type { Purpose } from '../model/relying-party.js';

/** What rules look at in a certificate. */
export interface RuledCertificate {
  readonly certificate: Pick<CertificateInfo, 'fingerprint' | 'issuer' | 'person'>;
  readonly level: AssuranceLevel | undefined;
}

/** For whom, and for what, certificates are put in order. */
export interface RuleQuestion {
  readonly clientId: string;
  readonly purpose: Purpose;
}

/** The weightiest rule first; of equal weight, in their own order. */
export function weighRules(rules: readonly ChoiceRule[]): readonly ChoiceRule[] {
  const weight = ({ relyingParty, source }: ChoiceRule): number =>
    (relyingParty === undefined ? 2 : 0) + (source === 'system' ? 1 : 0);
  return rules.toSorted((a, b) => weight(a) - weight(b));
}

/** The rules that apply, the weightiest first. */
export function rulesFor(rules: readonly ChoiceRule[], { clientId, purpose }: RuleQuestion): readonly ChoiceRule[] {
  const applies = (rule: ChoiceRule): boolean =>
    (rule.relyingParty === undefined || rule.relyingParty === clientId) &&
    (rule.purpose === undefined || rule.purpose === purpose);
  return weighRules(rules.filter(applies));
}

/** Whether a rule gives a certificate the first places. */
export function prefers({ prefer }: ChoiceRule, { certificate, level }: RuledCertificate): boolean {
  const { fingerprint, issuer, organization } = prefer;
  return (
    (fingerprint === undefined || fingerprint === certificate.fingerprint) &&
    (prefer.level === undefined || prefer.level === level) &&
    (issuer === undefined || issuer === certificate.issuer) &&
    (organization === undefined || organization === certificate.person.organization)
  );
}

/**
 * Compares by what the weightiest rule says, then the next one, so that of certificates that one rule prefers the others
 * still make an order; 0 where the rules do not tell them apart.
 *
 * @param placesOf - which of the rules, the weightiest first, prefer a certificate.
 */
export function compareByRules<T>(placesOf: (certificate: T) => readonly boolean[]): (a: T, b: T) => number {
  return (a, b) => {
    const others = placesOf(b);
    const differing = placesOf(a).findIndex((isPreferred, index) => isPreferred !== others[index]);
    if (differing < 0) return 0;
    return others[differing] === true ? 1 : -1;
  };
}

/** Those that no rule puts behind another, and the rule that puts them before the rest; undefined when there is no rest. */
export function leadingByRules<T extends RuledCertificate>(
  certificates: readonly T[],
  rules: readonly ChoiceRule[],
): { readonly leading: readonly T[]; readonly rule: ChoiceRule | undefined } {
  let leading = certificates;
  let deciding: ChoiceRule | undefined;
  for (const rule of rules) {
    const preferred = leading.filter((certificate) => prefers(rule, certificate));
    if (preferred.length === 0 || preferred.length === leading.length) continue;
    leading = preferred;
    deciding ??= rule;
  }
  return { leading, rule: deciding };
}
