import { MiddlewareError } from '../core/errors.js';
import { createBoundedChannel } from './bounded-channel.js';
import type { CardChannel, ReaderTransport } from './card-channel.js';
import type { CardConnection, ReaderBackend } from './card-connection.js';
import { createReaderDirectory } from './reader-directory.js';
import { abortedError, busyError, createReaderGate, type ReaderGate } from './reader-gate.js';
import { settleWithin } from './settle-within.js';

/** How long a connect may wait for another program's transaction, milliseconds. */
const CONNECT_MS = 10_000;

/** The rules that every way to reach readers shares: bounded waits, cards that were given up on, orderly close. */
export function createReaderTransport(backend: ReaderBackend): ReaderTransport {
  const gates = new Map<string, ReaderGate>();
  const channels = new Set<CardChannel>();
  const directory = createReaderDirectory((reader) => gates.get(reader)?.unresponsive ?? false);
  const closing = new AbortController();
  const isClosed = (): boolean => closing.signal.aborted;

  const gateOf = (reader: string): ReaderGate => {
    const gate = gates.get(reader) ?? createReaderGate(reader, () => directory.refresh());
    gates.set(reader, gate);
    return gate;
  };
  const open = async (reader: string, gate: ReaderGate, signal?: AbortSignal): Promise<CardConnection> => {
    const leaveGate = await gate.enter({ ms: CONNECT_MS, signal });
    const opening = backend.open(reader);
    const outcome = await settleWithin(opening, { ms: CONNECT_MS, signal }).catch((error: unknown) => {
      leaveGate();
      throw error;
    });
    if (outcome.settled) {
      leaveGate();
      return outcome.value;
    }
    void opening
      .then((late) => late.disconnect('leave'))
      .catch(() => undefined)
      .finally(leaveGate);
    throw outcome.because === 'aborted' ? abortedError() : busyError(reader);
  };

  return {
    monitor: directory,
    start: () => backend.start((snapshot) => directory.publish(snapshot)),
    async connect(reader, options = {}) {
      if (isClosed()) throw new MiddlewareError('ERR_ABORTED', 'Transport is closed');
      const gate = gateOf(reader);
      const connection = await open(reader, gate, options.signal);
      const channel = createBoundedChannel({ reader, connection, gate, onClosed: () => channels.delete(channel) });
      channels.add(channel);
      if (isClosed()) await channel.close();
      return channel;
    },
    async close() {
      closing.abort();
      await Promise.all([...channels].map((channel) => channel.close()));
      return backend.close();
    },
  };
}
