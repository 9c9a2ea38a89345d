import { fromHex } from '../../core/bytes.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { ApduExchange } from '../apdu-exchange.js';

/*
 * The applet itself: IsoApplet, version 0.6 and API version 1, as OpenSC's card-isoApplet.c speaks to it.
 */
const APPLET_AID = fromHex('f276a288bcfba69d34f31001');
/** GET DATA: API version and features. */
const GET_API = { cla: 0x00, ins: 0xca, p1: 0x01, p2: 0x01, le: 3 } as const;
const features = { extendedLength: 0x01, ecc: 0x04, pss: 0x08, rsa4096: 0x20 } as const;

/** What one applet can do. */
export interface AppletAbilities {
  /** ECDSA takes the hash (API version 1); before, the card hashed with SHA-1 itself. */
  readonly signsHashes: boolean;
  readonly extendedLength: boolean;
  readonly ecc: boolean;
  readonly pss: boolean;
  readonly rsa4096: boolean;
}

/**
 * Selects the applet, which also makes it forget a verified PIN: an applet that is selected anew is deselected first
 * (Java Card RE specification 3.0.4 §4.5), and IsoApplet resets its PIN then. One command.
 *
 * @returns what the card answers, which may be nothing; undefined when it has no such applet.
 */
export async function selectApplet(exchange: ApduExchange): Promise<Uint8Array | undefined> {
  const select = { cla: 0x00, ins: 0xa4, p1: 0x04, p2: 0x00, data: APPLET_AID, le: 256 };
  const { data, statusWord } = await exchange.send(select);
  return statusWord === SW_OK ? data : undefined;
}

/**
 * Asks for the API version, which an applet of version 0 does not know: major, minor, features. From then on, until the
 * next SELECT, an applet that knows both speaks version 1. One command.
 */
export async function askApi(exchange: ApduExchange): Promise<Uint8Array | undefined> {
  const { data, statusWord } = await exchange.send(GET_API);
  return statusWord === SW_OK && data.length === GET_API.le ? data : undefined;
}

/** Reads `major minor features`, as SELECT or {@link askApi} brings them; nothing means the oldest kind. */
export function describeAbilities([major = 0, , bits = 0]: Uint8Array): AppletAbilities {
  const has = (bit: number): boolean => (bits & bit) !== 0;
  return {
    signsHashes: major >= 1,
    extendedLength: has(features.extendedLength),
    ecc: has(features.ecc),
    pss: has(features.pss),
    rsa4096: has(features.rsa4096),
  };
}
