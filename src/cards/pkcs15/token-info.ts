import { parseTlvs } from '../../core/ber-tlv.js';
import { toHex } from '../../core/bytes.js';
import { childrenOf, malformed, objectLength, tags, textOf, valueOf } from './der.js';

/** EF.TokenInfo / EF.CIAInfo (ISO/IEC 7816-15:2016 §8.10), as far as we use it. */
export interface TokenDescription {
  /** Hexadecimal, as other programs print it; empty when the card has none. */
  readonly serial: string;
  readonly label: string | undefined;
  /** GeneralizedTime as written, `YYYYMMDDHHMMSSZ`: rewritten by whoever changes the directories. */
  readonly lastUpdate: string | undefined;
  /** Where in the file the time lies, in bytes, so that it can be rewritten alone. */
  readonly lastUpdateAt: number | undefined;
}

const GENERALIZED_TIME = /^\d{14}Z$/;
/** [5] EXPLICIT LastUpdate: GeneralizedTime of 15 characters. */
const LAST_UPDATE_HEADER = [0xa5, 0x11, 0x18, 0x0f] as const;

/**
 * Reads EF.TokenInfo.
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE when it is none.
 */
export function parseTokenInfo(bytes: Uint8Array): TokenDescription {
  const length = objectLength(bytes);
  if (bytes[0] !== tags.sequence || length === undefined || length > bytes.length) throw malformed('TokenInfo');
  const whole = bytes.subarray(0, length);
  const objects = childrenOf(parseTlvs(whole), tags.sequence, 'TokenInfo');
  const serial = valueOf(objects, tags.octetString);
  if (serial === undefined || serial.length > 64) throw malformed('TokenInfo without a serial number');
  return { serial: toHex(serial), label: textOf(valueOf(objects, tags.context(0))), ...parseLastUpdate(whole) };
}

function parseLastUpdate(whole: Uint8Array): Pick<TokenDescription, 'lastUpdate' | 'lastUpdateAt'> {
  const at = Buffer.from(whole).lastIndexOf(Uint8Array.from(LAST_UPDATE_HEADER)) + LAST_UPDATE_HEADER.length;
  const text = Buffer.from(whole.subarray(at, at + 15)).toString('latin1');
  const found = at >= LAST_UPDATE_HEADER.length && GENERALIZED_TIME.test(text);
  return found ? { lastUpdate: text, lastUpdateAt: at } : { lastUpdate: undefined, lastUpdateAt: undefined };
}

/**
 * The next value for lastUpdate: now, but always later than the one before, so that two changes within a second are
 * two. 15 characters, ASCII.
 */
export function nextLastUpdate(previous: string, nowMs: number): Uint8Array {
  const spelt = previous.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const before = Date.parse(spelt);
  const time = new Date(Number.isNaN(before) ? nowMs : Math.max(nowMs, before + 1000));
  const digits = time.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return Uint8Array.from(Buffer.from(digits.length === 15 ? digits : '99991231235959Z', 'latin1'));
}
