import { encodeTlv } from '../../core/ber-tlv.js';
import { concatBytes, fromHex } from '../../core/bytes.js';
import type { CardContext } from './card-context.js';
import type { ParsedCommand } from './parsed-command.js';
import { answer, status, sw, type Reply } from './status-words.js';

const APPLET_VERSION = '4.4.2.A';
/**
 * Production life cycle data (GlobalPlatform 2.3.1, 9F7F), 42 bytes: the fabricator first, and at offset 8 the release
 * level of the operating system. 04 makes older OpenSC count key references from 56.
 */
const CPLC_START = fromHex('4090 00000000 0000 0400 0000');

/** GET DATA (ISO/IEC 7816-4:2020 §11.5.3): 9F7F production life cycle, DF30 applet version. */
export function getData(card: CardContext, command: ParsedCommand): Reply {
  if (command.data.length > 0) return status(sw.wrongLength);
  switch ((command.p1 << 8) | command.p2) {
    case 0x9f7f:
      return answer(encodeTlv(0x9f7f, productionLifeCycle(card)));
    case 0xdf30:
      return answer(encodeTlv(0xdf30, Buffer.from(APPLET_VERSION, 'ascii')));
    default:
      return status(sw.referenceNotFound);
  }
}

function productionLifeCycle(card: CardContext): Uint8Array {
  const cardId = card.state.files.find((file) => file.fid === 0x0201)?.content ?? new Uint8Array(8);
  const start = concatBytes(CPLC_START, cardId.subarray(0, 8));
  return concatBytes(start, new Uint8Array(42 - start.length));
}

/** GET CHALLENGE (ISO/IEC 7816-4:2020 §11.6.3): 8 bytes with P2 = 01, 16 with P2 = 00. */
export function getChallenge(card: CardContext, command: ParsedCommand): Reply {
  if (command.p1 !== 0 || command.p2 > 1) return status(sw.badP1P2);
  if (command.data.length > 0 || command.ne === undefined) return status(sw.wrongLength);
  return answer(card.random(command.p2 === 1 ? 8 : 16));
}
