import { createECDH, createPrivateKey, type KeyObject } from 'node:crypto';
import { toBase64Url, toHex } from '../../core/bytes.js';
import { modularInverse } from '../virtual-card/modular-inverse.js';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { status, sw, type Reply } from '../virtual-card/status-words.js';
import type { PivContext } from './piv-context.js';
import { algorithmOf, isKeySlot } from './piv-keys.js';
import { readTlvs } from './piv-template.js';
import { storeKey, wantedPolicy } from './store-key.js';

const PUBLIC_EXPONENT = 65537n;
const curves: Readonly<Record<number, { readonly name: string; readonly jwk: string; readonly bytes: number }>> = {
  0x11: { name: 'prime256v1', jwk: 'P-256', bytes: 32 },
  0x14: { name: 'secp384r1', jwk: 'P-384', bytes: 48 },
};

/** Yubico's IMPORT ASYMMETRIC KEY: P1 algorithm, P2 slot; RSA as 01 p, 02 q and what follows from them, EC as 06. */
export function importKey(card: PivContext, command: ParsedCommand): Reply {
  const { p1: algorithm, p2: reference, data } = command;
  if (!isKeySlot(reference)) return status(sw.badP1P2);
  if (!card.volatile.managementAuthenticated) return status(sw.securityStatus);
  const parts = new Map(readTlvs(data)?.map(({ tag, value }) => [tag, value]));
  const pinPolicy = wantedPolicy(card, reference, parts);
  const privateKey = readKey(algorithm, parts);
  if (pinPolicy === undefined || privateKey === undefined) return status(sw.badData);
  if (algorithmOf(privateKey) !== algorithm) return status(sw.badData);
  storeKey(card, privateKey, { reference, pinPolicy, origin: 'imported' });
  return status(sw.ok);
}

function readKey(algorithm: number, parts: ReadonlyMap<number, Uint8Array>): KeyObject | undefined {
  const [p, q, scalar] = [parts.get(0x01), parts.get(0x02), parts.get(0x06)];
  try {
    if (p !== undefined && q !== undefined) return rsaKey(toBigInt(p), toBigInt(q));
    return scalar && ecKey(algorithm, scalar);
  } catch {
    // Primes or a scalar that OpenSSL refuses.
    return undefined;
  }
}

const toBigInt = (bytes: Uint8Array): bigint => BigInt(`0x0${toHex(bytes)}`);

const part = (value: bigint): string => {
  const digits = value.toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex').toString('base64url');
};

/** RFC 8017 §3.2, from two primes. */
function rsaKey(p: bigint, q: bigint): KeyObject {
  const d = modularInverse(PUBLIC_EXPONENT, (p - 1n) * (q - 1n));
  const key = {
    ...{ kty: 'RSA', n: part(p * q), e: part(PUBLIC_EXPONENT), d: part(d), p: part(p), q: part(q) },
    ...{ dp: part(d % (p - 1n)), dq: part(d % (q - 1n)), qi: part(modularInverse(q, p)) },
  };
  return createPrivateKey({ key, format: 'jwk' });
}

function ecKey(algorithm: number, scalar: Uint8Array): KeyObject | undefined {
  const curve = curves[algorithm];
  if (curve?.bytes !== scalar.length) return undefined;
  const ecdh = createECDH(curve.name);
  ecdh.setPrivateKey(scalar);
  const point = ecdh.getPublicKey();
  const [x, y] = [point.subarray(1, 1 + curve.bytes), point.subarray(1 + curve.bytes)];
  const key = { kty: 'EC', crv: curve.jwk, d: toBase64Url(scalar), x: toBase64Url(x), y: toBase64Url(y) };
  return createPrivateKey({ key, format: 'jwk' });
}
