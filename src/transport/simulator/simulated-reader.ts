/**
 * A virtual reader as the in-process transport and the virtual PC/SC service see it. Whoever implements it plays the
 * reader's side strictly: one holder of the transaction at a time, PIN state dropped on reset.
 */
export interface SimulatedReader {
  readonly name: string;
  /** The inserted card's answer to reset: undefined while there is no card, empty when the card is mute. */
  readonly atr: Uint8Array | undefined;
  readonly protocol: 'T=0' | 'T=1';
  /** Grows with every insertion and removal. */
  readonly eventCounter: number;
  /** Calls back after every insertion and removal; returns how to stop. */
  onChange(listener: () => void): () => void;
  /**
   * One command; resolves with an empty array when the card is pulled or reset before it has answered, and stays pending
   * while a silent card is in.
   */
  transmit(command: Uint8Array): Promise<Uint8Array>;
  /** One control call to the reader itself, with a control code of pcsc-lite; waits while a command is under way. */
  control(code: number, input: Uint8Array): Promise<ReaderControlAnswer>;
  /** Warm reset: the card forgets PIN state, selected file and security environment. Resolves when it has. */
  reset(): Promise<void>;
  /** The number of resets that the inserted card has seen, so that other connections notice one. */
  readonly resetCounter: number;
  /** The one transaction lock of this reader, shared by every way to reach it. */
  readonly lock: ReaderLock;
  /** How many connections are open, and whether one of them is exclusive. */
  readonly connections: { shared: number; exclusive: boolean };
}

/** What a reader answers to a control call; `failed` is all that PC/SC tells of a card pulled while a person typed. */
export type ReaderControlAnswer = Uint8Array | 'unsupported' | 'failed';

/** A fair lock that any holder object may take. */
export interface ReaderLock {
  /** Resolves when `holder` has it; rejects with the signal's reason when aborted before. Reentrant per holder. */
  acquire(holder: object, signal?: AbortSignal): Promise<void>;
  /** Whether nobody, or this holder, has it. */
  isFreeFor(holder: object): boolean;
  /** Gives it up, applying the disposition is the caller's part. Does nothing for a non-holder. */
  release(holder: object): void;
  /** Gives up everything that `holder` has, however often it was taken. */
  releaseAll(holder: object): void;
}

/** The virtual readers that are plugged in. */
export interface SimulatedReaders {
  readonly readers: readonly SimulatedReader[];
  /** Calls back at least when a reader is plugged in or unplugged; returns how to stop. */
  onChange(listener: () => void): () => void;
}
