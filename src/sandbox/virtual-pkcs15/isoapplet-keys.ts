import type { KeyObject } from 'node:crypto';
import { encodeTlv, findTlv } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { answer, status, sw, type Reply } from '../virtual-card/status-words.js';
import { keySize } from './card-files.js';
import { curveWithParameters, publicKeyWithParameters } from './curve-parameters.js';
import { freeBytes, type Pkcs15Context } from './pkcs15-context.js';
import {
  bitsOf,
  ecFromScalar,
  ecPublicPoint,
  exportKey,
  generateKey,
  keyBits,
  rsaFromParts,
  rsaPublicParts,
  type KeyKind,
} from './private-keys.js';

/** What the algorithm reference of MSE SET for generation means. */
export const isoAppletGeneration = { rsa2048: 0xf3, rsa4096: 0xf5, ec: 0xec } as const;
const USER_PIN = 1;

/** The slot for a new key, if there is one and the PIN was given. */
function chosenSlot({ volatile }: Pkcs15Context): { slot: number; algorithm: number } | number {
  const { environment } = volatile;
  if (environment?.purpose !== 'generate') return sw.conditions;
  if (!volatile.verified.has(USER_PIN)) return sw.securityStatus;
  return { slot: environment.key, algorithm: environment.algorithm };
}

/** A key in the place of the one that was there, if any. False when the memory is full. */
function store(card: Pkcs15Context, reference: number, key: KeyObject): boolean {
  const { keys } = card.state;
  const old = keys.findIndex((slot) => slot.reference === reference);
  const freed = old < 0 ? 0 : keySize(keyBits(keys[old]?.pkcs8 ?? new Uint8Array(0)));
  if (keySize(bitsOf(key)) > freeBytes(card, keyBits) + freed) return false;
  if (old >= 0) keys.splice(old, 1);
  keys.push({ reference, pkcs8: exportKey(key) });
  card.saveChange();
  return true;
}

/**
 * GENERATE ASYMMETRIC KEY PAIR, INS 46 (ISO/IEC 7816-8:2019 §9.2): RSA with P1 = 42, EC with P1 = 00 and the curve in
 * full. Answers 7F49 with the public key.
 */
export function generateIsoAppletKey(card: Pkcs15Context, command: ParsedCommand): Reply {
  const chosen = chosenSlot(card);
  if (typeof chosen === 'number') return status(chosen);
  const kind = kindToGenerate(chosen.algorithm, command);
  if (typeof kind === 'number') return status(kind);
  const key = generateKey(kind);
  if (!store(card, chosen.slot, key)) return status(sw.noSpace);
  card.countKeyOperation();
  return answer(encodeTlv(0x7f49, publicKeyObjects(kind, key)));
}

function kindToGenerate(algorithm: number, { p1, p2, data }: ParsedCommand): KeyKind | number {
  if (p2 !== 0) return sw.badP1P2;
  if (algorithm === isoAppletGeneration.ec) {
    if (p1 !== 0x00) return sw.badP1P2;
    const curve = readCurve(data);
    return curve === undefined ? sw.badData : { type: 'ec', curve };
  }
  if (p1 !== 0x42) return sw.badP1P2;
  if (data.length > 0) return sw.wrongLength;
  return { type: 'rsa', bits: algorithm === isoAppletGeneration.rsa4096 ? 4096 : 2048 };
}

function readCurve(objects: Uint8Array): ReturnType<typeof curveWithParameters> {
  try {
    return curveWithParameters(objects);
  } catch {
    return undefined;
  }
}

function publicKeyObjects(kind: KeyKind, key: KeyObject): Uint8Array {
  if (kind.type === 'ec') return publicKeyWithParameters(kind.curve, ecPublicPoint(key));
  const { modulus, exponent } = rsaPublicParts(key);
  return concatBytes(encodeTlv(0x81, modulus), encodeTlv(0x82, exponent));
}

/** PUT DATA, INS DB, P1-P2 3FFF: a private key, RSA in template 7F48, EC in template E0. */
export function importIsoAppletKey(card: Pkcs15Context, { p1, p2, data }: ParsedCommand): Reply {
  if (p1 !== 0x3f || p2 !== 0xff) return status(sw.badP1P2);
  const chosen = chosenSlot(card);
  if (typeof chosen === 'number') return status(chosen);
  const key = readKey(chosen.algorithm, data);
  if (key === undefined) return status(sw.badData);
  return status(store(card, chosen.slot, key) ? sw.ok : sw.noSpace);
}

function readKey(algorithm: number, data: Uint8Array): KeyObject | undefined {
  try {
    const key = algorithm === isoAppletGeneration.ec ? readEcKey(data) : readRsaKey(data);
    if (key === undefined || algorithm === isoAppletGeneration.ec) return key;
    return bitsOf(key) === (algorithm === isoAppletGeneration.rsa4096 ? 4096 : 2048) ? key : undefined;
  } catch {
    return undefined;
  }
}

/** 92 p, 93 q, 94 inverse of q, 95 d mod p-1, 96 d mod q-1. */
function readRsaKey(data: Uint8Array): KeyObject | undefined {
  const objects = findTlv(data, 0x7f48) ?? new Uint8Array(0);
  const [p, q, qInv, dP, dQ] = [0x92, 0x93, 0x94, 0x95, 0x96].map((tag) => findTlv(objects, tag));
  if (p === undefined || q === undefined || qInv === undefined || dP === undefined || dQ === undefined)
    return undefined;
  return rsaFromParts({ p, q, qInv, dP, dQ });
}

/** The curve in full, then 88 the private number. */
function readEcKey(data: Uint8Array): KeyObject | undefined {
  const objects = findTlv(data, 0xe0);
  const curve = objects && curveWithParameters(objects);
  const scalar = objects && findTlv(objects, 0x88);
  return curve === undefined || scalar === undefined ? undefined : ecFromScalar(curve, scalar);
}
