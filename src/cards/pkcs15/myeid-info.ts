import { toHex } from '../../core/bytes.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { ApduExchange } from '../apdu-exchange.js';

/*
 * What a MyEID card tells about itself by GET DATA, as OpenSC's card-myeid.c reads it (MyEID reference manual 2.1.4).
 */
const INFO = { cla: 0x00, ins: 0xca, p1: 0x01, p2: 0xa0, le: 20 } as const;
const CAPABILITIES = { cla: 0x00, ins: 0xca, p1: 0x01, p2: 0xaa, le: 12 } as const;
/** Bytes of the answer that mean something. */
const CAPABILITIES_LENGTH = 11;

/** Bit of the features, the second and third byte. */
const FEATURE_ECC = 0x08;

/** Who the card is. */
export interface MyEidInfo {
  readonly version: readonly [major: number, minor: number, revision: number];
  /** Ten bytes, hexadecimal. */
  readonly serial: string;
  /** Counts every change of files and keys. */
  readonly changeCounter: number;
}

/** What the card can do. */
export interface MyEidAbilities {
  /** RSA keys, in bits. */
  readonly maxRsaBits: number;
  /** 0 without elliptic curves. */
  readonly maxEcBits: number;
  /** Commands over 255 bytes are chained (from version 4.5); before, only DECIPHER can take 256, in two halves. */
  readonly chaining: boolean;
}

/**
 * Reads the applet information. One command.
 *
 * @returns undefined for a card that does not know the question.
 */
export async function readInfo(exchange: ApduExchange): Promise<MyEidInfo | undefined> {
  const { data, statusWord } = await exchange.send(INFO);
  if (statusWord !== SW_OK || data.length !== INFO.le) return undefined;
  const [major = 0, minor = 0, revision = 0] = data.subarray(5, 8);
  return {
    version: [major, minor, revision],
    serial: toHex(data.subarray(8, 18)),
    changeCounter: ((data[18] ?? 0) << 8) | (data[19] ?? 0),
  };
}

/** Asks what the card can do; cards before version 4.0 cannot be asked, and know RSA up to 2048 bits. One command. */
export async function readAbilities(
  exchange: ApduExchange,
  { version: [major, minor] }: Pick<MyEidInfo, 'version'>,
): Promise<MyEidAbilities> {
  const old = { maxRsaBits: 2048, maxEcBits: 0, chaining: false };
  if (major < 4) return old;
  const chaining = major > 4 || minor >= 5;
  const { data, statusWord } = await exchange.send(CAPABILITIES);
  if (statusWord !== SW_OK || data.length < CAPABILITIES_LENGTH) return { ...old, chaining };
  const number = (at: number): number => ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
  return { maxRsaBits: number(3), maxEcBits: number(1) & FEATURE_ECC ? number(9) : 0, chaining };
}
