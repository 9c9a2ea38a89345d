import type { LevelUri } from '../model/certificate.js';
import type { Purpose } from '../model/relying-party.js';
import { digestBytes, type DigestAlgorithm, type OrderDocument } from '../model/signature.js';
import type { TrustPolicy } from '../model/trust.js';
import { isRecord, requestHashOf } from '../oob/protocol.js';
import type { RevocationChecker } from './revocation-verdict.js';

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
  /** Asked last; without it a certificate that was revoked today still signs in. */
  readonly revocation?: RevocationChecker;
  /**
   * Takes an answer that no browser brings back, where an administrator registered `unbound`: the user has then typed
   * the confirmation code. Refused by default.
   */
  readonly allowUnbound?: boolean;
  /** Milliseconds since the epoch by the IdP's clock; now by default. */
  readonly now?: number;
  /** How long after the request was made an answer is taken, in seconds; 660 by default (5 to start, 3 to sign, 3 to collect). */
  readonly maxAgeSeconds?: number;
}

/** What the stored request asked. */
export interface AskedFor {
  readonly purpose: Purpose;
  readonly issuedAt: number;
  readonly nonce: string;
  readonly requestHash: string;
  readonly launchers: readonly string[];
  readonly acrValues: readonly LevelUri[];
  readonly user: string | undefined;
  readonly issuers: readonly string[];
  /** Of a signature. */
  readonly visibleText: string | undefined;
  readonly documents: readonly OrderDocument[];
}

/**
 * Reads the IdP's own stored request. Its signature is not looked at: it never left the IdP's store.
 *
 * @throws {TypeError} when it is no request object of this client for that purpose: a fault of the IdP, not of the answer.
 */
export function askedFor({ request, clientId }: Pick<Expectations, 'request' | 'clientId'>, wanted: Purpose): AskedFor {
  const claims: unknown = JSON.parse(Buffer.from(request.split('.')[1] ?? '', 'base64url').toString());
  if (!isRecord(claims) || claims['iss'] !== clientId || typeof claims['nonce'] !== 'string') {
    throw new TypeError('the stored request is not a request object of this client');
  }
  const { iat, user, issuers, purpose, visible_text: visibleText } = claims;
  if (typeof iat !== 'number' || !Array.isArray(claims['launchers']) || !Array.isArray(claims['acr_values'])) {
    throw new TypeError('the stored request is incomplete');
  }
  if (purpose !== wanted) throw new TypeError('the stored request has another purpose');
  return {
    purpose: wanted,
    issuedAt: iat,
    nonce: claims['nonce'],
    requestHash: requestHashOf(request),
    launchers: claims['launchers'] as readonly string[],
    acrValues: claims['acr_values'] as readonly LevelUri[],
    user: typeof user === 'string' ? user : undefined,
    issuers: Array.isArray(issuers) ? (issuers as readonly string[]) : [],
    visibleText: typeof visibleText === 'string' ? visibleText : undefined,
    documents: Array.isArray(claims['documents']) ? claims['documents'].map(readDocument) : [],
  };
}

function readDocument(document: unknown): OrderDocument {
  const { label, digest_alg: algorithm, digest } = isRecord(document) ? document : {};
  if (typeof label !== 'string' || typeof digest !== 'string' || !isDigestAlgorithm(algorithm)) {
    throw new TypeError('the stored request names a document that is none');
  }
  return { label, digestAlgorithm: algorithm, digest: Buffer.from(digest, 'base64url') };
}

const isDigestAlgorithm = (name: unknown): name is DigestAlgorithm =>
  typeof name === 'string' && Object.hasOwn(digestBytes, name);
