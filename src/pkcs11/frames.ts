import { malformedFrame } from './wire.js';

/** One frame: four bytes of length, then this. */
export interface Frame {
  /** Number of the request, repeated in its answer. */
  readonly id: number;
  readonly kind: number;
  readonly payload: Uint8Array;
}

/** Longest frame of a module process: 64 certificates of 16 KiB, and room. */
export const maxAnswerBytes = 1_200_000;
/** Longest frame to a module process. */
export const maxRequestBytes = 65_536;

const headerBytes = 4;
const fixedBytes = 5;

/** The frame's bytes as two parts, so that a payload with a PIN is not copied. */
export function frameHeader(id: number, kind: number, payloadLength: number): Uint8Array {
  const header = new Uint8Array(headerBytes + fixedBytes);
  const view = new DataView(header.buffer);
  view.setUint32(0, fixedBytes + payloadLength);
  view.setUint32(4, id);
  view.setUint8(8, kind);
  return header;
}

/** Cuts a stream into frames; holds no more than one frame of at most `limit` bytes. */
export class FrameDecoder {
  readonly #limit: number;
  readonly #header = new Uint8Array(headerBytes);
  #headerLength = 0;
  #body: Uint8Array | undefined;
  #bodyLength = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws {MiddlewareError} ERR_MODULE_RESPONSE on a length that no frame has; the stream is then of no more use. */
  push(chunk: Uint8Array, onFrame: (frame: Frame) => void): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#body === undefined) {
        rest = this.#takeHeader(rest);
        continue;
      }
      const taken = rest.subarray(0, this.#body.length - this.#bodyLength);
      this.#body.set(taken, this.#bodyLength);
      this.#bodyLength += taken.length;
      rest = rest.subarray(taken.length);
      if (this.#bodyLength < this.#body.length) return;
      const body = this.#body;
      this.#body = undefined;
      const view = new DataView(body.buffer);
      onFrame({ id: view.getUint32(0), kind: view.getUint8(4), payload: body.subarray(fixedBytes) });
    }
  }

  #takeHeader(chunk: Uint8Array): Uint8Array {
    const taken = chunk.subarray(0, headerBytes - this.#headerLength);
    this.#header.set(taken, this.#headerLength);
    this.#headerLength += taken.length;
    if (this.#headerLength === headerBytes) {
      const length = new DataView(this.#header.buffer).getUint32(0);
      if (length < fixedBytes || length > this.#limit) throw malformedFrame('length');
      // Not from Node's shared pool: a frame may hold a PIN, and is wiped.
      this.#body = new Uint8Array(new ArrayBuffer(length));
      this.#bodyLength = 0;
      this.#headerLength = 0;
    }
    return chunk.subarray(taken.length);
  }
}
