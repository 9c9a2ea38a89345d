import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { CardChannel, CardTransmitter, Disposition, TransactionOptions } from './card-channel.js';
import type { CardConnection } from './card-connection.js';
import { abortedError, busyError, unresponsiveError, type ReaderGate } from './reader-gate.js';
import { settleWithin } from './settle-within.js';

/** Default bounds, milliseconds. A control call may be a person at a PIN pad. */
const WAIT_MS = 10_000;
const TRANSMIT_MS = 20_000;
const CONTROL_MS = 60_000;
const END_MS = 5_000;
const CLOSE_MS = 2_000;

const BEGIN_ATTEMPTS = 3;

/** One stay at the reader's gate. `abandoned` settles when a call that was given up on has returned and is tidied up. */
interface Turn {
  abandoned: Promise<void> | undefined;
}

/** What a channel is made of. */
export interface ChannelParts {
  readonly reader: string;
  readonly connection: CardConnection;
  readonly gate: ReaderGate;
  readonly onClosed: () => void;
}

/**
 * A channel that never makes its caller wait longer than asked. A call that PC/SC cannot cancel is left behind: it
 * keeps the reader's gate until it returns, and is then tidied up so that no verified PIN stays on the card.
 */
export function createBoundedChannel({ reader, connection, gate, onClosed }: ChannelParts): CardChannel {
  let dead: MiddlewareError | undefined;
  let closing: Disposition | undefined;
  let current: Turn | undefined;
  let disconnected: Promise<void> | undefined;
  let foreignResets = 0;

  const noteDeath = (error: unknown): void => {
    if (isMiddlewareError(error, 'ERR_CARD_REMOVED', 'ERR_PCSC_READER_GONE', 'ERR_PCSC_SERVICE_ABSENT')) dead = error;
  };
  /** Only what the connection itself says can end the channel, never a word of whoever uses it. */
  const noting = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      noteDeath(error);
      throw error;
    }
  };
  const assertUsable = (): void => {
    if (closing !== undefined) throw new MiddlewareError('ERR_INTERNAL', 'Channel is closed');
    if (dead !== undefined) throw dead;
  };

  /** Leaves a call behind that was given up on, with what is to follow when it returns. */
  const abandon = (turn: Turn, tidied: Promise<void>, unresponsiveAfterMs?: number): void => {
    const timer =
      unresponsiveAfterMs === undefined
        ? undefined
        : setTimeout(() => gate.setUnresponsive(true), Math.max(0, unresponsiveAfterMs));
    turn.abandoned = tidied.catch(noteDeath).finally(() => clearTimeout(timer));
  };
  const disconnect = (disposition: Disposition): Promise<void> => (disconnected ??= connection.disconnect(disposition));

  const begin = async (turn: Turn, ms: number, signal?: AbortSignal): Promise<void> => {
    const beginning = noting(beginAfterReset(connection, () => (foreignResets += 1)));
    const outcome = await settleWithin(beginning, { ms, signal });
    if (outcome.settled) return;
    abandon(
      turn,
      beginning.then(() => connection.end('leave')),
    );
    throw outcome.because === 'aborted' ? abortedError() : busyError(reader);
  };

  const end = async (turn: Turn, disposition: Disposition): Promise<void> => {
    const ending = connection.end(disposition);
    try {
      const outcome = await settleWithin(ending, { ms: END_MS });
      if (outcome.settled) return;
      abandon(turn, ending);
      gate.setUnresponsive(true);
    } catch (error) {
      // What `work` did is done or has failed already; the next use of the channel reports the loss.
      noteDeath(error);
    }
  };

  /** One command within its bounds; `ms` runs on for the reader when the caller has left. */
  const exchange = async (
    turn: Turn,
    send: () => Promise<Uint8Array>,
    limits: { readonly ms: number; readonly signals: readonly (AbortSignal | undefined)[] },
  ): Promise<Uint8Array> => {
    const signals = limits.signals.filter((signal) => signal !== undefined);
    if (signals.some((signal) => signal.aborted)) throw abortedError();
    if (turn.abandoned !== undefined) throw unresponsiveError(reader);
    const startedAt = performance.now();
    const call = noting(send());
    const outcome = await settleWithin(call, { ms: limits.ms, signal: anyOf(signals) });
    if (outcome.settled) return outcome.value;
    // The answer may come after the caller has left, perhaps to a VERIFY: the reset drops what it has opened.
    const tidied = call.catch(() => undefined).then(() => connection.end('reset'));
    abandon(turn, tidied, limits.ms - (performance.now() - startedAt));
    if (outcome.because === 'aborted') throw abortedError();
    gate.setUnresponsive(true);
    throw unresponsiveError(reader);
  };

  const leaveTurn = async (turn: Turn, leaveGate: () => void): Promise<void> => {
    try {
      await turn.abandoned;
      current = undefined;
      // A dead connection is ended at once: pcscd would keep its transaction on the reader for the next card.
      if (closing !== undefined || dead !== undefined) await disconnect(closing ?? 'leave');
    } finally {
      gate.setUnresponsive(false);
      leaveGate();
    }
  };

  const takeTurn = async <T>(options: TransactionOptions, work: (turn: Turn) => Promise<T>): Promise<T> => {
    const { waitMs = WAIT_MS, signal } = options;
    assertUsable();
    const startedAt = performance.now();
    const leaveGate = await gate.enter({ ms: waitMs, signal });
    const turn: Turn = { abandoned: undefined };
    try {
      assertUsable();
      current = turn;
      await begin(turn, Math.max(0, waitMs - (performance.now() - startedAt)), signal);
      return await work(turn);
    } finally {
      const leaving = leaveTurn(turn, leaveGate);
      if (turn.abandoned === undefined) await settleWithin(leaving, { ms: CLOSE_MS });
    }
  };

  const transmitterFor = (turn: Turn, transactionSignal?: AbortSignal): CardTransmitter & { retire(): void } => {
    let isOver = false;
    let isSending = false;
    const sendOne = async (
      send: () => Promise<Uint8Array>,
      ms: number,
      signal: AbortSignal | undefined,
    ): Promise<Uint8Array> => {
      if (isOver) throw new MiddlewareError('ERR_INTERNAL', 'Transmit after the end of the transaction');
      if (isSending) throw new MiddlewareError('ERR_INTERNAL', 'Transmit while another is under way');
      isSending = true;
      try {
        return await exchange(turn, send, { ms, signals: [signal, transactionSignal] });
      } finally {
        isSending = false;
      }
    };
    return {
      protocol: connection.protocol,
      retire: () => (isOver = true),
      transmit: (command, { signal, timeoutMs = TRANSMIT_MS } = {}) =>
        sendOne(() => connection.transmit(command), timeoutMs, signal),
      control: (code, input, { signal, timeoutMs = CONTROL_MS } = {}) =>
        sendOne(() => connection.control(code, input), timeoutMs, signal),
    };
  };

  return {
    reader,
    atr: connection.atr,
    get foreignResets() {
      return foreignResets;
    },
    transaction: (work, options = {}) =>
      takeTurn(options, async (turn) => {
        const card = transmitterFor(turn, options.signal);
        try {
          return await work(card);
        } finally {
          card.retire();
          const { endWith = 'leave' } = options;
          const disposition = typeof endWith === 'function' ? endWith() : endWith;
          if (turn.abandoned === undefined) await end(turn, disposition);
        }
      }),
    async close(disposition = 'leave') {
      if (closing !== undefined) return;
      closing = disposition;
      onClosed();
      if (current === undefined) await settleWithin(disconnect(disposition), { ms: CLOSE_MS });
    },
  };
}

/** Begins a transaction, reconnecting first when another program has reset the card, at most a few times. */
async function beginAfterReset(connection: CardConnection, onReset: () => void): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await connection.begin();
      return;
    } catch (error) {
      if (attempt === BEGIN_ATTEMPTS || !isMiddlewareError(error, 'ERR_PCSC_CARD_RESET')) throw error;
      onReset();
      await connection.reconnect();
    }
  }
}

function anyOf(signals: readonly AbortSignal[]): AbortSignal | undefined {
  return signals.length > 1 ? AbortSignal.any([...signals]) : signals[0];
}
