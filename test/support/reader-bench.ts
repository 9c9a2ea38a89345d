import type { ReaderSnapshot, ReaderState } from '../../src/model/reader.js';
import type { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import type { ReaderTransport } from '../../src/transport/card-channel.js';

/** Virtual readers and one way to reach them. */
export interface ReaderBench {
  readonly hardware: VirtualHardware;
  /** A transport as another program would have it. */
  createTransport(): ReaderTransport;
  /** Connects exclusively, as another program; resolves with how to let go. */
  holdExclusively(reader: string): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

/** Resolves with the first snapshot, the present one included, for which `isAwaited` holds. */
export function snapshotWhere(
  transport: ReaderTransport,
  isAwaited: (snapshot: ReaderSnapshot) => boolean,
): Promise<ReaderSnapshot> {
  return new Promise((resolve) => {
    const look = (snapshot: ReaderSnapshot): void => {
      if (!isAwaited(snapshot)) return;
      stop();
      resolve(snapshot);
    };
    const stop = transport.monitor.subscribe(look);
    look(transport.monitor.snapshot);
  });
}

/** Resolves with the state of one reader when it is as awaited. */
export async function readerWhere(
  transport: ReaderTransport,
  name: string,
  isAwaited: (reader: ReaderState) => boolean,
): Promise<ReaderState> {
  const find = ({ readers }: ReaderSnapshot): ReaderState | undefined =>
    readers.find((reader) => reader.name === name && isAwaited(reader));
  const found = find(await snapshotWhere(transport, (snapshot) => find(snapshot) !== undefined));
  if (found === undefined) throw new Error('unreachable');
  return found;
}
