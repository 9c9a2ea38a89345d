import { concatBytes, equalBytes } from '../../core/bytes.js';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { answer, status, sw, type Reply } from '../virtual-card/status-words.js';
import { isPermitted } from './access-rules.js';
import { keyPartReferences, loadMyEidKeyPart, readMyEidPublicKey } from './myeid-keys.js';
import { isAcceptableBlock, padPin, pinBlocks } from './pin-block.js';
import type { Pkcs15CardState } from './pkcs15-card-state.js';
import { freshPkcs15Volatile, secretOf, type Pkcs15Context } from './pkcs15-context.js';
import { emptyMyEidRoot, PKCS15_AID } from './empty-card.js';

/** Applet 4.5.0: the first version with command chaining. */
const VERSION = Uint8Array.of(4, 5, 0);
/** Version 1; RSA and elliptic curves; at most RSA-4096, no DES, no AES, P-384. */
const CAPABILITIES = Uint8Array.of(0x01, 0x00, 0x09, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x80);
const MAX_PIN_REFERENCE = 14;
const INIT_LENGTH = 8;
const PIN_RECORD_LENGTH = 19;

const uint16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 0xff);

/** GET DATA 01xx: A0 applet and change counter, A1 files of the current directory, AA capabilities, 01 and 86 keys. */
export function getMyEidData(card: Pkcs15Context, { p1, p2, data }: ParsedCommand): Reply {
  if (p1 !== 0x01) return status(sw.referenceNotFound);
  if (data.length > 0) return status(sw.wrongLength);
  switch (p2) {
    case 0xa0:
      return answer(appletInformation(card.state));
    case 0xa1:
      return answer(concatBytes(...card.volatile.directory.children.map(({ fid }) => uint16(fid))));
    case 0xaa:
      return answer(CAPABILITIES);
    case 0x01:
      return readMyEidPublicKey(card, 'rsa');
    case 0x86:
      return readMyEidPublicKey(card, 'ec');
    default:
      return status(sw.referenceNotFound);
  }
}

/** Five bytes about the chip, version, serial number, change counter. */
const appletInformation = ({ serial, changes }: Pkcs15CardState): Uint8Array =>
  concatBytes(new Uint8Array(5), VERSION, serial, uint16(changes & 0xffff));

/** PUT DATA 01xx: E0 erase, 01 to 0E a PIN, 80 to 89 a part of a key. */
export function putMyEidData(card: Pkcs15Context, command: ParsedCommand): Reply {
  const { p1, p2 } = command;
  if (p1 !== 0x01) return status(sw.referenceNotFound);
  if (p2 === 0xe0) return erase(card, command.data);
  if (p2 >= 1 && p2 <= MAX_PIN_REFERENCE) return createPin(card, p2, command.data);
  return keyPartReferences.includes(p2) ? loadMyEidKeyPart(card, command) : status(sw.referenceNotFound);
}

/** FFFF, root create, erase, FF, application create, application delete, FF. Files, keys and PINs are gone afterwards. */
function erase(card: Pkcs15Context, data: Uint8Array): Reply {
  const [first, second, rootCreate, eraseAccess, , create, remove] = data;
  if (data.length !== INIT_LENGTH || first !== 0xff || second !== 0xff) return status(sw.badData);
  if (rootCreate === undefined || eraseAccess === undefined || create === undefined || remove === undefined) {
    return status(sw.badData);
  }
  const { state } = card;
  if (!isPermitted(card, state.root, 'delete')) return status(sw.securityStatus);
  state.root = emptyMyEidRoot(Uint8Array.of(rootCreate, eraseAccess, 0xff), Uint8Array.of(create, remove, 0xff));
  for (const { value } of state.secrets) value.fill(0);
  state.secrets.length = 0;
  state.activated = false;
  card.saveChange();
  Object.assign(card.volatile, freshPkcs15Volatile(state.root));
  return status(sw.ok);
}

/** PIN and PUK as blocks, their tries, 00. Once the card is activated its PINs are final. */
function createPin(card: Pkcs15Context, reference: number, data: Uint8Array): Reply {
  const block = pinBlocks.myeid;
  if (data.length !== PIN_RECORD_LENGTH) return status(sw.wrongLength);
  if (card.state.activated) return status(sw.conditions);
  const values = [data.subarray(0, block.length), data.subarray(block.length, 2 * block.length)];
  const tries = [data[16], data[17]];
  if (!values.every((value) => isAcceptableBlock(block, value))) return status(sw.badData);
  for (const [index, role] of (['pin', 'puk'] as const).entries()) {
    const [value, maxTries] = [values[index], tries[index]];
    if (value === undefined || maxTries === undefined || maxTries < 1 || maxTries > 15) return status(sw.badData);
    const old = secretOf(card, role, reference);
    if (old !== undefined) card.state.secrets.splice(card.state.secrets.indexOf(old), 1);
    card.state.secrets.push({ role, reference, maxTries, triesLeft: maxTries, value: padPin(block, value) });
  }
  card.saveChange();
  return status(sw.ok);
}

/** ACTIVATE, INS 44: from now on access conditions count. */
export function activate(card: Pkcs15Context, { p1, p2, data }: ParsedCommand): Reply {
  if (p1 !== 0x04 || p2 !== 0x00) return status(sw.badP1P2);
  if (!equalBytes(data, PKCS15_AID)) return status(sw.fileNotFound);
  if (card.state.activated) return status(sw.conditions);
  card.state.activated = true;
  card.saveChange();
  return status(sw.ok);
}
