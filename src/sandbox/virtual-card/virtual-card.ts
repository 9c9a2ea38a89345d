import type { CardProtocol } from '../../iso7816/command-apdu.js';

/** One answer, and how many private-key operations it took. */
export interface CardAnswer {
  readonly response: Uint8Array;
  readonly keyOperations: number;
}

/** What a virtual reader needs of any virtual card. */
export interface VirtualCard {
  readonly atr: Uint8Array;
  readonly protocol: CardProtocol;
  /** Carries out one command; always at least two bytes, never throws. */
  process(command: Uint8Array): CardAnswer;
  transmit(command: Uint8Array): Promise<Uint8Array>;
  reset(): void;
  powerOff(): void;
}
