import type { PinChoice, PinCodeName, PinOperationName, PinQuestion } from '../model/pin-care.js';

/** What `pin.begin` is told; what is left open must be the only one. */
export interface PinRequest extends PinChoice {
  readonly operation: PinOperationName;
}

/** An operation that waits for its codes. */
export interface BegunPinOperation extends PinQuestion {
  readonly operationId: string;
  /**
   * 16 random bytes in hex for each code: the PIN frame that carries a code names its ticket, once, on this connection.
   */
  readonly tickets: Readonly<Partial<Record<PinCodeName, string>>>;
  /** How long the operation waits for `pin.run`, milliseconds; once the first code has come, {@link codeMs}. */
  readonly waitMs: number;
  /** How long a code is kept before it is run. */
  readonly codeMs: number;
  /** Logins that are open and may want the same card. */
  readonly openOrders: number;
  /** The user's own phrase, to be shown beside every question for a code. */
  readonly phrase?: string | undefined;
}

/** Why a running operation has not ended yet. Sent when it takes longer than a card does. */
export interface PinProgress {
  readonly operationId: string;
  /** `pin-pad`: the codes are typed on the reader now. */
  readonly state: 'pin-pad' | 'waiting';
  readonly openOrders: number;
}
