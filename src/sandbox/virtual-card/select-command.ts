import { encodeTlv } from '../../core/ber-tlv.js';
import { concatBytes, equalBytes, fromHex } from '../../core/bytes.js';
import type { CardContext } from './card-context.js';
import type { FileState } from './card-state.js';
import type { ParsedCommand } from './parsed-command.js';
import { answer, status, sw, type Reply } from './status-words.js';

/** The IDPrime applet. */
const APPLET_AID = fromHex('A000000018800000000662');
const MASTER_FILE = 0x3f00;

const fciOfFile = (file: FileState): Uint8Array =>
  encodeTlv(
    0x6f,
    concatBytes(
      encodeTlv(0x81, Uint8Array.of(file.content.length >> 8, file.content.length & 0xff)),
      encodeTlv(0x82, Uint8Array.of(0x01)),
      encodeTlv(0x83, Uint8Array.of(file.fid >> 8, file.fid & 0xff)),
    ),
  );

const fciOfMasterFile = fromHex('6F07 820138 83023F00');

/** SELECT (ISO/IEC 7816-4:2020 §11.2.2): P2 = 0C asks for no answer, 00 for FCI, 04 for FCP. */
export function selectCommand(card: CardContext, command: ParsedCommand): Reply {
  if (![0x00, 0x04, 0x0c].includes(command.p2)) return status(sw.badP1P2);
  const fci = select(card, command);
  if (typeof fci === 'number') return status(fci);
  return command.p2 === 0x0c ? status(sw.ok) : answer(fci);
}

function select(card: CardContext, command: ParsedCommand): Uint8Array | number {
  switch (command.p1) {
    case 0x04:
      return selectApplet(card, command.data);
    case 0x00:
    case 0x02:
    case 0x08:
    case 0x09:
      return selectFile(card, command.data);
    case 0x03:
      return selectMasterFile(card);
    default:
      return sw.badP1P2;
  }
}

function selectApplet(card: CardContext, aid: Uint8Array): Uint8Array | number {
  if (!equalBytes(aid, APPLET_AID)) return sw.fileNotFound;
  card.volatile.appletSelected = true;
  card.volatile.currentFile = undefined;
  card.volatile.environment = undefined;
  card.volatile.hash = undefined;
  return encodeTlv(0x6f, encodeTlv(0x84, APPLET_AID));
}

function selectMasterFile(card: CardContext): Uint8Array | number {
  if (!card.volatile.appletSelected) return sw.fileNotFound;
  card.volatile.currentFile = undefined;
  return fciOfMasterFile;
}

/** The file system is flat: a file identifier and a path from the root are the same two bytes. */
function selectFile(card: CardContext, path: Uint8Array): Uint8Array | number {
  const [high, low] = path;
  if (high === undefined) return selectMasterFile(card);
  if (low === undefined || path.length % 2 !== 0) return sw.wrongLength;
  const fid = (high << 8) | low;
  if (fid === MASTER_FILE && path.length === 2) return selectMasterFile(card);
  const file = card.state.files.find((candidate) => candidate.fid === fid);
  if (!card.volatile.appletSelected || path.length !== 2 || file === undefined) return sw.fileNotFound;
  card.volatile.currentFile = fid;
  return fciOfFile(file);
}
