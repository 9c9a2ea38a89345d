import { MiddlewareError } from '../core/errors.js';
import { frameKinds, frameLimits, headerLength } from './frames.js';

/** What a decoder calls for each complete frame; the payload of a PIN or key is wiped when the call returns. */
export interface FrameHandlers {
  json(text: string): void;
  /** Absent: such a frame is refused before any of its payload is kept. */
  pin?(payload: Uint8Array): void;
  key?(payload: Uint8Array): void;
}

/** Cuts a byte stream into frames. */
export interface FrameDecoder {
  /**
   * Takes what arrived; calls the handlers for every frame that is complete with it.
   *
   * @throws {MiddlewareError} ERR_IPC_PROTOCOL on an unknown kind, a length out of bounds or JSON that is no UTF-8;
   *   the decoder is of no use afterwards.
   */
  push(chunk: Uint8Array): void;
  /** Whether a frame has begun and not ended. */
  readonly midFrame: boolean;
  /** Forgets and wipes what has arrived of an unfinished frame. */
  wipe(): void;
}

const kindNames = ['json', 'pin', 'key'] as const;

/** Makes a decoder. Bytes of a secret frame are only ever held in one buffer outside the JavaScript heap. */
export function createFrameDecoder(handlers: FrameHandlers): FrameDecoder {
  const header = new Uint8Array(headerLength);
  // Off-heap because it is longer than what V8 keeps in its own, moving heap; reused and wiped for every secret frame.
  const secret = new Uint8Array(new ArrayBuffer(Math.max(frameLimits.pin, frameLimits.key)));
  let headerFilled = 0;
  let kind: (typeof kindNames)[number] = 'json';
  let payload: Uint8Array | undefined;
  let filled = 0;

  const begin = (): void => {
    const length = new DataView(header.buffer).getUint32(0) - 1;
    kind = kindOf(header[4] ?? 0xff);
    if (handlers[kind] === undefined) throw protocolError(`Unexpected ${kind} frame`);
    if (length < 0 || length > frameLimits[kind]) throw protocolError(`Length of ${kind} frame out of bounds`);
    payload = kind === 'json' ? new Uint8Array(length) : secret.subarray(0, length);
    filled = 0;
  };

  const finish = (bytes: Uint8Array): void => {
    headerFilled = 0;
    payload = undefined;
    if (kind === 'json') {
      handlers.json(decodeText(bytes));
      return;
    }
    try {
      handlers[kind]?.(bytes);
    } finally {
      bytes.fill(0);
    }
  };

  return {
    push(chunk) {
      let offset = 0;
      while (offset < chunk.length || payload?.length === filled) {
        if (payload === undefined) {
          header[headerFilled++] = chunk[offset++] ?? 0;
          if (headerFilled === headerLength) begin();
        } else {
          const part = chunk.subarray(offset, offset + payload.length - filled);
          payload.set(part, filled);
          filled += part.length;
          offset += part.length;
          if (filled === payload.length) finish(payload);
        }
      }
    },
    get midFrame() {
      return headerFilled > 0;
    },
    wipe() {
      secret.fill(0);
      payload = undefined;
      headerFilled = 0;
    },
  };
}

function kindOf(byte: number): (typeof kindNames)[number] {
  const name = kindNames.find((candidate) => frameKinds[candidate] === byte);
  if (name === undefined) throw protocolError('Unknown kind of frame');
  return name;
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new MiddlewareError('ERR_IPC_PROTOCOL', 'Frame is not UTF-8', { cause: error });
  }
}

function protocolError(message: string): MiddlewareError {
  return new MiddlewareError('ERR_IPC_PROTOCOL', message);
}
