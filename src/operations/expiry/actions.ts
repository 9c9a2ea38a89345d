import type { ExpiryAction, ExpiryActionRule, ExpirySubject } from '../../model/expiry.js';
import type { RelyingParty } from '../../model/relying-party.js';

/** What to do about an end. `issuer`: RFC 4514, of a certificate. */
export type ActionFor = (subject: ExpirySubject, issuer: string | undefined) => ExpiryAction;

/** A user's own issuer gives out test certificates only. */
const testIssuer = /(?:^|(?<!\\),)CN=TEST /;

/**
 * The first configured action that fits; for a certificate without one that a registered issuer gives out anew, its
 * download.
 */
export function createActionFor(
  rules: readonly ExpiryActionRule[],
  relyingParties: () => readonly RelyingParty[],
): ActionFor {
  return (subject, issuer) => {
    const rule = rules.find(
      (one) =>
        (one.subject === undefined || one.subject === subject) && (one.issuer === undefined || one.issuer === issuer),
    );
    if (rule !== undefined) return rule.action;
    const isOffered = subject === 'certificate' && relyingParties().some((party) => givesOut(party, issuer));
    return { kind: isOffered ? 'download' : 'none' };
  };
}

function givesOut({ endpoints, issuers, source }: RelyingParty, issuer: string | undefined): boolean {
  if (endpoints.enrollment === undefined || issuer === undefined) return false;
  if (source === 'user' && !testIssuer.test(issuer)) return false;
  return issuers.length === 0 || issuers.includes(issuer);
}
