/**
 * Framing of the control socket: `u32 big-endian length of what follows, u8 kind, payload`. A PIN is a frame of its own
 * kind so that it is never part of a JSON text.
 */
export const frameKinds = { json: 0, pin: 1, key: 2 } as const;

/** Upper bounds of a payload in bytes, by kind. The longest code is a management key of 32 bytes in hex digits. */
export const frameLimits = { json: 1 << 20, pin: 16 + 1 + 64, key: 64 } as const;

/** Bytes before the payload: length and kind. */
export const headerLength = 5;

/** Length of the ticket that a PIN frame begins with. */
export const ticketLength = 16;

/** Bit of the flags byte in a PIN frame: the user agreed to spend the last try. */
export const lastTryConsentFlag = 1;

/** Writes a header in front of `target`'s payload, which starts at {@link headerLength}. */
export function writeHeader(target: Uint8Array, kind: number): void {
  const length = target.length - headerLength + 1;
  new DataView(target.buffer, target.byteOffset, headerLength).setUint32(0, length);
  target[4] = kind;
}

/** One frame with this payload. */
export function encodeFrame(kind: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(headerLength + payload.length);
  frame.set(payload, headerLength);
  writeHeader(frame, kind);
  return frame;
}

/** One JSON frame. */
export function encodeJson(value: unknown): Uint8Array {
  return encodeFrame(frameKinds.json, new TextEncoder().encode(JSON.stringify(value)));
}
