import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { answer, status, sw, type Reply } from '../virtual-card/status-words.js';
import { applicationOf, childOf, MASTER_FILE, parentOf, type CardFile, type DedicatedFile } from './card-files.js';
import { fileControlInformation } from './file-control-information.js';
import type { Pkcs15Context } from './pkcs15-context.js';

/** SELECT (ISO/IEC 7816-4:2020 §11.2.2): P2 = 00 asks for FCI, 04 for FCP, 0C for no answer. */
export function selectFile(card: Pkcs15Context, command: ParsedCommand): Reply {
  const { p2 } = command;
  if (p2 !== 0x00 && p2 !== 0x04 && p2 !== 0x0c) return status(sw.badP1P2);
  const file = find(card, command);
  if (typeof file === 'number') return status(file);
  makeCurrent(card, file);
  return p2 === 0x0c ? status(sw.ok) : answer(fileControlInformation(card.state, file, p2 === 0 ? 'fci' : 'fcp'));
}

/** A selected file makes its directory current; parts of a key for another file are forgotten. */
export function makeCurrent(card: Pkcs15Context, file: CardFile): void {
  card.volatile.current = file;
  card.volatile.keyParts.clear();
  card.volatile.directory = file.kind === 'df' ? file : (parentOf(card.state.root, file) ?? card.state.root);
}

function find(card: Pkcs15Context, { p1, data }: ParsedCommand): CardFile | number {
  const { directory } = card.volatile;
  const { root } = card.state;
  switch (p1) {
    case 0x00:
      return data.length === 0 ? root : oneIdentifier(data, (fid) => nearby(card, fid));
    case 0x01:
      return oneIdentifier(data, (fid) => childIf(directory, fid, true));
    case 0x02:
      return oneIdentifier(data, (fid) => childIf(directory, fid, false));
    case 0x03:
      return data.length === 0 ? (parentOf(root, directory) ?? sw.fileNotFound) : sw.wrongLength;
    case 0x04:
      return applicationOf(root, data) ?? sw.fileNotFound;
    case 0x08:
      return walk(root, data);
    case 0x09:
      return walk(directory, data);
    default:
      return sw.badP1P2;
  }
}

const uint16 = (bytes: Uint8Array, offset = 0): number => ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);

function oneIdentifier(data: Uint8Array, choose: (fid: number) => CardFile | undefined): CardFile | number {
  return data.length === 2 ? (choose(uint16(data)) ?? sw.fileNotFound) : sw.wrongLength;
}

function childIf(directory: DedicatedFile, fid: number, isDirectory: boolean): CardFile | undefined {
  const file = childOf(directory, fid);
  return (file?.kind === 'df') === isDirectory ? file : undefined;
}

/** P1 = 00: the root, the current directory, what is in it, the directory above, what is in that; in this order. */
function nearby({ state, volatile }: Pkcs15Context, fid: number): CardFile | undefined {
  if (fid === MASTER_FILE) return state.root;
  const { directory } = volatile;
  if (directory.fid === fid) return directory;
  const parent = parentOf(state.root, directory);
  const above = parent?.fid === fid ? parent : parent && childOf(parent, fid);
  return childOf(directory, fid) ?? above;
}

/** Identifiers one after the other; the starting point itself is not among them. */
function walk(start: DedicatedFile, path: Uint8Array): CardFile | number {
  if (path.length === 0 || path.length % 2 !== 0) return sw.wrongLength;
  let file: CardFile = start;
  for (let offset = 0; offset < path.length; offset += 2) {
    const next: CardFile | undefined = file.kind === 'df' ? childOf(file, uint16(path, offset)) : undefined;
    if (next === undefined) return sw.fileNotFound;
    file = next;
  }
  return file;
}
