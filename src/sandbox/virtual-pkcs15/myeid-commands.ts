import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { status, sw, type Reply } from '../virtual-card/status-words.js';
import { readBinary, updateBinary } from './binary-commands.js';
import { getChallenge } from './challenge.js';
import type { Pkcs15Handlers } from './command-handler.js';
import { createFile, deleteFile } from './file-management.js';
import { activate, getMyEidData, putMyEidData } from './myeid-data.js';
import { generateMyEidKey } from './myeid-keys.js';
import { generalAuthenticate, performMyEidOperation, setMyEidEnvironment } from './myeid-security.js';
import { changePin, unblockPin, verify } from './pkcs15-pin-commands.js';
import { freshPkcs15Volatile, type Pkcs15Context } from './pkcs15-context.js';
import { makeCurrent, selectFile } from './select-file.js';

/** SELECT; by application identifier, the applet forgets who was there before. */
function select(card: Pkcs15Context, command: ParsedCommand): Reply {
  const reply = selectFile(card, command);
  if (command.p1 !== 0x04 || reply.statusWord !== sw.ok) return reply;
  const { current } = card.volatile;
  Object.assign(card.volatile, freshPkcs15Volatile(card.state.root));
  makeCurrent(card, current);
  return reply;
}

/** LOGOUT, INS 2E: no PIN is verified any more. */
function logout(card: Pkcs15Context, { p1, p2, data }: ParsedCommand): Reply {
  if (p1 !== 0 || p2 !== 0) return status(sw.badP1P2);
  if (data.length > 0) return status(sw.wrongLength);
  card.volatile.verified.clear();
  return status(sw.ok);
}

export const myEidHandlers: Pkcs15Handlers = {
  0x20: verify,
  0x22: setMyEidEnvironment,
  0x24: changePin,
  0x2a: performMyEidOperation,
  0x2c: unblockPin,
  0x2e: logout,
  0x44: activate,
  0x46: generateMyEidKey,
  0x84: getChallenge,
  0x86: generalAuthenticate,
  0xa4: select,
  0xb0: readBinary,
  0xca: getMyEidData,
  0xd6: updateBinary,
  0xda: putMyEidData,
  0xe0: createFile,
  0xe4: deleteFile,
};
