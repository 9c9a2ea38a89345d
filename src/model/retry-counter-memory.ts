import type { PinReference } from './pin.js';

/** What we last knew of a PIN's retry counter, to tell our own tries from those of others. */
export interface RememberedCounter {
  readonly attemptsRemaining: number;
  /** The most tries that this PIN ever showed: what a counter returns to after a right PIN. */
  readonly highest: number;
  /** A try of ours whose answer never came: the card may or may not have counted it. */
  readonly tryUnderWay: boolean;
}

/** Remembers retry counters over restarts, by token id and PIN. */
export interface RetryCounterMemory {
  recall(token: string, pin: PinReference): RememberedCounter | undefined;
  /** Resolves when a restart of this process would see it. */
  remember(token: string, pin: PinReference, counter: RememberedCounter): Promise<void>;
}
