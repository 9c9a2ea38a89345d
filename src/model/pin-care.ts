import type { PinFormat, PinReference } from './pin.js';

/** What can be done with a PIN besides using it. */
export type PinOperationName = 'verify' | 'change' | 'unblock';

/** One code that an operation asks for: the PIN as it is, the one that it shall be, or the PUK. */
export type PinCodeName = 'current' | 'next' | 'puk';

/** A card as operations with its PINs name it. */
export interface CardName {
  readonly id: string;
  readonly product: string;
  readonly serial: string;
  readonly label: string;
  readonly reader: string;
}

/** Tries left of a PIN or PUK. */
export interface TriesLeft {
  /** As the card told it just now; absent where it does not tell. */
  readonly attemptsRemaining?: number | undefined;
  readonly blocked: boolean;
}

/** The PUK of a PIN. */
export interface PukState extends TriesLeft {
  readonly reference: PinReference;
  readonly format: PinFormat;
  /** What the card said when a PUK was last refused, where it does not tell without being asked. */
  readonly attemptsRemembered?: number | undefined;
}

/** A try that was not ours. */
export interface ForeignPinTry {
  /** When it was noticed: ISO 8601, UTC. */
  readonly time: string;
  readonly attemptsBefore: number;
  readonly attemptsRemaining: number;
  /** Programs that were connected to the cards then, where the system tells. */
  readonly programs?: readonly string[] | undefined;
}

/** Another program's login with a PIN, or its change of it: the card does not tell which. */
export interface ForeignPinUse {
  /** When it was noticed: ISO 8601, UTC. */
  readonly time: string;
  readonly programs?: readonly string[] | undefined;
}

/** A PIN of an inserted card. */
export interface PinState extends TriesLeft {
  readonly reference: PinReference;
  readonly role: 'authentication' | 'signature';
  readonly format: PinFormat;
  readonly puk?: PukState | undefined;
  /** When it was last right with us: ISO 8601, UTC. */
  readonly lastAcceptedAt?: string | undefined;
  /** The newest ones that the history tells of, oldest first. */
  readonly foreignTries: readonly ForeignPinTry[];
  /** The newest since the PIN was last right with us; of which of a card's PINs is not known. */
  readonly foreignUse?: ForeignPinUse | undefined;
}

/** An inserted card with its PINs. */
export interface PinCard extends CardName {
  readonly pins: readonly PinState[];
  /** Why the counters could not be read now. */
  readonly problem?: PinProblem | undefined;
}

/** An error code with its facts, for the catalogue. */
export interface PinProblem {
  readonly code: string;
  readonly fields: Readonly<Record<string, string | number | boolean>>;
}

/** Which card and PIN is meant; what is left open must be the only one. */
export interface PinChoice {
  /** Id or serial number of the card, or name of the reader that it is in. */
  readonly card?: string | undefined;
  readonly reference?: PinReference | undefined;
  readonly role?: PinState['role'] | undefined;
}

/** Everything that whoever types the codes must know before. */
export interface PinQuestion {
  readonly operation: PinOperationName;
  readonly card: CardName;
  readonly pin: PinState;
  /** Whose tries a wrong code costs. */
  readonly atStake: 'PIN' | 'PUK';
  /** The next try is the last one: it needs consent. */
  readonly lastTry: boolean;
  /** In the order in which they are typed. */
  readonly codes: readonly PinCodeName[];
  /** Whether the codes can be typed on the reader's keypad. */
  readonly pinPad: boolean;
}

/** What an operation came to. */
export interface PinOutcome {
  readonly before: TriesLeft;
  readonly after: TriesLeft;
  /** The code did what it should; what the card did afterwards went wrong. */
  readonly problem?: PinProblem | undefined;
}
