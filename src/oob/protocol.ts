import { createHash } from 'node:crypto';
import { toBase64Url } from '../core/bytes.js';
import type { SignatureAlgorithm } from '../model/signature.js';

/** Names and limits of version 1 of the protocol that both ends, the daemon and an IdP, must agree about. */
export const protocol = {
  requestType: 'kort-request+jwt',
  assertionType: 'kort-assertion+jwt',
  /** `aud` of a request object, by which it can mean nothing to anybody else. */
  requestAudience: 'urn:kort:client',
  /** `iss` of an assertion. */
  assertionIssuer: 'urn:kort:client',
  /** Of a request object or an assertion in compact form. */
  maxCompactBytes: 65_536,
  /** From `iat` to `exp` of a request object: when an order may start. */
  maxRequestSeconds: 300,
  /** By how much the clocks of the two ends may differ. */
  clockToleranceSeconds: 60,
  /** From signing to `exp` of an assertion. */
  assertionSeconds: 180,
  maxChainCertificates: 4,
  maxChainBytes: 16_384,
} as const;

/** The algorithms of both JWS, each fixed by the key. */
export const jwsAlgorithms = ['ES256', 'ES384', 'PS256', 'RS256'] as const satisfies readonly SignatureAlgorithm[];

/** Letters and digits that cannot be mistaken for each other. */
export const confirmationAlphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** base64url SHA-256 over the ASCII of a compact request object as received: binds everything that was asked. */
export function requestHashOf(request: string): string {
  return toBase64Url(createHash('sha256').update(request, 'ascii').digest());
}

/** Whether a JSON object holds a value of which nothing else is known. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether no value occurs twice. */
export const unique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;
