import { createHash, type KeyObject } from 'node:crypto';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { decryptPkcs1, modulusBits, signPss, type HashName } from '../virtual-card/rsa-operations.js';
import { answer, status, sw, type Reply } from '../virtual-card/status-words.js';
import { isoAppletGeneration } from './isoapplet-keys.js';
import type { Pkcs15Context, SecurityEnvironment } from './pkcs15-context.js';
import { parseControlReference, SET_FOR_COMPUTATION } from './security-environment.js';
import { ecdsaSequence, paddedRsa } from './signatures.js';

const USER_PIN = 1;
const MAX_KEY_REFERENCE = 15;
/** Algorithm references of IsoApplet. */
const RSA_PKCS1 = 0x11;
const RSA_PSS = 0x12;
const ECDSA = 0x21;

/** MSE SET: B6 sign, B8 decipher, 00 generate or import. A file reference (81) may come and means nothing. */
export function setIsoAppletEnvironment(card: Pkcs15Context, command: ParsedCommand): Reply {
  card.volatile.environment = undefined;
  if (command.p1 !== SET_FOR_COMPUTATION) return status(sw.badP1P2);
  const reference = parseControlReference(command);
  if (reference === undefined || reference.purpose === 'agree') return status(sw.badP1P2);
  const { purpose, algorithm, key } = reference;
  if (algorithm === undefined || key === undefined) return status(sw.badData);
  const refused = refusal(card, { purpose, algorithm, key });
  if (refused !== undefined) return status(refused);
  card.volatile.environment = { purpose, algorithm, key };
  return status(sw.ok);
}

function refusal(card: Pkcs15Context, { purpose, algorithm, key }: SecurityEnvironment): number | undefined {
  if (!allowedAlgorithms(card, purpose).includes(algorithm)) return sw.unsupported;
  if (purpose === 'generate') return key > MAX_KEY_REFERENCE ? sw.referenceNotFound : undefined;
  const found = keyInSlot(card, key);
  if (found === undefined) return sw.referenceNotFound;
  return (found.asymmetricKeyType === 'ec') === (algorithm === ECDSA) ? undefined : sw.conditions;
}

function allowedAlgorithms(card: Pkcs15Context, purpose: SecurityEnvironment['purpose']): readonly number[] {
  const { rsa2048, rsa4096, ec } = isoAppletGeneration;
  if (purpose === 'generate') return [rsa2048, rsa4096, ec];
  if (purpose === 'decipher') return [RSA_PKCS1];
  return card.volatile.apiVersion === 1 ? [RSA_PKCS1, RSA_PSS, ECDSA] : [RSA_PKCS1, ECDSA];
}

function keyInSlot(card: Pkcs15Context, reference: number): KeyObject | undefined {
  const slot = card.state.keys.find((key) => key.reference === reference);
  return slot && card.keyObject(slot.pkcs8);
}

/** PERFORM SECURITY OPERATION (ISO/IEC 7816-8:2019 §8): 9E9A sign, 8086 decipher. */
export function performIsoAppletOperation(card: Pkcs15Context, command: ParsedCommand): Reply {
  const operation = (command.p1 << 8) | command.p2;
  if (operation !== 0x9e9a && operation !== 0x8086) return status(sw.badP1P2);
  const { environment, verified } = card.volatile;
  if (environment?.purpose !== (operation === 0x9e9a ? 'sign' : 'decipher')) return status(sw.conditions);
  if (!verified.has(USER_PIN)) return status(sw.securityStatus);
  const key = keyInSlot(card, environment.key);
  if (key === undefined) return status(sw.referenceNotFound);
  const { apiVersion } = card.volatile;
  const result =
    operation === 0x9e9a
      ? signature(key, environment.algorithm, apiVersion, command.data)
      : decipher(key, command.data);
  if (result === undefined) return status(sw.badData);
  card.countKeyOperation();
  return answer(result);
}

function signature(key: KeyObject, algorithm: number, apiVersion: 0 | 1, data: Uint8Array): Uint8Array | undefined {
  switch (algorithm) {
    case RSA_PKCS1:
      return paddedRsa(key, data);
    case RSA_PSS: {
      const hash = hashesByLength[data.length];
      return hash && signPss(key, hash, data);
    }
    default:
      // The first version hashes by itself, the second is given a hash.
      return ecdsaSequence(key, apiVersion === 0 ? createHash('sha1').update(data).digest() : data);
  }
}

const hashesByLength: Readonly<Record<number, HashName>> = { 20: 'sha1', 32: 'sha256', 48: 'sha384', 64: 'sha512' };

/** Padding indicator 00, then the cryptogram; the answer is without its padding. */
function decipher(key: KeyObject, data: Uint8Array): Uint8Array | undefined {
  if (data[0] !== 0x00 || data.length - 1 !== modulusBits(key) / 8) return undefined;
  try {
    return decryptPkcs1(key, data.subarray(1));
  } catch {
    // OpenSSL refuses a cryptogram that is not below the modulus.
    return undefined;
  }
}
