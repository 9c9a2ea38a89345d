import { toBase64Url } from '../core/bytes.js';
import { levelUri, type AssuranceLevel } from '../model/certificate.js';
import type { SignatureAlgorithm } from '../model/signature.js';
import type { AcceptedOrder } from './oob-service.js';
import { protocol } from './protocol.js';

/** What an assertion is composed from. */
export interface AssertionParts {
  readonly order: AcceptedOrder;
  /** DER, leaf first; at most four. */
  readonly chain: readonly Uint8Array[];
  readonly algorithm: SignatureAlgorithm;
  /** By the certificate. */
  readonly level: AssuranceLevel;
  /** Personal number or HSA-id by the certificate. */
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The JWS signing input (RFC 7515 §5.1) of the answer to an order: the only bytes that a card signs for this endpoint,
 * and no caller composes any of them.
 *
 * @throws {RangeError} when the chain is longer than the verifier would take.
 */
export function composeAssertion({ order, chain, algorithm, level, subject, now }: AssertionParts): Uint8Array {
  const size = chain.reduce((bytes, certificate) => bytes + certificate.length, 0);
  if (chain.length === 0 || chain.length > protocol.maxChainCertificates || size > protocol.maxChainBytes) {
    throw new RangeError('certificate chain too long');
  }
  const seconds = Math.floor(now / 1000);
  const header = {
    typ: protocol.assertionType,
    alg: algorithm,
    x5c: chain.map((certificate) => Buffer.from(certificate).toString('base64')),
  };
  const claims = {
    iss: protocol.assertionIssuer,
    aud: order.relyingParty.clientId,
    nonce: order.nonce,
    jti: order.id,
    iat: seconds,
    exp: seconds + protocol.assertionSeconds,
    auth_time: seconds,
    acr: levelUri(level),
    amr: ['pin', 'sc'],
    sub: subject,
    ...(order.origin === undefined ? {} : { origin: order.origin }),
    launcher: order.launcher,
    bound: true,
    request_hash: order.requestHash,
  };
  return new TextEncoder().encode(`${encodePart(header)}.${encodePart(claims)}`);
}

/** The compact JWS: the signing input and its signature, ECDSA as fixed-length r and s (RFC 7518 §3.4). */
export function finishAssertion(signingInput: Uint8Array, signature: Uint8Array): string {
  return `${Buffer.from(signingInput).toString('ascii')}.${toBase64Url(signature)}`;
}

const encodePart = (part: unknown): string => toBase64Url(new TextEncoder().encode(JSON.stringify(part)));
