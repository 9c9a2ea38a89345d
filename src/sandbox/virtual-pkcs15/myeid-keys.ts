import type { KeyObject } from 'node:crypto';
import { encodeTlv, parseTlvs } from '../../core/ber-tlv.js';
import { concatBytes, equalBytes } from '../../core/bytes.js';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { answer, status, sw, type Reply } from '../virtual-card/status-words.js';
import { isPermitted } from './access-rules.js';
import type { KeyFile } from './card-files.js';
import type { Pkcs15Context } from './pkcs15-context.js';
import {
  bitsOf,
  curveWithBits,
  ecFromScalar,
  ecPublicPoint,
  exportKey,
  generateKey,
  rsaFromParts,
  rsaPublicParts,
} from './private-keys.js';

/** What GENERATE carries for RSA: the exponent 65537 (30 { 81 }). */
const EXPONENT = Uint8Array.of(0x01, 0x00, 0x01);

const currentKeyFile = ({ volatile }: Pkcs15Context): KeyFile | undefined =>
  volatile.current.kind === 'key' ? volatile.current : undefined;

/** GENERATE ASYMMETRIC KEY PAIR, INS 46, into the current key file; answers nothing. */
export function generateMyEidKey(card: Pkcs15Context, { p1, p2, data }: ParsedCommand): Reply {
  if (p1 !== 0 || p2 !== 0) return status(sw.badP1P2);
  const file = currentKeyFile(card);
  if (file === undefined) return status(sw.noCurrentFile);
  if (!isPermitted(card, file, 'generate')) return status(sw.securityStatus);
  if (file.type === 'rsa' ? !isExponent(data) : data.length > 0) return status(sw.badData);
  const curve = curveWithBits(file.bits);
  if (file.type === 'ec' && curve === undefined) return status(sw.conditions);
  file.pkcs8 = exportKey(
    generateKey(file.type === 'ec' && curve !== undefined ? { type: 'ec', curve } : { type: 'rsa', bits: file.bits }),
  );
  card.saveChange();
  card.countKeyOperation();
  return status(sw.ok);
}

function isExponent(data: Uint8Array): boolean {
  return equalBytes(data, encodeTlv(0x30, encodeTlv(0x81, EXPONENT)));
}

/** GET DATA 0101: modulus; 0186: point as 86. */
export function readMyEidPublicKey(card: Pkcs15Context, type: KeyFile['type']): Reply {
  const file = currentKeyFile(card);
  if (file === undefined) return status(sw.noCurrentFile);
  if (file.type !== type || file.pkcs8 === undefined) return status(sw.referenceNotFound);
  const key = card.keyObject(file.pkcs8);
  return answer(type === 'rsa' ? rsaPublicParts(key).modulus : encodeTlv(0x86, ecPublicPoint(key)));
}

/** Parts of a key as PUT DATA 01xx brings them; 88 and 89 are the halves of a long modulus. */
const part = { modulus: 0x80, exponent: 0x81, p: 0x83, q: 0x84, dP: 0x85, dQ: 0x86, qInv: 0x87 } as const;
const ecPart = { point: 0x86, scalar: 0x87 } as const;
const modulusHalves: readonly number[] = [0x88, 0x89];
export const keyPartReferences: readonly number[] = [...Object.values(part), ...modulusHalves];

/** PUT DATA 01 80 to 89: one part of a key into the current key file; the last one, exponent or point, completes it. */
export function loadMyEidKeyPart(card: Pkcs15Context, { p2, data }: ParsedCommand): Reply {
  const file = currentKeyFile(card);
  if (file === undefined) return status(sw.noCurrentFile);
  if (!isPermitted(card, file, 'update')) return status(sw.securityStatus);
  if (data.length === 0) return status(sw.wrongLength);
  const { keyParts } = card.volatile;
  keyParts.set(p2, data.slice());
  if (p2 !== (file.type === 'rsa' ? part.exponent : ecPart.point)) return status(sw.ok);
  const key = file.type === 'rsa' ? rsaKey(keyParts) : ecKey(keyParts, file.bits);
  for (const bytes of keyParts.values()) bytes.fill(0);
  keyParts.clear();
  if (key === undefined || bitsOf(key) !== file.bits) return status(sw.badData);
  file.pkcs8 = exportKey(key);
  card.saveChange();
  return status(sw.ok);
}

const withoutZeros = (bytes: Uint8Array): Uint8Array => {
  const start = bytes.findIndex((byte) => byte !== 0);
  return bytes.subarray(start < 0 ? bytes.length : start);
};

function rsaKey(parts: ReadonlyMap<number, Uint8Array>): KeyObject | undefined {
  const [p, q, dP, dQ, qInv] = [part.p, part.q, part.dP, part.dQ, part.qInv].map((tag) => parts.get(tag));
  const halves = concatBytes(...modulusHalves.map((tag) => parts.get(tag) ?? new Uint8Array(0)));
  const modulus = parts.get(part.modulus) ?? halves;
  if (p === undefined || q === undefined || dP === undefined || dQ === undefined || qInv === undefined)
    return undefined;
  const key = rsaFromParts({ p, q, dP, dQ, qInv });
  return key && equalBytes(rsaPublicParts(key).modulus, withoutZeros(modulus)) ? key : undefined;
}

function ecKey(parts: ReadonlyMap<number, Uint8Array>, bits: number): KeyObject | undefined {
  const [scalar, point, curve] = [parts.get(ecPart.scalar), parts.get(ecPart.point), curveWithBits(bits)];
  if (scalar === undefined || point === undefined || curve === undefined) return undefined;
  const key = ecFromScalar(curve, scalar);
  return key && equalBytes(ecPublicPoint(key), pointOf(point)) ? key : undefined;
}

/** The point by itself or as 86. */
function pointOf(data: Uint8Array): Uint8Array {
  return data[0] === 0x04 ? data : (parseTlvs(data)[0]?.value ?? data);
}
