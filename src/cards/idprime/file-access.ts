import { concatBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { SW_END_OF_FILE, SW_NOT_FOUND, SW_WRONG_P1P2, statusError } from '../status-words.js';

const APPLET_AID = Uint8Array.of(0xa0, 0x00, 0x00, 0x00, 0x18, 0x80, 0x00, 0x00, 0x00, 0x06, 0x62);
/** READ BINARY asks for this much; with T=0 it is Le = 00. */
const BLOCK = 256;

/**
 * Selects the applet (SELECT by AID, no answer wanted, ISO/IEC 7816-4:2020 §11.2.2). One command.
 *
 * @returns whether the card has it; any refusal means that the card is of another family.
 */
export async function selectApplet(exchange: ApduExchange): Promise<boolean> {
  const select = { cla: 0x00, ins: 0xa4, p1: 0x04, p2: 0x0c, data: APPLET_AID };
  return (await exchange.send(select, { discardData: true })).statusWord === SW_OK;
}

/**
 * Selects the applet of a card that is known to have it.
 *
 * @throws {MiddlewareError} ERR_CARD_UNKNOWN when the card refuses.
 */
export async function requireApplet(exchange: ApduExchange): Promise<void> {
  if (!(await selectApplet(exchange))) throw new MiddlewareError('ERR_CARD_UNKNOWN', 'Card refuses its own applet');
}

/**
 * Selects a file (SELECT by path from the MF) in the form that these cards are known to accept: with file control
 * information, which is then not fetched. One command.
 *
 * @returns whether the file exists.
 * @throws {MiddlewareError} by status word.
 */
export async function selectFile(exchange: ApduExchange, fid: number): Promise<boolean> {
  const data = Uint8Array.of(fid >> 8, fid & 0xff);
  const { statusWord } = await exchange.send(
    { cla: 0x00, ins: 0xa4, p1: 0x08, p2: 0x00, data, le: 256 },
    { discardData: true },
  );
  if (statusWord === SW_NOT_FOUND) return false;
  if (statusWord !== SW_OK) throw statusError(statusWord, 'SELECT');
  return true;
}

/**
 * Reads the selected file from `start` to `end` or to its own end, whichever comes first (READ BINARY, ISO/IEC
 * 7816-4:2020 §11.3.3).
 *
 * @throws {MiddlewareError} by status word.
 */
export async function readBinary(exchange: ApduExchange, end: number, start = 0): Promise<Uint8Array> {
  const blocks: Uint8Array[] = [];
  for (let offset = start; offset < end;) {
    const le = Math.min(BLOCK, end - offset);
    const command = { cla: 0x00, ins: 0xb0, p1: offset >> 8, p2: offset & 0xff, le };
    const { data, statusWord } = await exchange.send(command);
    if (statusWord === SW_WRONG_P1P2 && offset > 0) break;
    if (statusWord !== SW_OK && statusWord !== SW_END_OF_FILE) throw statusError(statusWord, 'READ BINARY');
    blocks.push(data.subarray(0, le));
    offset += data.length;
    if (data.length < le) break;
  }
  return concatBytes(...blocks);
}

/** Selects a file and reads it up to `limit` bytes; undefined when there is no such file. Errors as the parts'. */
export async function readFile(exchange: ApduExchange, fid: number, limit: number): Promise<Uint8Array | undefined> {
  return (await selectFile(exchange, fid)) ? readBinary(exchange, limit) : undefined;
}
