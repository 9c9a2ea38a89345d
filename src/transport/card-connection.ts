import type { CardProtocol } from '../iso7816/command-apdu.js';
import type { ReaderSnapshot } from '../model/reader.js';
import type { Disposition } from './card-channel.js';

/**
 * One open connection to a card as a back end gives it: calls take as long as the card or other programs make them
 * take. {@link createReaderTransport} puts bounds around them. At most one call at a time.
 */
export interface CardConnection {
  readonly atr: Uint8Array;
  /** The protocol in use; a reconnect may change it. */
  readonly protocol: CardProtocol;
  /** @throws {MiddlewareError} ERR_PCSC_CARD_RESET when another program reset the card: reconnect and begin again. */
  begin(): Promise<void>;
  end(disposition: Disposition): Promise<void>;
  /** Takes note of a reset, leaving the card as it is. */
  reconnect(): Promise<void>;
  /** The answer has two bytes or more; fewer are ERR_CARD_REMOVED. */
  transmit(command: Uint8Array): Promise<Uint8Array>;
  /** Never ERR_CARD_REMOVED for a reader that just failed. */
  control(code: number, input: Uint8Array): Promise<Uint8Array>;
  /** Never rejects. */
  disconnect(disposition: Disposition): Promise<void>;
}

/** Where connections and reader states come from: PC/SC, or readers in this process. */
export interface ReaderBackend {
  /** Publishes a snapshot after every change; resolves after the first. */
  start(publish: (snapshot: ReaderSnapshot) => void): Promise<void>;
  /** Waits while another program is in a transaction with the card. */
  open(reader: string): Promise<CardConnection>;
  /** Stops watching; true when no call is left that would keep the process from exiting. */
  close(): Promise<boolean>;
}
