import type { KeyObject } from 'node:crypto';
import { parseTlvs, type Tlv } from '../../core/ber-tlv.js';
import { decipherAlgorithm, signatureAlgorithm, type CardAlgorithm } from './algorithm-reference.js';
import type { CardContext, SecurityEnvironment } from './card-context.js';
import type { KeyState } from './card-state.js';
import { curveOf, signEcdsa } from './ecdsa.js';
import type { ParsedCommand } from './parsed-command.js';
import { decryptOaep, decryptPkcs1, modulusBits, signPkcs1, signPkcs1Hash, signPss } from './rsa-operations.js';
import { answer, status, sw, type Reply } from './status-words.js';

/** The hash buffer of the card holds 128 bytes with its tag and length. */
const MAX_DIGEST_INFO = 126;
/** A key under this PIN signs once per verification. */
const ONCE_PIN = 0x83;

/** MANAGE SECURITY ENVIRONMENT, SET (ISO/IEC 7816-4:2020 §11.6.11): P2 = B6 to sign, B8 to decipher. */
export function manageSecurityEnvironment(card: CardContext, command: ParsedCommand): Reply {
  const purpose = command.p2 === 0xb6 ? 'sign' : command.p2 === 0xb8 ? 'decipher' : undefined;
  if (command.p1 !== 0x41 || purpose === undefined) return status(sw.badP1P2);
  const chosen = parseReferences(command.data);
  if (chosen === undefined) return status(sw.badData);
  const key = card.state.keys.find((candidate) => candidate.reference === chosen.key);
  if (key === undefined) return status(sw.referenceNotFound);
  const algorithm = purpose === 'sign' ? signatureAlgorithm(chosen.algorithm) : decipherAlgorithm(chosen.algorithm);
  if (algorithm === undefined || !fits(card.keyObject(key), algorithm)) return status(sw.badData);
  card.volatile.environment = { purpose, algorithm: chosen.algorithm, key };
  card.volatile.hash = undefined;
  return status(sw.ok);
}

function parseReferences(data: Uint8Array): { algorithm: number; key: number } | undefined {
  let tlvs: Tlv[];
  try {
    tlvs = parseTlvs(data);
  } catch {
    return undefined;
  }
  const single = (tag: number): number | undefined => {
    const value = tlvs.find((tlv) => tlv.tag === tag)?.value;
    return value?.length === 1 ? value[0] : undefined;
  };
  const [algorithm, key] = [single(0x80), single(0x84)];
  return algorithm === undefined || key === undefined ? undefined : { algorithm, key };
}

function fits(key: KeyObject, algorithm: CardAlgorithm): boolean {
  return algorithm.operation === 'ecdsa' ? curveOf(key) !== undefined : key.asymmetricKeyType === 'rsa';
}

/** PERFORM SECURITY OPERATION (ISO/IEC 7816-8:2019 §8): 90A0 load hash, 9E9A sign, 8086 decipher. */
export function performSecurityOperation(card: CardContext, command: ParsedCommand): Reply {
  const environment = card.volatile.environment;
  switch ((command.p1 << 8) | command.p2) {
    case 0x90a0:
      return environment?.purpose === 'sign' ? loadHash(card, environment, command) : status(sw.conditions);
    case 0x9e9a:
      return environment?.purpose === 'sign' ? sign(card, environment, command) : status(sw.conditions);
    case 0x8086:
      return environment?.purpose === 'decipher' ? decipher(card, environment, command) : status(sw.conditions);
    default:
      return status(sw.badP1P2);
  }
}

/** This card answers with the hash that it was given. */
function loadHash(card: CardContext, environment: SecurityEnvironment, command: ParsedCommand): Reply {
  const hash = command.data.subarray(2);
  if (command.data[0] !== 0x90 || command.data[1] !== hash.length || hash.length === 0) return status(sw.badData);
  if (!isInputLength(signatureAlgorithm(environment.algorithm), hash.length)) return status(sw.badData);
  card.volatile.hash = hash.slice();
  return answer(hash.slice());
}

function isInputLength(algorithm: CardAlgorithm | undefined, length: number): boolean {
  switch (algorithm?.operation) {
    case 'pkcs1':
    case 'pss':
      return length === algorithm.hashLength;
    case 'pkcs1DigestInfo':
      return length <= MAX_DIGEST_INFO;
    case 'ecdsa':
      return length % 8 === 0 && length <= 64;
    default:
      return false;
  }
}

function sign(card: CardContext, environment: SecurityEnvironment, command: ParsedCommand): Reply {
  if (command.data.length > 0) return status(sw.wrongLength);
  const { hash } = card.volatile;
  if (!takeAuthorization(card, environment.key)) return status(sw.securityStatus);
  if (hash === undefined) return status(sw.conditions);
  card.volatile.hash = undefined;
  const algorithm = signatureAlgorithm(environment.algorithm);
  const signature = algorithm && signatureOver(card.keyObject(environment.key), algorithm, hash);
  if (signature === undefined) return status(sw.conditions);
  card.countKeyOperation();
  return answer(signature);
}

function signatureOver(key: KeyObject, algorithm: CardAlgorithm, hash: Uint8Array): Uint8Array | undefined {
  switch (algorithm.operation) {
    case 'pkcs1':
      return signPkcs1Hash(key, algorithm.hash, hash);
    case 'pkcs1DigestInfo':
      return signPkcs1(key, hash);
    case 'pss':
      return signPss(key, algorithm.hash, hash);
    case 'ecdsa': {
      const curve = curveOf(key);
      return curve && signEcdsa(key, curve, hash);
    }
    default:
      return undefined;
  }
}

function takeAuthorization(card: CardContext, key: KeyState): boolean {
  if (!card.volatile.verified.has(key.pinReference)) return false;
  if (key.pinReference === ONCE_PIN) card.volatile.verified.delete(ONCE_PIN);
  return true;
}

function decipher(card: CardContext, environment: SecurityEnvironment, command: ParsedCommand): Reply {
  if (environment.key.kind !== 'kxc') return status(sw.conditions);
  if (!takeAuthorization(card, environment.key)) return status(sw.securityStatus);
  const key = card.keyObject(environment.key);
  const cryptogram = command.data.subarray(1);
  if (command.data[0] !== 0x81 || cryptogram.length !== modulusBits(key) / 8) return status(sw.badData);
  card.countKeyOperation();
  const plain = decrypt(key, decipherAlgorithm(environment.algorithm), cryptogram);
  return plain === undefined ? status(sw.badData) : answer(plain);
}

function decrypt(key: KeyObject, algorithm: CardAlgorithm | undefined, cryptogram: Uint8Array): Uint8Array | undefined {
  try {
    if (algorithm?.operation === 'decryptOaep') return decryptOaep(key, algorithm.hash, cryptogram);
    return decryptPkcs1(key, cryptogram);
  } catch {
    // OpenSSL refuses a cryptogram that is not below the modulus.
    return undefined;
  }
}
