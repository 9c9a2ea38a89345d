import type { SimulatedReader } from '../../transport/simulator/simulated-reader.js';

/** SCARD_ATTR_* of reader.h that a reader without hardware can answer. */
const ATR_STRING = 0x00090303;
const VENDOR_NAME = 0x00010100;
const DEVICE_FRIENDLY_NAME = 0x7fff0003;
const DEVICE_SYSTEM_NAME = 0x7fff0007;

/** The value of a reader's attribute, or undefined where it has none. */
export function readAttribute(reader: SimulatedReader, attribute: number): Uint8Array | undefined {
  switch (attribute) {
    case ATR_STRING:
      return reader.atr;
    case VENDOR_NAME:
      return zeroTerminated('Virtual');
    case DEVICE_FRIENDLY_NAME:
    case DEVICE_SYSTEM_NAME:
      return zeroTerminated(reader.name);
    default:
      return undefined;
  }
}

function zeroTerminated(text: string): Uint8Array {
  return Buffer.from(`${text}\0`);
}
