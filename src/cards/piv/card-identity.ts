import { createHash } from 'node:crypto';
import { findTlv } from '../../core/ber-tlv.js';
import { concatBytes, toHex } from '../../core/bytes.js';
import { isMiddlewareError } from '../../core/errors.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { statusError } from '../status-words.js';
import { isAbsent, objectTags, readHead } from './data-objects.js';

/** Elements of the CHUID (SP 800-73-4 part 1 appendix A, table 9). */
const FASC_N = 0x30;
const GUID = 0x34;
/** Card identifier in the card capability container (table 8). */
const CARD_IDENTIFIER = 0xf0;
/** Both lie far at the front; the CHUID's signature behind them may take kilobytes. */
const HEAD = 256;
/** The FASC-N that everybody uses who has none of his own: agency code 9999 (SP 800-73-4 part 1 §3.4.1). */
const NOBODY = 'd4e739d';
/** Status words by which a card says that it does not know GET DATA at all. */
const notPiv = new Set([0x6d00, 0x6e00]);

/**
 * The name of a card for good: the GUID of its CHUID, in hexadecimal, or where that is void its FASC-N. A card without
 * a CHUID is named by what else it has: a YubiKey by its serial number, as printed on it, others by the card identifier,
 * and one that has nothing by a hash of its ATR. One or two commands, two or three for each with T=0.
 *
 * @returns undefined when the card does not even know the command.
 * @throws {MiddlewareError} by status word.
 */
export async function readSerial(
  exchange: ApduExchange,
  card: { readonly atr: Uint8Array; readonly isYubiKey: boolean },
): Promise<string | undefined> {
  const { data, statusWord } = await readHead(exchange, objectTags.chuid, HEAD);
  if (notPiv.has(statusWord)) return undefined;
  if (statusWord !== SW_OK && !isAbsent(statusWord)) throw statusError(statusWord, 'GET DATA');
  const named =
    serialOfChuid(data) ?? (card.isYubiKey ? await yubiKeySerial(exchange) : await cardIdentifier(exchange));
  return named ?? createHash('sha256').update(card.atr).digest('hex').slice(0, 32);
}

/** The serial number in the first bytes of a CHUID; undefined where it has none of its own or makes no sense. */
export function serialOfChuid(head: Uint8Array): string | undefined {
  const guid = elementOf(head, GUID);
  if (guid?.length === 16 && !isVoid(guid)) return toHex(guid);
  const fascN = elementOf(head, FASC_N);
  return fascN?.length === 25 && !isVoid(fascN) && !toHex(fascN).startsWith(NOBODY) ? toHex(fascN) : undefined;
}

async function cardIdentifier(exchange: ApduExchange): Promise<string | undefined> {
  const { data } = await readHead(exchange, objectTags.cardCapabilities, HEAD);
  const identifier = elementOf(data, CARD_IDENTIFIER);
  return identifier?.length === 21 && !isVoid(identifier) ? toHex(identifier) : undefined;
}

/** GET SERIAL of YubiKeys since firmware 5.0 (Yubico's PIV extensions). */
async function yubiKeySerial(exchange: ApduExchange): Promise<string | undefined> {
  const { data, statusWord } = await exchange.send({ cla: 0x00, ins: 0xf8, p1: 0x00, p2: 0x00, le: 256 });
  if (statusWord !== SW_OK || data.length !== 4) return undefined;
  return String(new DataView(data.buffer, data.byteOffset, 4).getUint32(0));
}

/** An element of a data object of which only the first bytes are there: what is missing is taken for zeros. */
function elementOf(head: Uint8Array, tag: number): Uint8Array | undefined {
  const [outer, length = 0, high = 0, low = 0] = head;
  const header = length === 0x82 ? 4 : length === 0x81 ? 3 : 2;
  const size = length === 0x82 ? (high << 8) | low : length === 0x81 ? high : length;
  if (outer !== 0x53 || length === 0x80 || length > 0x82) return undefined;
  const there = head.subarray(header, header + size);
  try {
    return findTlv(concatBytes(there, new Uint8Array(size - there.length)), tag);
  } catch (error) {
    if (!isMiddlewareError(error)) throw error;
    return undefined;
  }
}

const isVoid = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);
