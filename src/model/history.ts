import type { CertificateOrderKind } from './certificate-order.js';

/** What happened to a card. PIN values, certificate subjects and signed bytes never get here. */
export type HistoryEvent =
  | { readonly kind: 'inserted' | 'removed'; readonly reader: string; readonly token?: string }
  | {
      readonly kind: 'pin-try';
      readonly token: string;
      readonly pinReference: number;
      readonly outcome: 'accepted' | 'wrong' | 'blocked' | 'unknown';
      /** Tries left afterwards, where the card told. */
      readonly attemptsRemaining?: number;
      readonly purpose: string;
    }
  | {
      /** The counter fell and we did not ask: another program, or another person, tried. */
      readonly kind: 'foreign-pin-try';
      readonly token: string;
      readonly pinReference: number;
      readonly attemptsBefore: number;
      readonly attemptsRemaining: number;
      /** Programs that were connected to the cards then, where the system tells. */
      readonly programs?: readonly string[];
    }
  | {
      /**
       * Another program used the card: `pin`, it verified, changed or unblocked a PIN; `contents`, certificates, keys
       * or PIN settings are not what they were.
       */
      readonly kind: 'foreign-use';
      readonly token: string;
      readonly what: 'pin' | 'contents';
      readonly programs?: readonly string[];
    }
  | {
      /** The file ended in half a line (power cut); those bytes were moved to this file beside it. */
      readonly kind: 'torn-line';
      readonly keptIn: string;
    }
  | {
      /** A history that did not hold together any more was kept under this name, and this one begun. */
      readonly kind: 'damaged-file';
      readonly keptIn: string;
    }
  | {
      /** A certificate came on a card, or should have; `discarded`, the download was given up. */
      readonly kind: 'download';
      readonly token: string;
      readonly issuer: string;
      readonly order: CertificateOrderKind;
      readonly outcome: 'complete' | 'failed' | 'discarded';
      /** Of the certificate, once the issuer has signed it, and of the one that left the card for it. */
      readonly fingerprint?: string;
      readonly retired?: string;
      /** Error code of a failure. */
      readonly code?: string;
    }
  | {
      /** A certificate left a card and is kept, or came back; `failed`, what is on the card has to be looked at. */
      readonly kind: 'certificate-removed' | 'certificate-restored';
      readonly token: string;
      readonly fingerprint: string;
      readonly outcome: 'complete' | 'failed';
    }
  | ({ readonly kind: 'login' } & KeyUse)
  | ({ readonly kind: 'signature'; readonly documents: number } & KeyUse);

/** That a key was used for a relying party, or should have been. */
export interface KeyUse {
  readonly token: string;
  readonly certificate: string;
  readonly relyingParty: string;
  readonly launcher: string;
  readonly outcome: 'complete' | 'failed';
  /** The hint code of a failure. */
  readonly hintCode?: string;
  readonly level?: number;
  /** Commands from PIN entry to signature, and the milliseconds that they took. */
  readonly apduCount?: number;
  readonly cardMs?: number;
}

/** One line of the history file. */
export interface HistoryEntry {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly event: HistoryEvent;
  /** Lower-case hex SHA-256 of the line before, its line feed excluded; 64 zeros in the first entry. */
  readonly previous: string;
}

/** Where uses of cards are written down. */
export interface History {
  /** Appends durably before it resolves. */
  append(event: HistoryEvent): Promise<void>;
  /** The newest `limit` entries, oldest first. */
  recent(limit: number): Promise<readonly HistoryEntry[]>;
}
