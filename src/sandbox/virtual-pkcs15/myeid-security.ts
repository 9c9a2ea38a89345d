import { constants, privateDecrypt, type KeyObject } from 'node:crypto';
import { findTlv } from '../../core/ber-tlv.js';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { decryptPkcs1, modulusBits } from '../virtual-card/rsa-operations.js';
import { answer, status, sw, type Reply } from '../virtual-card/status-words.js';
import { isPermitted } from './access-rules.js';
import { childOf, type KeyFile } from './card-files.js';
import type { Pkcs15Context, SecurityEnvironment } from './pkcs15-context.js';
import { parseControlReference, SET_FOR_COMPUTATION } from './security-environment.js';
import { agree, ecdsaSequence, paddedRsa, rawRsa } from './signatures.js';

const APPLICATION = 0x5015;
/** Algorithm references of MyEID. */
const RAW = 0x00;
const PKCS1 = 0x02;
const ELLIPTIC = 0x04;

/** MSE SET: B6 sign, B8 decipher, A4 key agreement; 81 names the file of the key, 84 is always 00. */
export function setMyEidEnvironment(card: Pkcs15Context, command: ParsedCommand): Reply {
  card.volatile.environment = undefined;
  if (command.p1 !== SET_FOR_COMPUTATION) return status(sw.badP1P2);
  const reference = parseControlReference(command);
  if (reference === undefined || reference.purpose === 'generate') return status(sw.badP1P2);
  const { purpose, algorithm, file, key } = reference;
  if (algorithm === undefined || file === undefined || (key ?? 0) !== 0) return status(sw.badData);
  const refused = refusal(card, { purpose, algorithm, key: file });
  if (refused !== undefined) return status(refused);
  card.volatile.environment = { purpose, algorithm, key: file };
  return status(sw.ok);
}

function refusal(card: Pkcs15Context, { purpose, algorithm, key }: SecurityEnvironment): number | undefined {
  const file = keyFile(card, key);
  if (file?.pkcs8 === undefined) return sw.referenceNotFound;
  if (![RAW, PKCS1, ELLIPTIC].includes(algorithm)) return sw.unsupported;
  if ((file.type === 'ec') !== (algorithm === ELLIPTIC)) return sw.conditions;
  return purpose !== 'sign' && (file.type === 'ec') !== (purpose === 'agree') ? sw.conditions : undefined;
}

/** In the current directory, or else in the application's. */
function keyFile({ state, volatile }: Pkcs15Context, fid: number): KeyFile | undefined {
  const application = childOf(state.root, APPLICATION);
  const file = childOf(volatile.directory, fid) ?? (application?.kind === 'df' ? childOf(application, fid) : undefined);
  return file?.kind === 'key' ? file : undefined;
}

type Operation = (key: KeyObject, algorithm: number, data: Uint8Array) => Uint8Array | undefined;

/** Carries out an operation with the key that MSE SET chose for this purpose. */
function withKey(
  card: Pkcs15Context,
  purpose: SecurityEnvironment['purpose'],
  data: Uint8Array,
  operation: Operation,
): Reply {
  const { environment } = card.volatile;
  if (environment?.purpose !== purpose) return status(sw.conditions);
  const file = keyFile(card, environment.key);
  if (file?.pkcs8 === undefined) return status(sw.referenceNotFound);
  if (!isPermitted(card, file, 'use')) return status(sw.securityStatus);
  const result = operation(card.keyObject(file.pkcs8), environment.algorithm, data);
  if (result === undefined) return status(sw.badData);
  card.countKeyOperation();
  return answer(result);
}

/** PERFORM SECURITY OPERATION (ISO/IEC 7816-8:2019 §8): 9E9A sign, 8086 decipher. */
export function performMyEidOperation(card: Pkcs15Context, { p1, p2, data }: ParsedCommand): Reply {
  switch ((p1 << 8) | p2) {
    case 0x9e9a:
      return withKey(card, 'sign', data, sign);
    case 0x8086:
      return withKey(card, 'decipher', data, decipher);
    default:
      return status(sw.badP1P2);
  }
}

function sign(key: KeyObject, algorithm: number, data: Uint8Array): Uint8Array | undefined {
  if (algorithm === ELLIPTIC) return ecdsaSequence(key, data);
  return algorithm === RAW ? rawRsa(key, data) : paddedRsa(key, data);
}

/** Padding indicator 00, then the cryptogram; only with algorithm 02 the answer is without its padding. */
function decipher(key: KeyObject, algorithm: number, data: Uint8Array): Uint8Array | undefined {
  if (data[0] !== 0x00 || data.length - 1 !== modulusBits(key) / 8) return undefined;
  const cryptogram = data.subarray(1);
  try {
    if (algorithm === PKCS1) return decryptPkcs1(key, cryptogram);
    return privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, cryptogram);
  } catch {
    // OpenSSL refuses a cryptogram that is not below the modulus.
    return undefined;
  }
}

/** GENERAL AUTHENTICATE (ISO/IEC 7816-4:2020 §11.6.5): the other side's point as 85 in 7C; answers the shared x. */
export function generalAuthenticate(card: Pkcs15Context, { p1, p2, data }: ParsedCommand): Reply {
  if (p1 !== 0 || p2 !== 0) return status(sw.badP1P2);
  return withKey(card, 'agree', data, (key, _algorithm, template) => {
    const point = pointOf(template);
    return point && agree(key, point);
  });
}

function pointOf(data: Uint8Array): Uint8Array | undefined {
  try {
    const template = findTlv(data, 0x7c);
    return template && findTlv(template, 0x85);
  } catch {
    return undefined;
  }
}
