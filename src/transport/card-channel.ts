import type { CardProtocol } from '../iso7816/command-apdu.js';
import type { ReaderSnapshot } from '../model/reader.js';

/** Options of one exchange. */
export interface TransmitOptions {
  /** Ends the caller's wait at once; PC/SC cannot cancel a command, so the reader may stay busy until it answers. */
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for the answer, milliseconds; default 20 000 for a card. */
  readonly timeoutMs?: number;
}

/** Sends bytes to a card, or to the reader that it is in, and receives the answer: all that a card driver needs. */
export interface CardTransmitter {
  readonly protocol: CardProtocol;
  /**
   * One command APDU, one answer including its status word; less than two bytes from a card that is broken. The
   * command's bytes are not kept.
   *
   * @throws {MiddlewareError} ERR_CARD_REMOVED when the card is gone,
   *   ERR_PCSC_CARD_RESET when another program reset it, ERR_CARD_UNRESPONSIVE when the time is over,
   *   ERR_PCSC_SERVICE_ABSENT, ERR_ABORTED.
   */
  transmit(command: Uint8Array, options?: TransmitOptions): Promise<Uint8Array>;
  /**
   * SCardControl, in the same transaction: a code of the reader, or a number below 0x10000 that the system makes a code
   * of (SCARD_CTL_CODE). The default time is 60 000 ms, because a person may be typing at the reader. PC/SC cannot
   * cancel it either: when the caller has left, the reader stays taken until its own time is over, and the card is
   * reset then, so that what was typed too late opens nothing.
   *
   * @throws {MiddlewareError} as {@link CardTransmitter.transmit}; ERR_PCSC_CONTROL_UNSUPPORTED where the reader knows no
   *   such code; ERR_PCSC_FAILURE where it failed and did not say why.
   */
  control(code: number, input: Uint8Array, options?: TransmitOptions): Promise<Uint8Array>;
}

/** What becomes of the card at the end of a transaction or connection. `reset` drops every PIN state. */
export type Disposition = 'leave' | 'reset';

/** A shared connection to the card in one reader. */
export interface CardChannel {
  readonly reader: string;
  readonly atr: Uint8Array;
  /** How often it was found, so far, that another program had reset the card. */
  readonly foreignResets: number;
  /**
   * Runs `work` while no other program can reach the card. Nothing that was verified or selected before is assumed
   * inside: if another program reset the card meanwhile, the channel reconnects first. `work` gets the only way to
   * transmit. When it ends, `endWith` (default `leave`) is applied, also after a failure.
   *
   * @throws {MiddlewareError} what {@link CardTransmitter.transmit} throws; ERR_CARD_BUSY when another program keeps
   *   the card longer than `waitMs` (default 10 000).
   */
  transaction<T>(work: (card: CardTransmitter) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Ends the connection; never throws, and does not wait for a silent card. */
  close(disposition?: Disposition): Promise<void>;
}

/** Options of a transaction. */
export interface TransactionOptions {
  readonly signal?: AbortSignal | undefined;
  /** A function is asked when `work` has ended, so that it can tell how the card was left. */
  readonly endWith?: Disposition | (() => Disposition);
  readonly waitMs?: number;
}

/** Watches readers and cards come and go. */
export interface ReaderMonitor {
  readonly snapshot: ReaderSnapshot;
  /** Calls back after every change; returns how to stop. Listeners must not throw. */
  subscribe(listener: (snapshot: ReaderSnapshot) => void): () => void;
}

/** One way to reach readers: PC/SC, or the simulator in this process. */
export interface ReaderTransport {
  readonly monitor: ReaderMonitor;
  /** Begins to watch; resolves when the first snapshot is there (also when it says that there is no service). */
  start(): Promise<void>;
  /**
   * Connects, shared, to the card in a reader.
   *
   * @throws {MiddlewareError} ERR_CARD_ABSENT, ERR_CARD_MUTE, ERR_CARD_UNRESPONSIVE (an earlier command to this card
   *   was given up on), ERR_PCSC_READER_GONE, ERR_PCSC_SHARING_VIOLATION (another program holds it exclusively),
   *   ERR_PCSC_SERVICE_ABSENT.
   */
  connect(reader: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<CardChannel>;
  /** Stops watching and closes all channels. True when nothing is left that would keep the process from exiting. */
  close(): Promise<boolean>;
}
