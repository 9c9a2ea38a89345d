import { isMiddlewareError } from '../core/errors.js';
import type { CardChannel, CardTransmitter } from './card-channel.js';
import { parseFeatureList, parsePinProperties, parseTlvProperties, type PinPadDisplay } from './reader-feature-list.js';

/** What a reader's keypad can do. */
export interface PinPad {
  /** Control code of VERIFY_PIN_DIRECT. */
  readonly verify?: number;
  /** Control code of MODIFY_PIN_DIRECT. */
  readonly modify?: number;
  /** The shortest and longest PIN that it takes, where it tells. */
  readonly minPinLength?: number;
  readonly maxPinLength?: number;
  readonly display?: PinPadDisplay;
}

/** What a reader can do beyond passing commands on. */
export interface ReaderFeatures {
  /** Present when it has a keypad that can verify or change a PIN. */
  readonly pinPad?: PinPad;
  /** Longest command data that it passes on, where it tells: above 256, extended length works. */
  readonly maxApduDataSize?: number;
  /** USB vendor and product, where it tells. */
  readonly vendorId?: number;
  readonly productId?: number;
}

/** PC/SC part 10 (2.02.09) §2.2: CM_IOCTL_GET_FEATURE_REQUEST, of which each system makes its control code. */
const GET_FEATURE_REQUEST = 3400;

/** PC/SC part 10 §2.3. */
const tags = { verifyPinDirect: 0x06, modifyPinDirect: 0x07, pinProperties: 0x0a, tlvProperties: 0x12 } as const;

/** A driver answers from memory; longer than this it does not answer at all. */
const ASK_MS = 10_000;

/**
 * Readers that announce a keypad and have none, by USB vendor and product: OMNIKEY 3x21 and 6121 under libccid before
 * 1.4.29.
 */
const withoutPinPad: readonly (readonly [vendor: number, product: number])[] = [
  [0x076b, 0x3031],
  [0x076b, 0x6632],
];

const known = new WeakMap<CardChannel, ReaderFeatures>();

/**
 * What the reader of a channel can do, asked inside a transaction of it and remembered as long as the channel lives.
 * Up to three control calls the first time, no command to the card.
 *
 * @returns nothing but empty features for a reader that tells nothing, or nonsense.
 * @throws {MiddlewareError} as {@link CardTransmitter.transmit}, never because of what the reader answers.
 */
export async function readerFeatures(channel: CardChannel, card: CardTransmitter): Promise<ReaderFeatures> {
  const features = known.get(channel) ?? (await discoverReaderFeatures(card));
  known.set(channel, features);
  return features;
}

/** As {@link readerFeatures}, without a memory. */
export async function discoverReaderFeatures(card: CardTransmitter): Promise<ReaderFeatures> {
  const codes = parseFeatureList(await askReader(card, GET_FEATURE_REQUEST));
  const { display, properties } = await readProperties(card, codes);
  const { minPinLength, maxPinLength, maxApduDataSize, vendorId, productId } = properties;
  const [verify, modify] = [codes.get(tags.verifyPinDirect), codes.get(tags.modifyPinDirect)];
  const hasPinPad =
    (verify !== undefined || modify !== undefined) &&
    !withoutPinPad.some(([vendor, product]) => vendor === vendorId && product === productId);
  const pinPad = withoutAbsent<PinPad>({ verify, modify, minPinLength, maxPinLength, display });
  return withoutAbsent<ReaderFeatures>({
    pinPad: hasPinPad ? pinPad : undefined,
    maxApduDataSize,
    vendorId,
    productId,
  });
}

async function readProperties(
  card: CardTransmitter,
  codes: ReadonlyMap<number, number>,
): Promise<{ display: PinPadDisplay | undefined; properties: ReturnType<typeof parseTlvProperties> }> {
  const [pinCode, tlvCode] = [codes.get(tags.pinProperties), codes.get(tags.tlvProperties)];
  const display = pinCode === undefined ? undefined : parsePinProperties(await askReader(card, pinCode));
  const properties = tlvCode === undefined ? {} : parseTlvProperties(await askReader(card, tlvCode));
  return { display: display ?? properties.display, properties };
}

/** A reader that refuses, or fails, has nothing to tell. */
async function askReader(card: CardTransmitter, code: number): Promise<Uint8Array> {
  try {
    return await card.control(code, new Uint8Array(), { timeoutMs: ASK_MS });
  } catch (error) {
    if (isMiddlewareError(error, 'ERR_PCSC_CONTROL_UNSUPPORTED', 'ERR_PCSC_FAILURE')) return new Uint8Array();
    throw error;
  }
}

function withoutAbsent<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** Whether a reader passes extended-length commands on; one that does not tell is taken for one that does not. */
export function takesExtended({ maxApduDataSize }: ReaderFeatures): boolean {
  return maxApduDataSize !== undefined && maxApduDataSize > 256;
}
