import { createPublicKey, verify } from 'node:crypto';
import { logoutToken, type RemovalJwk } from '../oob/logout-token.js';
import { isRecord, protocol } from '../oob/protocol.js';
import { takeApart, type CompactJws } from './compact-jws.js';
import { refusal } from './refusal.js';

/** What an IdP knows when a logout token comes. */
export interface RemovalExpectations {
  /** Its client_id. */
  readonly clientId: string;
  /** The `removalJwk` of the verified login with this `orderId`; undefined when there is no such session. */
  readonly keyOf: (sid: string) => Promise<RemovalJwk | undefined> | RemovalJwk | undefined;
  /** Uses up the `jti`: answers true once only. Must be atomic, since a report may be sent twice at once. */
  readonly consumeJti: (jti: string) => Promise<boolean> | boolean;
  /** Milliseconds since the epoch by the IdP's clock; now by default. */
  readonly now?: number;
}

/** The card of a login was removed: its session is to end. */
export interface VerifiedRemoval {
  /** `orderId` of the verified login. */
  readonly sid: string;
  readonly jti: string;
}

/**
 * Verifies a logout token that the user's computer has posted (OpenID Connect Back-Channel Logout 1.0 §2.6) with the key
 * that came in the login's assertion, and with no other.
 *
 * @throws {MiddlewareError} ERR_VERIFY_REMOVAL with a `detail`; `jti` is a report that came before, which is answered as
 *   if it were the first. The jti is used up only when everything else has been found right.
 */
export async function verifyRemoval(token: string, expectations: RemovalExpectations): Promise<VerifiedRemoval> {
  const jws = takeApart(token, maxTokenBytes, refused);
  checkHeader(jws);
  const { sid, jti } = readClaims(jws, expectations);
  const key = await expectations.keyOf(sid);
  if (key === undefined) throw refused('sid');
  if (!isSigned(jws, key)) throw refused('signature');
  if (!(await expectations.consumeJti(jti))) throw refused('jti');
  return { sid, jti };
}

/** Ours have about 500. */
const maxTokenBytes = 4_096;

const refused = (detail: string) => refusal('ERR_VERIFY_REMOVAL', detail, { detail });

/** No other member, above all no key: the one that counts was told by the assertion. */
function checkHeader({ header }: CompactJws): void {
  if (Object.keys(header).sort().join() !== 'alg,typ') throw refused('header member');
  if (header['typ'] !== logoutToken.type) throw refused('typ');
  if (header['alg'] !== logoutToken.algorithm) throw refused('alg');
}

function readClaims({ claims }: CompactJws, { clientId, now = Date.now() }: RemovalExpectations): VerifiedRemoval {
  const { iss, aud, sid, jti, iat, exp, events, nonce } = claims;
  if (iss !== logoutToken.issuer) throw refused('iss');
  if (aud !== clientId) throw refused('aud');
  if (!isId(sid)) throw refused('sid');
  if (!isId(jti)) throw refused('jti');
  // Back-Channel Logout §2.4: what tells a logout token from an ID token.
  if (!isRecord(events) || !isRecord(events[logoutToken.event])) throw refused('events');
  if (nonce !== undefined) throw refused('nonce');
  const seconds = Math.floor(now / 1000);
  const { clockToleranceSeconds: tolerance } = protocol;
  if (!Number.isSafeInteger(iat) || (iat as number) > seconds + tolerance) throw refused('iat');
  const life = Number(exp) - Number(iat);
  const isLiving = Number.isSafeInteger(exp) && life > 0 && life <= logoutToken.seconds;
  if (!isLiving || Number(exp) < seconds - tolerance) throw refused('exp');
  return { sid, jti };
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= logoutToken.maxIdLength;
}

function isSigned({ signingInput, signature }: CompactJws, { kty, crv, x, y }: RemovalJwk): boolean {
  const key = createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' });
  return verify('sha256', signingInput, { key, dsaEncoding: 'ieee-p1363' }, signature);
}
