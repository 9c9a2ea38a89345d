import {
  connectSimulated,
  controlDirectly,
  type SimulatedConnection,
} from '../../transport/simulator/simulated-connection.js';
import type { SimulatedReader } from '../../transport/simulator/simulated-reader.js';
import { protocolNumber } from './reader-states.js';
import { codes, PcscRefusal } from './response-codes.js';

/** SCARD_SHARE_*: direct is a connection to the reader, whether or not it holds a card. */
const SHARE_EXCLUSIVE = 1;
const SHARE_SHARED = 2;
const SHARE_DIRECT = 3;

/** One hCard: connected to a card, or directly to a reader. */
export interface CardHandle {
  readonly reader: SimulatedReader;
  /** @throws {PcscRefusal} on a direct connection. */
  readonly card: () => SimulatedConnection;
  /** A control call to the reader, also on a direct connection. */
  control(code: number, input: Uint8Array): Promise<Uint8Array>;
  /** Resolves with the protocol in use, 0 for none. */
  reconnect(request: ConnectRequest, disposition: 'leave' | 'reset'): Promise<number>;
  disconnect(disposition: 'leave' | 'reset'): Promise<void>;
}

/** What a client asks for when it connects. */
export interface ConnectRequest {
  readonly shareMode: number;
  readonly preferredProtocols: number;
}

/** Connects as SCardConnect; `isPlugged` tells whether the reader is still there, `signal` that the client has gone. */
export async function openCardHandle(
  reader: SimulatedReader,
  request: ConnectRequest,
  options: { readonly isPlugged: () => boolean; readonly signal: AbortSignal },
): Promise<{ handle: CardHandle; protocol: number }> {
  let connection: SimulatedConnection | undefined;
  const connect = async (wanted: ConnectRequest): Promise<number> => {
    const sharing = sharingOf(wanted.shareMode);
    if (sharing === undefined) return 0;
    const protocol = agreeOnProtocol(reader, wanted);
    connection = await connectSimulated(reader, { ...options, sharing });
    return protocol;
  };
  const handle: CardHandle = {
    reader,
    card() {
      if (connection === undefined) throw new PcscRefusal(codes.sharingViolation);
      return connection;
    },
    control(code, input) {
      if (!options.isPlugged()) throw new PcscRefusal(codes.readerUnavailable);
      return connection === undefined
        ? controlDirectly(reader, code, input, options.signal)
        : connection.control(code, input, options.signal);
    },
    async reconnect(wanted, disposition) {
      if (connection === undefined) return connect(wanted);
      const sharing = sharingOf(wanted.shareMode);
      if (sharing === undefined) return 0;
      const protocol = agreeOnProtocol(reader, wanted);
      await connection.reconnect(disposition, sharing);
      return protocol;
    },
    async disconnect(disposition) {
      await connection?.disconnect(disposition);
      connection = undefined;
    },
  };
  return { handle, protocol: await connect(request) };
}

function sharingOf(shareMode: number): 'shared' | 'exclusive' | undefined {
  if (shareMode === SHARE_DIRECT) return undefined;
  if (shareMode === SHARE_SHARED) return 'shared';
  if (shareMode === SHARE_EXCLUSIVE) return 'exclusive';
  throw new PcscRefusal(codes.invalidValue);
}

function agreeOnProtocol(reader: SimulatedReader, { preferredProtocols }: ConnectRequest): number {
  const protocol = protocolNumber(reader);
  if (reader.atr !== undefined && (preferredProtocols & protocol) === 0) throw new PcscRefusal(codes.protocolMismatch);
  return protocol;
}
