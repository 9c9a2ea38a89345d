import type { AssuranceLevel } from './certificate.js';
import type { Bilingual, Purpose } from './relying-party.js';

/** What can end: a certificate on a card, the CA that issued it, the card, a relying party's keys; or time itself is off. */
export type ExpirySubject = 'certificate' | 'issuer' | 'card' | 'relying-party-key' | 'clock';

/** How near the end is; `past` is over. Exit code 8 of `kort expiry` means `soon`, 9 `urgent` or `past`. */
export type ExpiryUrgency = 'fine' | 'soon' | 'urgent' | 'past';

/** Days, or, of a short-lived certificate, the share of its life in percent, that are left; 0: it is over. */
export interface ExpiryThreshold {
  readonly kind: 'days' | 'share';
  readonly value: number;
}

/** What the organization wants done about an end, as configured; text and address are shown, never followed. */
export interface ExpiryAction {
  readonly kind: 'download' | 'visit' | 'call' | 'none';
  readonly text?: Bilingual | undefined;
  /** https. */
  readonly url?: string | undefined;
  readonly phone?: string | undefined;
}

/** Which ends a configured action is for: all that it names must fit. */
export interface ExpiryActionRule {
  readonly subject?: ExpirySubject | undefined;
  /** RFC 4514 name of the CA that issued the certificate. */
  readonly issuer?: string | undefined;
  readonly action: ExpiryAction;
}

/** Why the system's clock cannot be right. */
export type ClockProblem = 'before-certificate' | 'before-release' | 'jumped-back' | 'skewed';

/** One end that is known of. */
export interface ExpiryFinding {
  /** Stable for as long as the same thing ends at the same time: what is snoozed and remembered by. 12 hex digits. */
  readonly id: string;
  /** Stays over renewals and other dates of the same thing: what a calendar knows it by. Hex. */
  readonly series: string;
  readonly subject: ExpirySubject;
  /** For display: holder, CA, card, relying party. Sanitized; empty of a clock. */
  readonly name: string;
  /** The card that it is about, inserted or remembered; absent of clocks, keys and CAs. */
  readonly card?: { readonly id: string; readonly label: string; readonly inserted: boolean } | undefined;
  readonly fingerprint?: string | undefined;
  readonly purpose?: Purpose | undefined;
  readonly level?: AssuranceLevel | undefined;
  /** ISO 8601, UTC; of a certificate, what its life is counted from. */
  readonly startsAt?: string | undefined;
  /** ISO 8601, UTC: the last moment at which it counts. Of a clock, when it was noticed. */
  readonly endsAt: string;
  /** By the local calendar: 0 for something that ends today, 1 tomorrow; negative for earlier days. */
  readonly daysLeft: number;
  /** The nearest one that is passed. */
  readonly threshold?: ExpiryThreshold | undefined;
  readonly urgency: ExpiryUrgency;
  /** Of several ends of one certificate (its own, its CA's, its card's) the one that comes first, and so matters. */
  readonly decisive: boolean;
  /** Of a decisive end, what the card itself says if that is later; of another one, the end that comes before it. */
  readonly beside?: { readonly subject: ExpirySubject; readonly endsAt: string } | undefined;
  /** Of a clock. */
  readonly clock?: { readonly problem: ClockProblem; readonly seconds?: number | undefined } | undefined;
  readonly action: ExpiryAction;
  /** ISO 8601, UTC; warnings rest until then, but never over the next threshold. */
  readonly snoozedUntil?: string | undefined;
}

/** All that `kort expiry` shows, soonest first. */
export interface ExpiryReport {
  readonly findings: readonly ExpiryFinding[];
  /** The worst of those that are decisive. */
  readonly urgency: ExpiryUrgency;
}

/** A warning that is due now. */
export interface ExpiryWarning {
  readonly finding: ExpiryFinding;
  readonly threshold: ExpiryThreshold;
}
