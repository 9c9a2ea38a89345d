/*
 * Answers of a reader about itself: PC/SC part 10 (2.02.09) §2.2, §2.5.5 and §2.6.14. They come from a driver or from a
 * device that calls itself a reader: what is not exactly as written counts as not told.
 */

/** Size of a keypad's display, in characters. */
export interface PinPadDisplay {
  readonly lines: number;
  readonly columns: number;
}

/** What GET_TLV_PROPERTIES told that we use. */
export interface ReaderProperties {
  readonly display?: PinPadDisplay;
  readonly minPinLength?: number;
  readonly maxPinLength?: number;
  readonly maxApduDataSize?: number;
  readonly vendorId?: number;
  readonly productId?: number;
}

/** Tag, length 04, control code. */
const FEATURE_BYTES = 6;
/** Numbers below are for the system to make a control code of; a reader's own codes are complete. */
const LOWEST_CODE = 0x10000;

/** Control codes by feature tag (§2.2; the codes alone are big-endian); empty unless all of the list is well-formed. */
export function parseFeatureList(bytes: Uint8Array): ReadonlyMap<number, number> {
  const codes = new Map<number, number>();
  const view = viewOf(bytes);
  if (bytes.length % FEATURE_BYTES !== 0) return new Map();
  for (let offset = 0; offset < bytes.length; offset += FEATURE_BYTES) {
    const [tag, length, code] = [view.getUint8(offset), view.getUint8(offset + 1), view.getUint32(offset + 2)];
    if (length !== 4 || code < LOWEST_CODE || codes.has(tag)) return new Map();
    codes.set(tag, code);
  }
  return codes;
}

/** PIN_PROPERTIES_STRUCTURE (§2.5.5): the display of a keypad, undefined where it has none. */
export function parsePinProperties(bytes: Uint8Array): PinPadDisplay | undefined {
  return bytes.length === 4 ? displayOf(viewOf(bytes).getUint16(0, true)) : undefined;
}

/** Lengths of the properties (§2.6.14); others are passed over. */
const lengths: Readonly<Record<number, number>> = { 0x01: 2, 0x06: 1, 0x07: 1, 0x0a: 4, 0x0b: 2, 0x0c: 2 };

/** GET_TLV_PROPERTIES (§2.6.14); nothing unless all of it is well-formed. */
export function parseTlvProperties(bytes: Uint8Array): ReaderProperties {
  const values = new Map<number, number>();
  for (let offset = 0; offset < bytes.length;) {
    const [tag, length] = [bytes[offset], bytes[offset + 1]];
    const end = offset + 2 + (length ?? 0);
    if (tag === undefined || length === undefined || end > bytes.length || values.has(tag)) return {};
    if (length !== (lengths[tag] ?? length)) return {};
    values.set(tag, littleEndian(bytes.subarray(offset + 2, end)));
    offset = end;
  }
  return toProperties(values);
}

function toProperties(values: ReadonlyMap<number, number>): ReaderProperties {
  const [layout, min, max, size] = [values.get(0x01), values.get(0x06), values.get(0x07), values.get(0x0a)];
  const display = layout === undefined ? undefined : displayOf(layout);
  const vendorId = values.get(0x0b);
  const productId = values.get(0x0c);
  // A longest PIN of 0 bytes, or shorter than the shortest, tells nothing.
  const areLengthsSound = max === undefined || (max > 0 && (min ?? 0) <= max);
  return {
    ...(display && { display }),
    ...(areLengthsSound && min !== undefined && { minPinLength: min }),
    ...(areLengthsSound && max !== undefined && { maxPinLength: max }),
    ...(size !== undefined && size > 0 && size <= 0x10000 && { maxApduDataSize: size }),
    ...(vendorId !== undefined && { vendorId }),
    ...(productId !== undefined && { productId }),
  };
}

/** wLcdLayout: lines in the high byte, columns in the low one, 0 without a display. */
function displayOf(layout: number): PinPadDisplay | undefined {
  return layout === 0 ? undefined : { lines: layout >> 8, columns: layout & 0xff };
}

function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
