/** What can end: a certificate on a card, the CA that issued it, the card, a relying party's keys; or time itself is off. */
export type ExpirySubject = 'certificate' | 'issuer' | 'card' | 'relying-party-key' | 'clock';

/** How near the end is; `past` is over. Exit code 8 of `kort expiry` means `soon`, 9 `urgent` or `past`. */
export type ExpiryUrgency = 'fine' | 'soon' | 'urgent' | 'past';

/** What the organization wants done about an end, as configured; text and address are shown, never followed. */
export interface ExpiryAction {
  readonly kind: 'download' | 'visit' | 'call' | 'none';
  readonly text?: { readonly sv: string; readonly en: string } | undefined;
  readonly url?: string | undefined;
  readonly phone?: string | undefined;
}

/** One end that is known of. */
export interface ExpiryFinding {
  /** Stable for as long as the same thing ends at the same time: what is snoozed and remembered by. */
  readonly id: string;
  readonly subject: ExpirySubject;
  /** For display: holder and card, CA, relying party. Sanitized. */
  readonly name: string;
  readonly card?: string | undefined;
  readonly fingerprint?: string | undefined;
  /** ISO 8601, UTC. */
  readonly endsAt: string;
  /** Whole days until then, rounded down; negative when it is over. */
  readonly daysLeft: number;
  readonly urgency: ExpiryUrgency;
  /** Of several ends of one certificate (its own, its CA's, its card's) the one that comes first, and so matters. */
  readonly decisive: boolean;
  readonly action: ExpiryAction;
  /** ISO 8601, UTC; warnings rest until then, but never over the next threshold. */
  readonly snoozedUntil?: string | undefined;
}

/** All that `kort expiry` shows, soonest first. */
export interface ExpiryReport {
  readonly findings: readonly ExpiryFinding[];
  readonly urgency: ExpiryUrgency;
}

/** A warning that is due now. */
export interface ExpiryWarning {
  readonly finding: ExpiryFinding;
  /** Days, or, of a short-lived certificate, the share of its life in percent, that are left at this threshold. */
  readonly threshold: { readonly kind: 'days' | 'share'; readonly value: number };
}
