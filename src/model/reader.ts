/** What PC/SC says of one reader. */
export interface ReaderState {
  /** The name that PC/SC gives it: unique while it is plugged in. */
  readonly name: string;
  /** `mute`: something is inserted that gives no answer to reset; `unresponsive`: a command to it was given up on. */
  readonly card: 'absent' | 'present' | 'mute' | 'unresponsive';
  /** The card's answer to reset; empty when there is none. */
  readonly atr: Uint8Array;
  /** Grows with every insertion, so that a swapped card is noticed even when its ATR is the same. */
  readonly insertion: number;
  /** Whether another program is connected to the card. */
  readonly sharing: 'unused' | 'shared' | 'exclusive';
}

/** All that is known of the readers at one moment. */
export interface ReaderSnapshot {
  /** `starting` until the first answer; `absent`: no PC/SC service answers; `missing`: the PC/SC library is not installed. */
  readonly service: 'starting' | 'available' | 'absent' | 'missing';
  readonly readers: readonly ReaderState[];
}
