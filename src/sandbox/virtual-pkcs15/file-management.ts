import { findTlv } from '../../core/ber-tlv.js';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { status, sw, type Reply } from '../virtual-card/status-words.js';
import { isPermitted } from './access-rules.js';
import { childOf, isFreeToUse, parentOf, sizeOf, type CardFile } from './card-files.js';
import { keyBits } from './private-keys.js';
import { freeBytes, type Pkcs15Context } from './pkcs15-context.js';
import { makeCurrent } from './select-file.js';

/** READ BINARY has 15 bits of offset. */
const MAX_FILE_SIZE = 0x7fff;
const MAX_SECRET_BITS = 1024;
const uint16 = (bytes: Uint8Array): number => ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);

/** CREATE FILE (ISO/IEC 7816-9:2017 §7.2) in the current directory; the new file becomes the current one. */
export function createFile(card: Pkcs15Context, command: ParsedCommand): Reply {
  if (command.p1 !== 0 || command.p2 !== 0) return status(sw.badP1P2);
  const { directory } = card.volatile;
  const file = parseTemplate(card, command.data);
  if (file === undefined) return status(sw.badData);
  if (!isPermitted(card, directory, file.kind === 'df' ? 'createDf' : 'createEf')) return status(sw.securityStatus);
  if (childOf(directory, file.fid) !== undefined) return status(sw.fileExists);
  if (sizeOf(file) > freeBytes(card, keyBits)) return status(sw.noSpace);
  directory.children.push(file);
  card.saveChange();
  makeCurrent(card, file);
  return status(sw.ok);
}

function parseTemplate(card: Pkcs15Context, data: Uint8Array): CardFile | undefined {
  try {
    // IsoApplet is given an FCI template, MyEID an FCP template.
    const template = findTlv(data, card.state.commandSet === 'isoapplet' ? 0x6f : 0x62);
    return template && parseFile(card, template);
  } catch {
    return undefined;
  }
}

function parseFile(card: Pkcs15Context, template: Uint8Array): CardFile | undefined {
  const fid = findTlv(template, 0x83);
  const access = findTlv(template, 0x86);
  const size = findTlv(template, 0x80) ?? findTlv(template, 0x81);
  const descriptor = findTlv(template, 0x82);
  if (fid?.length !== 2 || !isFreeToUse(uint16(fid)) || size?.length !== 2 || descriptor?.length !== 1)
    return undefined;
  if (access?.length !== (card.state.commandSet === 'isoapplet' ? 8 : 3)) return undefined;
  const common = { fid: uint16(fid), access: access.slice() };
  switch (descriptor[0]) {
    case 0x38:
      return { kind: 'df', ...common, aid: findTlv(template, 0x84)?.slice(), children: [] };
    case 0x01:
      return uint16(size) <= MAX_FILE_SIZE
        ? { kind: 'ef', ...common, content: new Uint8Array(uint16(size)) }
        : undefined;
    case 0x11:
    case 0x22:
      return keyFile(card, common, descriptor[0] === 0x11 ? 'rsa' : 'ec', uint16(size));
    case 0x41:
      if (card.state.commandSet !== 'myeid' || uint16(size) > MAX_SECRET_BITS) return undefined;
      return { kind: 'secret', ...common, bits: uint16(size) };
    default:
      return undefined;
  }
}

/** Key files are MyEID's. */
function keyFile(
  { state }: Pkcs15Context,
  common: { readonly fid: number; readonly access: Uint8Array },
  type: 'rsa' | 'ec',
  bits: number,
): CardFile | undefined {
  const isSupported = (type === 'rsa' ? [1024, 2048, 3072, 4096] : [256, 384]).includes(bits);
  if (state.commandSet !== 'myeid' || !isSupported) return undefined;
  return { kind: 'key', ...common, type, bits, pkcs8: undefined };
}

/**
 * DELETE FILE (ISO/IEC 7816-9:2017 §7.3), a directory with all that is in it: the file of the current directory with
 * this identifier, or the current file when there is no data. The directory above becomes current.
 */
export function deleteFile(card: Pkcs15Context, command: ParsedCommand): Reply {
  if (command.p1 !== 0 || command.p2 !== 0) return status(sw.badP1P2);
  if (command.data.length !== 0 && command.data.length !== 2) return status(sw.wrongLength);
  const { current, directory } = card.volatile;
  const file = command.data.length === 0 ? current : named(card, uint16(command.data));
  if (file === undefined) return status(sw.fileNotFound);
  const parent = parentOf(card.state.root, file);
  if (parent === undefined) return status(file === directory ? sw.conditions : sw.fileNotFound);
  if (!isPermitted(card, file, 'delete') || !isPermitted(card, parent, 'deleteChild')) return status(sw.securityStatus);
  parent.children.splice(parent.children.indexOf(file), 1);
  card.volatile.environment = undefined;
  card.saveChange();
  makeCurrent(card, parent);
  return status(sw.ok);
}

/** A child of the current directory, or the current directory itself. */
function named({ volatile }: Pkcs15Context, fid: number): CardFile | undefined {
  return childOf(volatile.directory, fid) ?? (volatile.directory.fid === fid ? volatile.directory : undefined);
}
