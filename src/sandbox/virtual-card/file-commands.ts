import { findTlv } from '../../core/ber-tlv.js';
import type { CardContext } from './card-context.js';
import type { FileState } from './card-state.js';
import type { ParsedCommand } from './parsed-command.js';
import { answer, status, sw, type Reply } from './status-words.js';
import { writeRefusal } from './write-permission.js';

const CARD_IDENTIFIER = 0x0201;
/** READ BINARY has 15 bits of offset. */
const MAX_FILE_SIZE = 0x7fff;
/** Length of a key reference with its tag. */
const KEY_TO_DELETE = 3;
/** The index, key map, card identifier, cache file, application list and container map belong to the card. */
const PERMANENT_FILES: readonly number[] = [0x0101, 0x0005, 0x0201, 0x0202, 0x0203, 0x0204];

const currentFile = (card: CardContext): FileState | undefined =>
  card.state.files.find((file) => file.fid === card.volatile.currentFile);

const offsetOf = (command: ParsedCommand): number => (command.p1 << 8) | command.p2;
/** P1 with bit 8 set addresses a file by short identifier; this card has none. */
const usesShortIdentifier = (command: ParsedCommand): boolean => (command.p1 & 0x80) !== 0;

/** READ BINARY (ISO/IEC 7816-4:2020 §11.3.3). All files are free to read. */
export function readBinary(card: CardContext, command: ParsedCommand): Reply {
  if (usesShortIdentifier(command)) return status(sw.fileNotFound);
  if (command.data.length > 0 || command.ne === undefined) return status(sw.wrongLength);
  const file = currentFile(card);
  if (file === undefined) return status(sw.noCurrentFile);
  const offset = offsetOf(command);
  if (offset >= file.content.length) return status(sw.wrongOffset);
  return answer(file.content.slice(offset, offset + command.ne));
}

/** UPDATE BINARY (ISO/IEC 7816-4:2020 §11.3.5), after VERIFY of PIN 11; the card identifier stays what it is. */
export function updateBinary(card: CardContext, command: ParsedCommand): Reply {
  if (usesShortIdentifier(command)) return status(sw.fileNotFound);
  if (command.data.length === 0) return status(sw.wrongLength);
  const file = currentFile(card);
  if (file === undefined) return status(sw.noCurrentFile);
  const refused = writeRefusal(card);
  if (refused !== undefined) return refused;
  if (file.fid === CARD_IDENTIFIER) return status(sw.securityStatus);
  const offset = offsetOf(command);
  if (offset >= file.content.length) return status(sw.wrongOffset);
  if (offset + command.data.length > file.content.length) return status(sw.noSpace);
  file.content.set(command.data, offset);
  card.save();
  return status(sw.ok);
}

/** CREATE FILE (ISO/IEC 7816-9:2017 §7.2): FCP template 62 with size (80 or 81), descriptor 01 and identifier 83. */
export function createFile(card: CardContext, command: ParsedCommand): Reply {
  if (command.p1 !== 0 || command.p2 !== 0) return status(sw.badP1P2);
  const refused = writeRefusal(card);
  if (refused !== undefined) return refused;
  const wanted = parseFcp(command.data);
  if (wanted === undefined) return status(sw.badData);
  if (card.state.files.some((file) => file.fid === wanted.fid)) return status(sw.fileExists);
  if (wanted.size > freeBytes(card)) return status(sw.noSpace);
  card.state.files.push({ fid: wanted.fid, content: new Uint8Array(wanted.size) });
  card.volatile.currentFile = wanted.fid;
  card.save();
  return status(sw.ok);
}

/**
 * DELETE FILE (ISO/IEC 7816-9:2017 §7.3) by file identifier, or the current file when there is no data; also by
 * reference (84) the key that a torn write left behind, which is this card's own way.
 */
export function deleteFile(card: CardContext, command: ParsedCommand): Reply {
  if ((command.p1 !== 0 && command.p1 !== 2) || command.p2 !== 0) return status(sw.badP1P2);
  if (![0, 2, KEY_TO_DELETE].includes(command.data.length)) return status(sw.wrongLength);
  const refused = writeRefusal(card);
  if (refused !== undefined) return refused;
  if (command.data.length === KEY_TO_DELETE) return deleteKey(card, command.data);
  const fid = command.data.length === 2 ? uint16(command.data) : card.volatile.currentFile;
  const index = card.state.files.findIndex((file) => file.fid === fid);
  if (fid === undefined || index < 0) return status(sw.fileNotFound);
  if (PERMANENT_FILES.includes(fid)) return status(sw.conditions);
  card.state.files.splice(index, 1);
  if (card.volatile.currentFile === fid) card.volatile.currentFile = undefined;
  card.save();
  return status(sw.ok);
}

function deleteKey(card: CardContext, data: Uint8Array): Reply {
  if (data[0] !== 0x84 || data[1] !== 1) return status(sw.badData);
  const index = card.state.keys.findIndex(({ reference }) => reference === data[2]);
  if (index < 0) return status(sw.referenceNotFound);
  card.state.keys.splice(index, 1);
  card.volatile.environment = undefined;
  card.save();
  return status(sw.ok);
}

function freeBytes(card: CardContext): number {
  return card.state.files.reduce((free, file) => free - file.content.length, card.state.capacity);
}

const uint16 = (bytes: Uint8Array): number => ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);

function parseFcp(data: Uint8Array): { fid: number; size: number } | undefined {
  try {
    const template = findTlv(data, 0x62);
    const size = template && (findTlv(template, 0x80) ?? findTlv(template, 0x81));
    const fid = template && findTlv(template, 0x83);
    const descriptor = template && findTlv(template, 0x82);
    if (size?.length !== 2 || fid?.length !== 2 || descriptor?.[0] !== 0x01) return undefined;
    const wanted = { fid: uint16(fid), size: uint16(size) };
    return wanted.size > 0 && wanted.size <= MAX_FILE_SIZE && wanted.fid !== 0x3f00 ? wanted : undefined;
  } catch {
    return undefined;
  }
}
