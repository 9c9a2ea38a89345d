import type { AssuranceLevel } from './certificate.js';
import type { Purpose } from './relying-party.js';

/** A CA above a certificate: its issuer, or the trust anchor. */
export interface KnownAuthority {
  readonly fingerprint: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** What is kept of a person's certificate: what names it to its owner, and what tells whether another one replaces it. */
export interface KnownCertificate {
  readonly fingerprint: string;
  /** Common name of the holder, sanitized. */
  readonly holder: string;
  /** Tells whether two certificates name the same person: a digest under a salt of this file's own. */
  readonly person: string;
  readonly purpose: Purpose;
  readonly level?: AssuranceLevel | undefined;
  /** RFC 4514. */
  readonly issuer: string;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Its CA first; empty for one whose issuer is not configured. */
  readonly authorities: readonly KnownAuthority[];
}

/** A card with what it held when it was last read. */
export interface KnownCard {
  readonly id: string;
  readonly label: string;
  /** Milliseconds since the epoch. */
  readonly seenAt: number;
  /** The last day on which the card counts, as somebody noted it: `YYYY-MM-DD`, local. */
  readonly lastDay?: string | undefined;
  readonly certificates: readonly KnownCertificate[];
}

/** The last warning of one finding that somebody got. */
export interface Delivery {
  /** Of the threshold: days or percent, 0 for over. Less is more urgent. */
  readonly value: number;
  /** Milliseconds since the epoch; likewise the next. */
  readonly at: number;
  readonly endsAt: number;
}

/** All that the expiry radar knows from before. */
export interface ExpiryState {
  /** Hex; made when the file was begun. */
  readonly salt: string;
  /** The latest time that was seen on the system's clock. */
  readonly latest: number;
  /** When, and from which time, the clock was last seen to have gone back. */
  readonly setBack?: { readonly at: number; readonly from: number } | undefined;
  /** By id. */
  readonly cards: Readonly<Record<string, KnownCard>>;
  /** By the id of the finding. */
  readonly deliveries: Readonly<Record<string, Delivery>>;
  /** Until when, by the id of the finding. */
  readonly snoozes: Readonly<Record<string, number>>;
}

/** Where it is kept. */
export interface ExpiryMemory {
  readonly state: ExpiryState;
  /** Resolves when a power cut would not undo it. Counts for {@link state} even when that fails. */
  save(state: ExpiryState): Promise<void>;
}
