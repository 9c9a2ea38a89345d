import { MiddlewareError } from '../../core/errors.js';
import type { CardProtocol } from '../../iso7816/command-apdu.js';
import type { Disposition } from '../card-channel.js';
import type { SimulatedReader } from './simulated-reader.js';

/** A connection to a virtual reader with the rules of PC/SC: what the reader itself does not keep apart. */
export interface SimulatedConnection {
  readonly reader: SimulatedReader;
  readonly protocol: CardProtocol;
  /** @throws {MiddlewareError} ERR_PCSC_READER_GONE, ERR_CARD_REMOVED, ERR_PCSC_CARD_RESET. */
  check(): void;
  /** Waits for the transaction lock; nests. */
  begin(signal?: AbortSignal): Promise<void>;
  end(disposition: Disposition): Promise<void>;
  /** Takes note of resets and, unlike a transaction, of a card that was swapped. */
  reconnect(disposition: Disposition, sharing: Sharing): Promise<void>;
  /** Waits while another connection is in a transaction. */
  transmit(command: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
  /**
   * Waits as {@link transmit}; reaches the reader also when the card is another one by now.
   *
   * @throws {MiddlewareError} ERR_PCSC_CONTROL_UNSUPPORTED, ERR_PCSC_FAILURE, ERR_PCSC_READER_GONE.
   */
  control(code: number, input: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
  disconnect(disposition: Disposition): Promise<void>;
  /** Gives up at once whatever is held, as for a client that died. */
  drop(): void;
}

/** Whether others may connect to the same card. */
export type Sharing = 'shared' | 'exclusive';

/** What a connection needs beside the reader. */
export interface SimulatedConnectionOptions {
  readonly sharing: Sharing;
  /** Whether the reader is still plugged in. */
  readonly isPlugged: () => boolean;
  readonly signal?: AbortSignal;
}

/**
 * Connects, waiting while another connection is in a transaction, as pcscd does.
 *
 * @throws {MiddlewareError} ERR_CARD_ABSENT, ERR_CARD_MUTE, ERR_PCSC_SHARING_VIOLATION, ERR_PCSC_READER_GONE.
 */
export async function connectSimulated(
  reader: SimulatedReader,
  options: SimulatedConnectionOptions,
): Promise<SimulatedConnection> {
  const { isPlugged, signal } = options;
  const holder = {};
  await reader.lock.acquire(holder, signal);
  reader.lock.release(holder);
  if (!isPlugged()) throw readerGoneError(reader);
  assertCard(reader);
  takePlace(reader, options.sharing);

  let sharing = options.sharing;
  let insertion = reader.eventCounter;
  let resets = reader.resetCounter;
  let isOpen = true;

  const isSameCard = (): boolean => reader.atr !== undefined && reader.eventCounter === insertion;
  const check = (): void => {
    if (!isPlugged()) throw readerGoneError(reader);
    if (!isSameCard()) throw removedError(reader);
    if (reader.resetCounter !== resets) {
      throw new MiddlewareError('ERR_PCSC_CARD_RESET', 'Card was reset', { fields: { reader: reader.name } });
    }
  };
  const whileLocked = async <T>(work: () => Promise<T>, abort?: AbortSignal): Promise<T> => {
    await reader.lock.acquire(holder, abort);
    try {
      return await work();
    } finally {
      reader.lock.release(holder);
    }
  };
  const resetCard = async (): Promise<void> => {
    if (isSameCard()) await whileLocked(() => reader.reset());
  };
  const drop = (): void => {
    if (!isOpen) return;
    isOpen = false;
    givePlaceBack(reader, sharing);
    reader.lock.releaseAll(holder);
  };

  return {
    reader,
    get protocol() {
      return reader.protocol;
    },
    check,
    async begin(abort) {
      check();
      await reader.lock.acquire(holder, abort);
      try {
        check();
      } catch (error) {
        reader.lock.release(holder);
        throw error;
      }
    },
    async end(disposition) {
      try {
        check();
        if (disposition === 'reset') await reader.reset();
      } finally {
        reader.lock.release(holder);
      }
    },
    async reconnect(disposition, newSharing) {
      if (!isPlugged()) throw readerGoneError(reader);
      assertCard(reader);
      givePlaceBack(reader, sharing);
      try {
        takePlace(reader, newSharing);
      } catch (error) {
        takePlace(reader, sharing);
        throw error;
      }
      sharing = newSharing;
      if (disposition === 'reset') await resetCard();
      insertion = reader.eventCounter;
      resets = reader.resetCounter;
    },
    transmit: (command, abort) =>
      whileLocked(async () => {
        check();
        const answer = await reader.transmit(command);
        if (answer.length < 2) {
          if (!isSameCard()) throw removedError(reader);
          check();
        }
        return answer;
      }, abort),
    control: (code, input, abort) =>
      whileLocked(() => {
        if (!isPlugged()) throw readerGoneError(reader);
        return controlReader(reader, code, input);
      }, abort),
    async disconnect(disposition) {
      if (disposition === 'reset') await resetCard();
      drop();
    },
    drop,
  };
}

/**
 * A control call to the reader itself, for whoever holds its lock.
 *
 * @throws {MiddlewareError} ERR_PCSC_CONTROL_UNSUPPORTED, ERR_PCSC_FAILURE.
 */
async function controlReader(reader: SimulatedReader, code: number, input: Uint8Array): Promise<Uint8Array> {
  const answer = await reader.control(code, input);
  const fields = { reader: reader.name, call: 'SCardControl' };
  if (answer === 'unsupported') {
    throw new MiddlewareError('ERR_PCSC_CONTROL_UNSUPPORTED', 'Reader knows no such control code', { fields });
  }
  if (answer === 'failed') throw new MiddlewareError('ERR_PCSC_FAILURE', 'Control call failed', { fields });
  return answer;
}

/** A control call on a connection to the reader alone, whether or not it holds a card. Waits and throws as any other. */
export async function controlDirectly(
  reader: SimulatedReader,
  code: number,
  input: Uint8Array,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const holder = {};
  await reader.lock.acquire(holder, signal);
  try {
    return await controlReader(reader, code, input);
  } finally {
    reader.lock.release(holder);
  }
}

function assertCard(reader: SimulatedReader): void {
  const fields = { reader: reader.name };
  if (reader.atr === undefined) throw new MiddlewareError('ERR_CARD_ABSENT', 'No card in the reader', { fields });
  if (reader.atr.length === 0) throw new MiddlewareError('ERR_CARD_MUTE', 'Card gives no answer to reset', { fields });
}

function takePlace(reader: SimulatedReader, sharing: Sharing): void {
  const { shared, exclusive } = reader.connections;
  if (exclusive || (sharing === 'exclusive' && shared > 0)) {
    throw new MiddlewareError('ERR_PCSC_SHARING_VIOLATION', 'Card is held exclusively', {
      fields: { reader: reader.name },
    });
  }
  if (sharing === 'exclusive') reader.connections.exclusive = true;
  else reader.connections.shared += 1;
}

function givePlaceBack(reader: SimulatedReader, sharing: Sharing): void {
  if (sharing === 'exclusive') reader.connections.exclusive = false;
  else reader.connections.shared -= 1;
}

function readerGoneError(reader: SimulatedReader): MiddlewareError {
  return new MiddlewareError('ERR_PCSC_READER_GONE', 'Reader was unplugged', { fields: { reader: reader.name } });
}

function removedError(reader: SimulatedReader): MiddlewareError {
  return new MiddlewareError('ERR_CARD_REMOVED', 'Card was removed', { fields: { reader: reader.name } });
}
