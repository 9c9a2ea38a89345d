import type { CertificateOrder } from '../model/certificate-order.js';
import type { RelyingParty } from '../model/relying-party.js';
import type { RequestWishes } from '../pki/csr-attributes.js';
import type { IssuedCertificates } from './issued-certificates.js';

/** Logged in at an issuer. */
export interface IssuerLogin {
  /** Milliseconds since the epoch: when the credential ends. */
  readonly expiresAt: number;
  /** By the issuer's Date header against our clock, milliseconds; undefined where it told none. */
  readonly clockSkewMs: number | undefined;
  /** What waits for the person. @throws {MiddlewareError} ERR_REMOTE_…, ERR_ISSUER_SESSION, _REFUSED, _RESPONSE. */
  orders(signal: AbortSignal): Promise<readonly CertificateOrder[]>;
  /** RFC 7030 §4.1: DER of the CA certificates. Errors as {@link orders}. */
  caCertificates(signal: AbortSignal): Promise<readonly Uint8Array[]>;
  /** RFC 7030 §4.5: what a request should have; nothing where the issuer has no wishes. Errors as {@link orders}. */
  wishes(signal: AbortSignal): Promise<RequestWishes>;
  /**
   * RFC 7030 §4.2: sends a request (PKCS #10, DER) for an order; the same request may be sent again after any failure.
   * Nobody can cut it off, since not every issuer answers the same request twice: it ends by itself, after 30 s at most.
   *
   * @returns the certificate and others that came with it, DER; nothing of it is verified but that it is one.
   * @throws {MiddlewareError} as {@link orders}; ERR_ISSUER_REFUSED with `status` and the issuer's own `text`, sanitized;
   *   ERR_ISSUER_PENDING with `retryAfterSeconds` (202, §4.2.3).
   */
  enroll(order: Pick<CertificateOrder, 'id' | 'kind'>, request: Uint8Array): Promise<IssuedCertificates>;
}

/** Calls issuers at their registered addresses, and no others. */
export interface IssuerClient {
  /**
   * Logs in: fetches a request object, has it answered with a card, and takes the answer for a credential.
   *
   * @param answer - has a request object answered; an assertion.
   * @throws {MiddlewareError} ERR_ISSUER_NONE, ERR_REMOTE_…, ERR_ISSUER_LOGIN (`status`, `text`), ERR_ISSUER_RESPONSE;
   *   what `answer` throws.
   */
  logIn(issuer: RelyingParty, answer: (request: string) => Promise<string>, signal: AbortSignal): Promise<IssuerLogin>;
}
