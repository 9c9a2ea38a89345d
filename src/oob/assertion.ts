import { toBase64Url } from '../core/bytes.js';
import { levelUri, type AssuranceLevel } from '../model/certificate.js';
import type { Launcher } from '../model/relying-party.js';
import type { SignatureAlgorithm } from '../model/signature.js';
import type { RemovalJwk } from './logout-token.js';
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
  /** The key that will report the removal of the card, for a relying party that asked for it. */
  readonly removalJwk?: RemovalJwk;
}

/** The launchers that come from a web page, whose origin the browser has proved. */
const webLaunchers: readonly Launcher[] = ['page', 'redirect'];

/**
 * The JWS signing input (RFC 7515 §5.1) of the answer to an order: the only bytes that a card signs for this endpoint,
 * and no caller composes any of them.
 *
 * @throws {RangeError} when the chain is longer than the verifier would take.
 */
export function composeAssertion(parts: AssertionParts): Uint8Array {
  const { order, chain, algorithm, level, subject, now, removalJwk } = parts;
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
    ...(order.origin !== undefined && webLaunchers.includes(order.launcher) ? { origin: order.origin } : {}),
    launcher: order.launcher,
    bound: order.bound,
    request_hash: order.requestHash,
    ...(removalJwk === undefined ? {} : { removal_jwk: removalJwk }),
  };
  return new TextEncoder().encode(`${encodePart(header)}.${encodePart(claims)}`);
}

/** The compact JWS: the signing input and its signature, ECDSA as fixed-length r and s (RFC 7518 §3.4). */
export function finishAssertion(signingInput: Uint8Array, signature: Uint8Array): string {
  return `${Buffer.from(signingInput).toString('ascii')}.${toBase64Url(signature)}`;
}

const encodePart = (part: unknown): string => toBase64Url(new TextEncoder().encode(JSON.stringify(part)));
