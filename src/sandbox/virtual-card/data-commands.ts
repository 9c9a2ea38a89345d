import { createHash } from 'node:crypto';
import { encodeTlv } from '../../core/ber-tlv.js';
import { concatBytes, equalBytes, fromHex } from '../../core/bytes.js';
import type { CardContext } from './card-context.js';
import type { PinState } from './card-state.js';
import type { ParsedCommand } from './parsed-command.js';
import { answer, status, sw, type Reply } from './status-words.js';

const CARD_IDENTIFIER = 0x0201;
/**
 * Production life cycle data (GlobalPlatform 2.3.1, 9F7F), 42 bytes: fabricator, type, system and its release date. Then
 * come the system's release level, the fabrication date, and the serial and batch numbers of the chip.
 */
const CPLC_LENGTH = 42;
const CPLC_START = fromHex('4090 0000 0000 0000');

/** GET DATA (ISO/IEC 7816-4:2020 §11.5.3): 9F7F production life cycle, DF30 applet version. */
export function getData(card: CardContext, command: ParsedCommand): Reply {
  if (command.data.length > 0) return status(sw.wrongLength);
  const { appletVersion } = card.model;
  switch ((command.p1 << 8) | command.p2) {
    case 0x9f7f:
      return answer(encodeTlv(0x9f7f, productionLifeCycle(card)));
    case 0xdf30:
      if (appletVersion === undefined) return status(sw.referenceNotFound);
      return answer(encodeTlv(0xdf30, Buffer.from(appletVersion, 'ascii')));
    default:
      return status(sw.referenceNotFound);
  }
}

/** No two cards have the same chip: its numbers here come from the card identifier. */
function productionLifeCycle(card: CardContext): Uint8Array {
  const cardId = card.state.files.find((file) => file.fid === CARD_IDENTIFIER)?.content ?? new Uint8Array(16);
  const chipNumbers = createHash('sha256').update(cardId).digest().subarray(0, 6);
  const levelAndDate = Uint8Array.of(card.model.lifeCycleLevel, 0, 0, 0);
  const start = concatBytes(CPLC_START, levelAndDate, chipNumbers);
  return concatBytes(start, new Uint8Array(CPLC_LENGTH - start.length));
}

/** The request of the vendor's software for what the card knows of a PIN: A0 { 83 PIN reference }. */
const PIN_OBJECT_REQUEST = fromHex('A003 8301');

/**
 * GET DATA with data (ISO/IEC 7816-4:2020 §11.5.3), P1-P2 00FF: the PIN object. Tags and lengths were seen on real cards
 * by third parties; that 8C ends in the number of tries and 9C in those that are left is this card's own, since nobody
 * published what they mean.
 */
export function getPinObject(card: CardContext, command: ParsedCommand): Reply {
  if (command.p1 !== 0x00 || command.p2 !== 0xff) return status(sw.badP1P2);
  if (command.data.length !== 5 || !equalBytes(command.data.subarray(0, 4), PIN_OBJECT_REQUEST)) {
    return status(sw.badData);
  }
  const pin = card.state.pins.find(({ reference }) => reference === command.data[4]);
  return pin === undefined ? status(sw.referenceNotFound) : answer(encodeTlv(0xa0, pinObject(pin)));
}

function pinObject(pin: PinState): Uint8Array {
  return concatBytes(
    encodeTlv(0x83, Uint8Array.of(pin.reference)),
    encodeTlv(0x8c, Uint8Array.of(0, 0, 0, pin.maxTries)),
    encodeTlv(0x9c, Uint8Array.of(0, 0, 0, pin.triesLeft)),
    encodeTlv(0xdf21, fromHex('00FFA504')),
    encodeTlv(0xdf27, fromHex('FFFF')),
    encodeTlv(0xdf28, Uint8Array.of(16)),
  );
}
