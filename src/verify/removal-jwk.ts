import { createPublicKey } from 'node:crypto';
import type { RemovalJwk } from '../oob/logout-token.js';
import { isRecord } from '../oob/protocol.js';

export type { RemovalJwk } from '../oob/logout-token.js';

/** Exactly a public P-256 key and nothing besides (RFC 7518 §6.2.1), on the curve; undefined for anything else. */
export function readRemovalJwk(value: unknown): RemovalJwk | undefined {
  if (!isRecord(value) || Object.keys(value).sort().join() !== 'crv,kty,x,y') return undefined;
  const { kty, crv, x, y } = value;
  if (kty !== 'EC' || crv !== 'P-256' || !isCoordinate(x) || !isCoordinate(y)) return undefined;
  const jwk = { kty, crv, x, y } as const;
  try {
    createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return undefined;
  }
  return jwk;
}

function isCoordinate(value: unknown): value is string {
  if (typeof value !== 'string' || value.length !== 43) return false;
  return Buffer.from(value, 'base64url').toString('base64url') === value;
}
