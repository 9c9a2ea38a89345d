import { concatBytes } from '../../core/bytes.js';

/** A control code of pcsc-lite (reader.h: SCARD_CTL_CODE). */
const controlCode = (number: number): number => 0x42000000 + number;

/** PC/SC part 10 §2.2: asks for the features. */
export const GET_FEATURE_REQUEST = controlCode(3400);

/** Tags of PC/SC part 10 §2.3, with the codes that libccid gives them. */
export const features = {
  verify: { tag: 0x06, code: controlCode(0x330006) },
  modify: { tag: 0x07, code: controlCode(0x330007) },
  pinProperties: { tag: 0x0a, code: controlCode(0x33000a) },
  tlvProperties: { tag: 0x12, code: controlCode(0x330012) },
} as const;

/** What a reader tells of itself. */
export interface AnnouncedProperties {
  readonly minPinLength: number;
  readonly maxPinLength: number;
  readonly display: { readonly lines: number; readonly columns: number } | undefined;
  readonly maxApduDataSize: number | undefined;
}

/** The list of features (§2.2): tag, length 4, control code big-endian. */
export function encodeFeatures(announced: readonly (keyof typeof features)[]): Uint8Array {
  const list = Buffer.alloc(6 * announced.length);
  for (const [index, name] of announced.entries()) {
    list.set([features[name].tag, 4], 6 * index);
    list.writeUInt32BE(features[name].code, 6 * index + 2);
  }
  return new Uint8Array(list);
}

/** What a reader without a keypad answers to a control call when all that it tells is how much data it passes on. */
export function tellDataSize(code: number, maxApduDataSize: number): Uint8Array | 'unsupported' {
  if (code === GET_FEATURE_REQUEST) return encodeFeatures(['tlvProperties']);
  return code === features.tlvProperties.code ? encodeDataSize(maxApduDataSize) : 'unsupported';
}

/** dwMaxAPDUDataSize. */
function encodeDataSize(maxApduDataSize: number): Uint8Array {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(maxApduDataSize);
  return Uint8Array.of(0x0a, 4, ...size);
}

/** PIN_PROPERTIES_STRUCTURE (§2.5.5): wLcdLayout, validation by the OK key, bTimeOut2. */
export function encodePinProperties({ display }: AnnouncedProperties): Uint8Array {
  return Uint8Array.of(display?.columns ?? 0, display?.lines ?? 0, 0x02, 0x01);
}

/** GET_TLV_PROPERTIES (§2.6.14): tag, length, value little-endian. */
export function encodeTlvProperties(properties: AnnouncedProperties): Uint8Array {
  const { minPinLength, maxPinLength, maxApduDataSize } = properties;
  return concatBytes(
    Uint8Array.of(0x01, 2, ...encodePinProperties(properties).subarray(0, 2)),
    Uint8Array.of(0x02, 1, 0x02, 0x06, 1, minPinLength, 0x07, 1, maxPinLength),
    Uint8Array.of(0x08, 4, ...Buffer.from('TEST')),
    Uint8Array.of(0x09, 1, 0x00),
    maxApduDataSize === undefined ? new Uint8Array() : encodeDataSize(maxApduDataSize),
    // Vendor and product 0: no real reader.
    Uint8Array.of(0x0b, 2, 0, 0, 0x0c, 2, 0, 0),
  );
}
