import { encodeTlv } from '../../core/ber-tlv.js';
import { concatBytes, equalBytes, fromHex } from '../../core/bytes.js';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { answer, status, sw, type Reply } from '../virtual-card/status-words.js';
import { MANAGEMENT_KEY, managementKeyLength } from './management-authentication.js';
import { defaultManagementKey, defaultPin, defaultPuk, newCode } from './piv-defaults.js';
import type { PivCodeState } from './piv-card-state.js';
import { freshPivVolatile, type PivContext } from './piv-context.js';
import { algorithmOf, publicKeyObjects } from './piv-keys.js';

/** Firmware 5.4.3: metadata and AES management keys are there, and 3DES is still what a new one has. */
const VERSION = fromHex('050403');
const pinPolicyCodes = { never: 1, once: 2, always: 3 } as const;
const NEVER_TOUCH = 1;

const isPlain = ({ p1, p2, data }: ParsedCommand): boolean => p1 === 0 && p2 === 0 && data.length === 0;

/** GET VERSION, FD. */
export function getVersion(_card: PivContext, command: ParsedCommand): Reply {
  return isPlain(command) ? answer(VERSION) : status(sw.badP1P2);
}

/** GET SERIAL, F8. */
export function getSerial(card: PivContext, command: ParsedCommand): Reply {
  return isPlain(command) ? answer(card.state.serial) : status(sw.badP1P2);
}

/** GET METADATA, F7: 01 algorithm, 02 policies, 03 origin, 04 public key, 05 whether default, 06 tries. */
export function getMetadata(card: PivContext, command: ParsedCommand): Reply {
  if (command.p1 !== 0) return status(sw.badP1P2);
  const metadata = metadataOf(card, command.p2);
  return metadata === undefined ? status(sw.referenceNotFound) : answer(metadata);
}

function metadataOf(card: PivContext, reference: number): Uint8Array | undefined {
  const { pin, puk, managementKey } = card.state;
  switch (reference) {
    case 0x80:
      return codeMetadata(pin, defaultPin);
    case 0x81:
      return codeMetadata(puk, defaultPuk);
    case MANAGEMENT_KEY:
      return concatBytes(
        encodeTlv(0x01, Uint8Array.of(managementKey.algorithm)),
        encodeTlv(0x02, Uint8Array.of(0, NEVER_TOUCH)),
        encodeTlv(0x05, flag(equalBytes(managementKey.value, defaultManagementKey))),
      );
    default:
      return keyMetadata(card, reference);
  }
}

const flag = (value: boolean): Uint8Array => Uint8Array.of(value ? 1 : 0);

function codeMetadata(code: PivCodeState, standard: Uint8Array): Uint8Array {
  return concatBytes(
    encodeTlv(0x01, Uint8Array.of(0xff)),
    encodeTlv(0x05, flag(equalBytes(code.value, newCode(standard, 1).value))),
    encodeTlv(0x06, Uint8Array.of(code.maxTries, code.triesLeft)),
  );
}

function keyMetadata(card: PivContext, reference: number): Uint8Array | undefined {
  const key = card.state.keys.find((candidate) => candidate.reference === reference);
  if (key === undefined) return undefined;
  const privateKey = card.keyObject(key);
  return concatBytes(
    encodeTlv(0x01, Uint8Array.of(algorithmOf(privateKey) ?? 0)),
    encodeTlv(0x02, Uint8Array.of(pinPolicyCodes[key.pinPolicy], NEVER_TOUCH)),
    encodeTlv(0x03, Uint8Array.of(key.origin === 'generated' ? 1 : 2)),
    encodeTlv(0x04, publicKeyObjects(privateKey)),
  );
}

/** SET MANAGEMENT KEY, FF FF FF: algorithm, 9B, length, key. P2 = FE would ask for touch, which we do not play. */
export function setManagementKey(card: PivContext, command: ParsedCommand): Reply {
  const { p1, p2, data } = command;
  if (p1 !== 0xff || p2 !== 0xff) return status(sw.badP1P2);
  if (!card.volatile.managementAuthenticated) return status(sw.securityStatus);
  const [algorithm = 0, reference, length] = data;
  const value = data.subarray(3);
  const isKey = reference === MANAGEMENT_KEY && length === value.length && value.length > 0;
  if (!isKey || managementKeyLength(algorithm) !== length) return status(sw.badData);
  card.state.managementKey = { algorithm, value: value.slice() };
  card.save();
  return status(sw.ok);
}

/** SET PIN RETRIES, FA: P1 tries of the PIN, P2 of the PUK; both become the default ones. */
export function setRetries(card: PivContext, command: ParsedCommand): Reply {
  const { p1, p2, data } = command;
  if (p1 === 0 || p2 === 0) return status(sw.badP1P2);
  if (data.length > 0) return status(sw.wrongLength);
  if (!card.volatile.managementAuthenticated || !card.volatile.pinVerified) return status(sw.securityStatus);
  card.state.pin = newCode(defaultPin, p1);
  card.state.puk = newCode(defaultPuk, p2);
  card.volatile.pinVerified = false;
  card.save();
  return status(sw.ok);
}

/** RESET, FB: only when PIN and PUK are both blocked; all keys and objects are gone, and all codes are the default. */
export function resetApplication(card: PivContext, command: ParsedCommand): Reply {
  const { state, volatile } = card;
  if (!isPlain(command)) return status(sw.badP1P2);
  if (state.pin.triesLeft > 0 || state.puk.triesLeft > 0) return status(sw.conditions);
  state.pin = newCode(defaultPin, 3);
  state.puk = newCode(defaultPuk, 3);
  state.managementKey = { algorithm: 0x03, value: defaultManagementKey.slice() };
  state.keys = [];
  state.objects = [];
  Object.assign(volatile, freshPivVolatile(true));
  card.save();
  return status(sw.ok);
}
