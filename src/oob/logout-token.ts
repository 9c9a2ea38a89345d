import { sign, type KeyObject } from 'node:crypto';
import { toBase64Url } from '../core/bytes.js';

/** The public half of a P-256 pair that was made for one order alone (RFC 7518 §6.2.1). */
export interface RemovalJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  /** base64url of 32 bytes each. */
  readonly x: string;
  readonly y: string;
}

/** Names of a logout token that both ends must agree about (OpenID Connect Back-Channel Logout 1.0 §2.4). */
export const logoutToken = {
  type: 'logout+jwt',
  algorithm: 'ES256',
  issuer: 'urn:kort:client',
  event: 'http://schemas.openid.net/event/backchannel-logout',
  /** From `iat` to `exp`. */
  seconds: 120,
  /** `jti` in base64url: at most so many characters. */
  maxIdLength: 128,
} as const;

/** What a logout token is made from. */
export interface LogoutTokenParts {
  readonly clientId: string;
  /** `jti` of the assertion: the order whose card is gone. */
  readonly orderId: string;
  /** Of this report; the same when it is sent again. */
  readonly id: string;
  readonly privateKey: KeyObject;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The compact JWS that tells that the card of one login was removed. */
export function createLogoutToken({ clientId, orderId, id, privateKey, now }: LogoutTokenParts): string {
  const seconds = Math.floor(now / 1000);
  const header = { typ: logoutToken.type, alg: logoutToken.algorithm };
  const claims = {
    iss: logoutToken.issuer,
    aud: clientId,
    sid: orderId,
    events: { [logoutToken.event]: {} },
    iat: seconds,
    exp: seconds + logoutToken.seconds,
    jti: id,
  };
  const input = `${encodePart(header)}.${encodePart(claims)}`;
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${toBase64Url(signature)}`;
}

const encodePart = (part: unknown): string => toBase64Url(new TextEncoder().encode(JSON.stringify(part)));
