import type { PinReference } from './pin.js';

/** A PIN of a card as events tell of it. */
export interface CardEventPin {
  readonly reference: PinReference;
  readonly role: 'authentication' | 'signature';
  /** Absent while the card does not tell. */
  readonly attemptsRemaining?: number | undefined;
  readonly blocked: boolean;
}

/** What is in one reader. */
export interface CardEventReader {
  readonly name: string;
  readonly state:
    'absent' | 'reading' | 'ready' | 'unknown' | 'mute' | 'unresponsive' | 'failed' | 'same-card' | 'skipped';
  /** Why the card cannot be used. */
  readonly problem?: CardEventProblem | undefined;
  /** With `same-card`: the reader in which the card is told of. */
  readonly sameAs?: string | undefined;
  /** With `skipped`: what the reader is instead of one for cards. */
  readonly skipped?: 'virtual' | 'sam' | undefined;
  /** With `ready`. */
  readonly card?: CardEventCard | undefined;
}

/** An error, with the facts of its sentence. */
export interface CardEventProblem {
  readonly code: string;
  readonly fields: Readonly<Record<string, string | number | boolean>>;
}

/** A card that has been read. */
export interface CardEventCard {
  readonly id: string;
  readonly product: string;
  readonly serial: string;
  readonly label: string;
  readonly pins: readonly CardEventPin[];
  readonly certificateCount: number;
}

/** Something that happened to a reader, a card or a PIN. */
export type CardEvent =
  | { readonly kind: 'reader-added' | 'reader-removed' | 'card-inserted'; readonly reader: string }
  | { readonly kind: 'card-removed'; readonly reader: string; readonly token?: string | undefined }
  | { readonly kind: 'card-ready'; readonly reader: string; readonly card: CardEventCard }
  | { readonly kind: 'card-failed'; readonly reader: string; readonly problem: CardEventProblem }
  /** We leave this reader alone. */
  | { readonly kind: 'reader-skipped'; readonly reader: string; readonly skipped: 'virtual' | 'sam' }
  /** The card is the one in the other reader, and told of there. */
  | { readonly kind: 'card-same'; readonly reader: string; readonly sameAs: string }
  | { readonly kind: 'contents-changed'; readonly reader: string; readonly card: CardEventCard }
  | {
      readonly kind: 'pin-counter';
      readonly reader: string;
      readonly token: string;
      readonly pin: CardEventPin;
      /** Absent where it was not known. */
      readonly attemptsBefore?: number | undefined;
    }
  | {
      readonly kind: 'foreign-pin-try';
      readonly token: string;
      readonly pinReference: PinReference;
      readonly attemptsBefore: number;
      readonly attemptsRemaining: number;
      /** Programs that were connected to the cards then, where the system tells. */
      readonly programs?: readonly string[] | undefined;
    }
  | {
      /** Another program verified, changed or unblocked a PIN, or changed the contents. */
      readonly kind: 'foreign-use';
      readonly token: string;
      readonly what: 'pin' | 'contents';
      readonly programs?: readonly string[] | undefined;
    };

/** An event with the time at which it was noticed, ISO 8601, UTC. */
export type TimedCardEvent = CardEvent & { readonly time: string };
