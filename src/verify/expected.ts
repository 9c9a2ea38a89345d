import type { LevelUri } from '../model/certificate.js';
import type { TrustPolicy } from '../model/trust.js';
import { isRecord, requestHashOf } from '../oob/protocol.js';

/** What an IdP knows when an assertion comes back. */
export interface Expectations {
  /** Its client_id. */
  readonly clientId: string;
  /** The request object that it made for this login, exactly as sent. What was asked is read from it. */
  readonly request: string;
  /** Its registered web origins. */
  readonly origins: readonly string[];
  /** Whom it trusts to name persons. */
  readonly policy: TrustPolicy;
  /**
   * Uses up the nonce: answers true once only, and only for a nonce that was made for the browser session which now
   * brings the assertion. Must be atomic, since two answers may come at once.
   */
  readonly consumeNonce: (nonce: string) => Promise<boolean>;
  /** Milliseconds since the epoch by the IdP's clock; now by default. */
  readonly now?: number;
  /** How long after the request was made an answer is taken, in seconds; 660 by default (5 to start, 3 to sign, 3 to collect). */
  readonly maxAgeSeconds?: number;
}

/** What the stored request asked. */
export interface AskedFor {
  readonly issuedAt: number;
  readonly nonce: string;
  readonly requestHash: string;
  readonly launchers: readonly string[];
  readonly acrValues: readonly LevelUri[];
  readonly user: string | undefined;
  readonly issuers: readonly string[];
}

/**
 * Reads the IdP's own stored request. Its signature is not looked at: it never left the IdP's store.
 *
 * @throws {TypeError} when it is no request object of this client: a fault of the IdP, not of the assertion.
 */
export function askedFor({ request, clientId }: Expectations): AskedFor {
  const claims: unknown = JSON.parse(Buffer.from(request.split('.')[1] ?? '', 'base64url').toString());
  if (!isRecord(claims) || claims['iss'] !== clientId || typeof claims['nonce'] !== 'string') {
    throw new TypeError('the stored request is not a request object of this client');
  }
  const { iat, user, issuers } = claims;
  if (typeof iat !== 'number' || !Array.isArray(claims['launchers']) || !Array.isArray(claims['acr_values'])) {
    throw new TypeError('the stored request is incomplete');
  }
  return {
    issuedAt: iat,
    nonce: claims['nonce'],
    requestHash: requestHashOf(request),
    launchers: claims['launchers'] as readonly string[],
    acrValues: claims['acr_values'] as readonly LevelUri[],
    user: typeof user === 'string' ? user : undefined,
    issuers: Array.isArray(issuers) ? (issuers as readonly string[]) : [],
  };
}
