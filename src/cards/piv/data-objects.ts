import { encodeTlv, findTlv } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import type { CommandApdu } from '../../iso7816/command-apdu.js';
import { SW_OK, type ResponseApdu } from '../../iso7816/response-apdu.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { SW_NOT_FOUND, statusError } from '../status-words.js';

/** Tags of data objects other than certificates (SP 800-73-4 part 1 table 3). */
export const objectTags = {
  discovery: 0x7e,
  cardCapabilities: 0x5fc107,
  chuid: 0x5fc102,
  keyHistory: 0x5fc10c,
  printedInformation: 0x5fc109,
} as const;

/** Wraps the contents of a data object, except of those that are templates themselves (part 2 §3.1.2). */
const DATA = 0x53;
const TAG_LIST = 0x5c;
/** As much as there is: 256 bytes at a time in the short form. */
const EVERYTHING = 65_536;

/**
 * The contents of a data object (GET DATA, SP 800-73-4 part 2 §3.1.2), as long as they are.
 *
 * @returns undefined when the card has no such object, or an empty one.
 * @throws {MiddlewareError} by status word; ERR_CARD_RESPONSE when the answer is not that object.
 */
export async function readObject(exchange: ApduExchange, tag: number): Promise<Uint8Array | undefined> {
  return contentsOf(tag, await askForObject(exchange, tag));
}

/**
 * As {@link readObject}, of an object that the PIN guards.
 *
 * @param work - is lent the contents, which are wiped afterwards.
 */
export async function useGuardedObject<T>(
  exchange: ApduExchange,
  tag: number,
  work: (contents: Uint8Array | undefined) => Promise<T>,
): Promise<T> {
  const answer = await exchange.send(getData(tag, EVERYTHING), { confidentialAnswer: true });
  try {
    return await work(contentsOf(tag, answer));
  } finally {
    answer.data.fill(0);
  }
}

/** The card's answer when it is asked for a data object: {@link contentsOf} tells what it means. */
export function askForObject(exchange: ApduExchange, tag: number): Promise<ResponseApdu> {
  return exchange.send(getData(tag, EVERYTHING));
}

/** As {@link readObject}, of an answer. */
export function contentsOf(tag: number, { data, statusWord }: ResponseApdu): Uint8Array | undefined {
  if (isAbsent(statusWord)) return undefined;
  if (statusWord !== SW_OK) throw statusError(statusWord, 'GET DATA');
  const value = findTlv(data, tag === objectTags.discovery ? tag : DATA);
  if (value === undefined) throw new MiddlewareError('ERR_CARD_RESPONSE', 'Answer is not the data object');
  return value.length === 0 ? undefined : value;
}

/**
 * The first bytes of a data object, header included, and no more: what else the card offers is not fetched. One
 * command, two with T=0.
 *
 * @param length at most 256; the answer may be shorter. A refusal is the caller's to judge.
 */
export async function readHead(exchange: ApduExchange, tag: number, length: number): Promise<ObjectHead> {
  const { data, statusWord } = await exchange.send(getData(tag, length), { beginning: length });
  return { data: statusWord === SW_OK ? data.subarray(0, length) : new Uint8Array(), statusWord };
}

/** What a card answers when the beginning of a data object is asked for. */
export interface ObjectHead {
  /** Empty unless the status word is {@link SW_OK}. */
  readonly data: Uint8Array;
  readonly statusWord: number;
}

/** Whether a status word says that there is no such object: 6A82, on some cards 6A88. */
export function isAbsent(statusWord: number): boolean {
  return statusWord === SW_NOT_FOUND || statusWord === 0x6a88;
}

/** PUT DATA (SP 800-73-4 part 2 §3.3.2): the whole object anew; nothing empties it. */
export function putData(tag: number, contents: Uint8Array): CommandApdu {
  return { cla: 0x00, ins: 0xdb, p1: 0x3f, p2: 0xff, data: concatBytes(tagList(tag), encodeTlv(DATA, contents)) };
}

function getData(tag: number, le: number): CommandApdu {
  return { cla: 0x00, ins: 0xcb, p1: 0x3f, p2: 0xff, data: tagList(tag), le };
}

function tagList(tag: number): Uint8Array {
  return encodeTlv(TAG_LIST, tag > 0xff ? Uint8Array.of(tag >> 16, (tag >> 8) & 0xff, tag & 0xff) : Uint8Array.of(tag));
}
