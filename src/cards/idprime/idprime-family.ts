import { toHex } from '../../core/bytes.js';
import type { PinFormat } from '../../model/pin.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { CardApplication, CardFamily } from '../card-application.js';
import { readContents, readFreshness, readSerial } from './contents.js';
import { decipher } from './decipher.js';
import { requireApplet, selectApplet } from './file-access.js';
import { productHint, unknownProduct, type IdPrimeProduct } from './products.js';
import { computeSignature } from './signature.js';
import { createIdPrimeWriter } from './writer.js';

/** The card takes any ASCII from 4 to 16 characters; those that people carry have PINs of digits. */
export const defaultPinFormat: PinFormat = { minLength: 4, maxLength: 16, characters: 'digits' };

/** Cards whose serial number is remembered by the chip's. */
const REMEMBERED = 64;
/** GET DATA CPLC: 9F7F, length 2A, 42 bytes (GlobalPlatform Card Specification 2.3 §H.6). */
const CPLC = { cla: 0x00, ins: 0xca, p1: 0x9f, p2: 0x7f, le: 0x2d } as const;
/** 9F7F 2A, then the operating system's release level at offset 8. */
const RELEASE_LEVEL = 11;
/** Where in the answer the chip's serial number lies, four bytes (ibid.). */
const CHIP_NUMBER = [15, 19] as const;

/** How {@link createIdPrimeFamily} treats its cards. */
export interface IdPrimeOptions {
  readonly pinFormat?: PinFormat;
  /** Off by default: how real cards are written to is not public. Without it applications have no writer. */
  readonly writing?: 'off' | 'experimental';
}

/** Thales IDPrime cards (MD 830 to 3940, eToken 5110). */
export function createIdPrimeFamily(options: IdPrimeOptions = {}): CardFamily {
  const serials = new Map<string, string>();
  return {
    name: 'idprime',
    hints: (atr) => productHint(atr) !== undefined,
    async recognize(exchange, atr) {
      if (!(await selectApplet(exchange))) return undefined;
      // The chip tells who it is in one command; the file that holds the serial number takes two.
      const { chip, releaseLevel } = await readChip(exchange);
      const serial = (chip === undefined ? undefined : serials.get(chip)) ?? (await readSerial(exchange));
      if (chip !== undefined) remember(serials, chip, serial);
      return createApplication(serial, productHint(atr) ?? unknownProduct(releaseLevel), options);
    },
  };
}

function createApplication(serial: string, product: IdPrimeProduct, options: IdPrimeOptions): CardApplication {
  const { pinFormat = defaultPinFormat, writing = 'off' } = options;
  return {
    product: product.name,
    serial,
    algorithms: { rsa: ['RS256', 'PS256'], 'ec-p256': ['ES256'], 'ec-p384': ['ES384'] },
    decipherAlgorithms: ['RSA1_5', 'RSA-OAEP', 'RSA-OAEP-256'],
    ...(writing === 'experimental' ? { writer: createIdPrimeWriter(product) } : {}),
    freshnessIsComplete: true,
    select: requireApplet,
    readFreshness,
    readContents: (exchange) => readContents(exchange, product, pinFormat),
    /** P1 = FF (ISO/IEC 7816-4:2020 §11.6.6); these cards' own middleware uses INS 21. */
    dropPin: async (exchange, { reference }) =>
      (await exchange.send({ cla: 0x00, ins: 0x21, p1: 0xff, p2: reference })).statusWord === SW_OK,
    sign: computeSignature,
    decipher,
  };
}

/** What a chip's production data tell. */
interface Chip {
  /** All of it, which no two chips share; undefined where the card keeps it, or its own number in it, to itself. */
  readonly chip: string | undefined;
  /** First byte of the operating system's release level. */
  readonly releaseLevel: number | undefined;
}

/** The chip's production data. Two cards that tell no number would be one to us. One command. */
async function readChip(exchange: ApduExchange): Promise<Chip> {
  const { data, statusWord } = await exchange.send(CPLC);
  if (statusWord !== SW_OK || data.length !== CPLC.le) return { chip: undefined, releaseLevel: undefined };
  const number = data.subarray(...CHIP_NUMBER);
  const isNumbered = !number.every((byte) => byte === 0x00) && !number.every((byte) => byte === 0xff);
  return { chip: isNumbered ? toHex(data) : undefined, releaseLevel: data[RELEASE_LEVEL] };
}

function remember(serials: Map<string, string>, chip: string, serial: string): void {
  serials.delete(chip);
  serials.set(chip, serial);
  const oldest = serials.keys().next();
  if (serials.size > REMEMBERED && oldest.done !== true) serials.delete(oldest.value);
}
