import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import type { ReaderSnapshot, ReaderState } from '../../model/reader.js';
import type { ReaderTransport } from '../card-channel.js';
import type { CardConnection, ReaderBackend } from '../card-connection.js';
import { createInsertionCounter, type InsertionCounter } from '../insertion-counter.js';
import { linuxSystem } from '../pcsc/system-linux.js';
import { createReaderTransport } from '../reader-transport.js';
import { connectSimulated } from './simulated-connection.js';
import type { SimulatedReader, SimulatedReaders } from './simulated-reader.js';

/**
 * Reaches virtual readers in this process: no PC/SC, no threads, the same rules. Other connections to the same
 * readers, such as the virtual PC/SC service's, are other programs to it.
 */
export function createSimulatorTransport(readers: SimulatedReaders): ReaderTransport {
  return createReaderTransport(createSimulatorBackend(readers));
}

function createSimulatorBackend(readers: SimulatedReaders): ReaderBackend {
  const insertions = createInsertionCounter();
  let stop = (): void => undefined;
  const opened = new Map<SimulatedReader, number>();
  const count = (reader: SimulatedReader, change: number): void =>
    void opened.set(reader, (opened.get(reader) ?? 0) + change);

  return {
    start(publish) {
      const report = (): void => publish(takeSnapshot(readers.readers, insertions, opened));
      stop = watchReaders(readers, report);
      report();
      return Promise.resolve();
    },
    async open(name) {
      const reader = readers.readers.find((candidate) => candidate.name === name);
      if (reader === undefined) {
        throw new MiddlewareError('ERR_PCSC_READER_GONE', 'No such reader', { fields: { reader: name } });
      }
      return openConnection(reader, () => readers.readers.includes(reader), count);
    },
    close() {
      stop();
      return Promise.resolve(true);
    },
  };
}

async function openConnection(
  reader: SimulatedReader,
  isPlugged: () => boolean,
  count: (reader: SimulatedReader, change: number) => void,
): Promise<CardConnection> {
  const connection = await connectSimulated(reader, { sharing: 'shared', isPlugged });
  const atr = Uint8Array.from(reader.atr ?? []);
  const insertion = reader.eventCounter;
  count(reader, 1);
  return {
    atr,
    protocol: connection.protocol,
    begin: () => connection.begin(),
    end: (disposition) => connection.end(disposition),
    reconnect() {
      // A connection stays with its card: a swapped one would be taken for the first.
      if (reader.eventCounter !== insertion) connection.check();
      return connection.reconnect('leave', 'shared');
    },
    transmit: (command) => connection.transmit(command),
    async control(code, input) {
      try {
        // Virtual readers know the codes of pcsc-lite.
        return await connection.control(code < 0x10000 ? linuxSystem.controlCode(code) : code, input);
      } catch (error) {
        // The reader says only that it failed; whether the card is gone the connection knows.
        if (isMiddlewareError(error, 'ERR_PCSC_FAILURE')) connection.check();
        throw error;
      }
    },
    async disconnect(disposition) {
      await connection.disconnect(disposition);
      count(reader, -1);
    },
  };
}

/** Calls back when a reader comes or goes and when the card in one of them changes; returns how to stop. */
export function watchReaders(readers: SimulatedReaders, onChange: () => void): () => void {
  const watched = new Map<SimulatedReader, () => void>();
  const rewatch = (): void => {
    const present = readers.readers;
    for (const reader of present) if (!watched.has(reader)) watched.set(reader, reader.onChange(onChange));
    for (const [reader, stop] of watched) {
      if (present.includes(reader)) continue;
      stop();
      watched.delete(reader);
    }
  };
  rewatch();
  const stopList = readers.onChange(() => {
    rewatch();
    onChange();
  });
  return () => {
    stopList();
    for (const stop of watched.values()) stop();
  };
}

function takeSnapshot(
  readers: readonly SimulatedReader[],
  insertions: InsertionCounter,
  opened: ReadonlyMap<SimulatedReader, number>,
): ReaderSnapshot {
  const describe = (reader: SimulatedReader): ReaderState => {
    const { name, atr, eventCounter, connections } = reader;
    return {
      name,
      card: atr === undefined ? 'absent' : atr.length === 0 ? 'mute' : 'present',
      atr: Uint8Array.from(atr ?? []),
      insertion: insertions.count(name, eventCounter, atr !== undefined),
      sharing: connections.exclusive
        ? 'exclusive'
        : connections.shared > (opened.get(reader) ?? 0)
          ? 'shared'
          : 'unused',
    };
  };
  return { service: 'available', readers: readers.map(describe) };
}
