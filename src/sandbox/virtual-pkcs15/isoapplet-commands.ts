import { equalBytes, fromHex } from '../../core/bytes.js';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { answer, status, sw, type Reply } from '../virtual-card/status-words.js';
import { readBinary, updateBinary } from './binary-commands.js';
import { getChallenge } from './challenge.js';
import type { Pkcs15Handlers } from './command-handler.js';
import { createFile, deleteFile } from './file-management.js';
import { generateIsoAppletKey, importIsoAppletKey } from './isoapplet-keys.js';
import { performIsoAppletOperation, setIsoAppletEnvironment } from './isoapplet-security.js';
import { isAcceptableBlock, padPin, pinBlocks } from './pin-block.js';
import { changePin, unblockPin, verify } from './pkcs15-pin-commands.js';
import { freshPkcs15Volatile, secretOf, type Pkcs15Context } from './pkcs15-context.js';
import { selectFile } from './select-file.js';

const ISOAPPLET_AID = fromHex('F276A288BCFBA69D34F31001');
/** Major, minor, features: 01 extended length, 02 random numbers, 04 elliptic curves, 08 PSS, 20 RSA-4096. */
const SELECT_ANSWER = Uint8Array.of(0x00, 0x06, 0x06);
const VERSION_ANSWER = Uint8Array.of(0x01, 0x00, 0x2e);
const EXTENDED_LENGTH = 0x01;
const PIN = 1;
const PUK = 2;
const PUK_LENGTH = 16;
const TRIES: Readonly<Record<number, number>> = { [PIN]: 3, [PUK]: 3 };

/** SELECT; by the applet's own identifier it tells the first version, not an FCI. */
function select(card: Pkcs15Context, command: ParsedCommand): Reply {
  if (command.p1 !== 0x04 || !equalBytes(command.data, ISOAPPLET_AID)) return selectFile(card, command);
  if (command.p2 !== 0x00 && command.p2 !== 0x0c) return status(sw.badP1P2);
  // An applet that is selected again forgets who was there before.
  Object.assign(card.volatile, freshPkcs15Volatile(card.state.root));
  // Hosts send no Le and expect the three bytes nevertheless.
  return command.p2 === 0x0c ? status(sw.ok) : { ...answer(withFeatures(card, SELECT_ANSWER)), unasked: true };
}

/** GET DATA 0101: the second version, from now on in force. */
function getData(card: Pkcs15Context, { p1, p2, data }: ParsedCommand): Reply {
  if (p1 !== 0x01 || p2 !== 0x01) return status(sw.referenceNotFound);
  if (data.length > 0) return status(sw.wrongLength);
  card.volatile.apiVersion = 1;
  return answer(withFeatures(card, VERSION_ANSWER));
}

const withFeatures = ({ extendedLength }: Pkcs15Context, version: Uint8Array): Uint8Array =>
  version.map((byte, index) => (index === 2 && extendedLength ? byte | EXTENDED_LENGTH : byte));

/** CHANGE REFERENCE DATA: P1 = 00 changes, P1 = 01 sets the PUK and then the PIN for the first time, unpadded. */
function changeReferenceData(card: Pkcs15Context, command: ParsedCommand): Reply {
  return command.p1 === 0x01 ? setInitial(card, command) : changePin(card, command);
}

function setInitial(card: Pkcs15Context, { p2, data }: ParsedCommand): Reply {
  const tries = TRIES[p2];
  if (tries === undefined) return status(sw.referenceNotFound);
  const role = p2 === PIN ? 'pin' : 'puk';
  if (secretOf(card, role, p2) !== undefined) return status(sw.conditions);
  if (role === 'pin' && secretOf(card, 'puk', PUK) === undefined) return status(sw.conditions);
  const block = pinBlocks.isoapplet;
  if (role === 'puk' ? data.length !== PUK_LENGTH : data.length > block.length) return status(sw.wrongLength);
  const value = padPin(block, data);
  if (!isAcceptableBlock(block, value)) return status(sw.badData);
  card.state.secrets.push({ role, reference: p2, maxTries: tries, triesLeft: tries, value });
  if (role === 'pin') card.state.activated = true;
  card.saveChange();
  return status(sw.ok);
}

export const isoAppletHandlers: Pkcs15Handlers = {
  0x20: verify,
  0x22: setIsoAppletEnvironment,
  0x24: changeReferenceData,
  0x2a: performIsoAppletOperation,
  0x2c: unblockPin,
  0x46: generateIsoAppletKey,
  0x84: getChallenge,
  0xa4: select,
  0xb0: readBinary,
  0xca: getData,
  0xd6: updateBinary,
  0xdb: importIsoAppletKey,
  0xe0: createFile,
  0xe4: deleteFile,
};
