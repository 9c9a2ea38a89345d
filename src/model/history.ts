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
      /** A history that did not hold together any more was kept in this folder beside it, and this one begun. */
      readonly kind: 'damaged-file';
      readonly keptIn: string;
    }
  | {
      /** The head hash of the newest entry was not written whole (power cut); it was made anew from the entry. */
      readonly kind: 'torn-head';
    }
  | {
      /** The first entry of a part: the one before is finished. */
      readonly kind: 'part-sealed';
      /** Name of the file, and the lower-case hex SHA-256 of all its bytes. */
      readonly part: string;
      readonly sha256: string;
      /** Sequence number of its first entry; the last one is that before this entry. */
      readonly first: number;
    }
  | {
      /** The history was as long as it may become: its oldest part is gone. */
      readonly kind: 'part-removed';
      readonly part: string;
      /** Sequence number of its last entry, and the hash of that line. */
      readonly last: number;
      readonly hash: string;
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

/** All kinds of entries. */
export const historyKinds = [
  'inserted',
  'removed',
  'pin-try',
  'foreign-pin-try',
  'foreign-use',
  'login',
  'signature',
  'download',
  'certificate-removed',
  'certificate-restored',
  'torn-line',
  'torn-head',
  'damaged-file',
  'part-sealed',
  'part-removed',
] as const satisfies readonly HistoryEvent['kind'][];

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

/** Which entries are wanted; what is absent does not narrow. */
export interface HistoryFilter {
  /** ISO 8601, UTC; `from` counts, `to` does not. */
  readonly from?: string;
  readonly to?: string;
  readonly kinds?: readonly HistoryEvent['kind'][];
  /** Id or serial number of the card. */
  readonly token?: string;
  readonly relyingParty?: string;
  /** Logins, signatures, downloads and PIN tries that did not come to what was asked for. */
  readonly failed?: true;
}

/** Some entries, newest first. */
export interface HistoryQuery extends HistoryFilter {
  readonly limit: number;
  /** Only entries with a smaller sequence number: how the next page is asked for. */
  readonly before?: number;
}

/** What was found, newest first. */
export interface HistoryPage {
  readonly entries: readonly HistoryEntry[];
  /** More of them are further back. */
  readonly more: boolean;
}

/** What became of the history. */
export type HistoryVerdict =
  | {
      readonly intact: true;
      readonly entries: number;
      /** Sequence number of the oldest entry kept; undefined in an empty history. */
      readonly first: number | undefined;
      /** Hash of the newest line, to be compared with a copy that was kept elsewhere. */
      readonly head: string;
    }
  | {
      readonly intact: false;
      /** Name of the file, and the first line in it that does not fit, from 1. */
      readonly file: string;
      readonly line: number;
      /**
       * `cut`, the entries end before the head hash that is kept apart; `head`, that does not fit or is missing;
       * `seal`, a finished part is not what it was when it was sealed, or is missing. Of `cut`, `line` is the first
       * that is missing.
       */
      readonly problem: 'not-an-entry' | 'sequence' | 'hash' | 'cut' | 'head' | 'seal';
    };

/** Where uses of cards are written down. */
export interface History {
  /** Appends durably before it resolves. */
  append(event: HistoryEvent): Promise<void>;
  /** The newest `limit` entries, oldest first. */
  recent(limit: number): Promise<readonly HistoryEntry[]>;
}

/** The same for those who look into it. */
export interface ReadableHistory extends History {
  /** Entries that pass a filter, newest first. */
  list(query: HistoryQuery): Promise<HistoryPage>;
  /** Follows the chain from the oldest part that is kept to the head hash. */
  verify(): Promise<HistoryVerdict>;
}
