import { concatBytes } from '../../core/bytes.js';

/** What vpcd (vsmartcard) sends: two bytes of length, then one control byte or a command. */
export type VpcdRequest =
  { readonly kind: 'powerOff' | 'powerOn' | 'reset' | 'atr' } | { readonly kind: 'apdu'; readonly command: Uint8Array };

/** Control codes (vpcd.h: VPCD_CTRL_OFF, _ON, _RESET, _ATR). */
const controls: Readonly<Record<number, 'powerOff' | 'powerOn' | 'reset' | 'atr'>> = {
  0x00: 'powerOff',
  0x01: 'powerOn',
  0x02: 'reset',
  0x04: 'atr',
};

/** Cuts a byte stream into requests, however the network cut it. */
export class VpcdFrameParser {
  #buffered: Uint8Array = new Uint8Array(0);

  /** The requests that are complete with these bytes. Frames that mean nothing are dropped. */
  push(chunk: Uint8Array): VpcdRequest[] {
    const bytes = concatBytes(this.#buffered, chunk);
    this.#buffered.fill(0);
    const requests: VpcdRequest[] = [];
    let offset = 0;
    for (let end = endOfFrame(bytes, offset); end !== undefined; end = endOfFrame(bytes, offset)) {
      const request = interpret(bytes.slice(offset + 2, end));
      if (request !== undefined) requests.push(request);
      offset = end;
    }
    this.#buffered = bytes.slice(offset);
    bytes.fill(0);
    return requests;
  }
}

function endOfFrame(bytes: Uint8Array, offset: number): number | undefined {
  const high = bytes[offset];
  const low = bytes[offset + 1];
  if (high === undefined || low === undefined) return undefined;
  const end = offset + 2 + ((high << 8) | low);
  return end <= bytes.length ? end : undefined;
}

function interpret(payload: Uint8Array): VpcdRequest | undefined {
  if (payload.length > 1) return { kind: 'apdu', command: payload };
  const control = payload[0] === undefined ? undefined : controls[payload[0]];
  return control && { kind: control };
}

export function vpcdFrame(payload: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(payload.length >> 8, payload.length & 0xff), payload);
}
