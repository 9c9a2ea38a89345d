import type { LevelUri } from '../model/certificate.js';
import type { Launcher, RelyingParty } from '../model/relying-party.js';

/** Who calls the endpoint, as far as the gate could prove it. */
export interface OobCaller {
  readonly launcher: Launcher;
  /** The Origin header of a page; undefined for a local process. Collect and cancel answer only the same caller. */
  readonly origin: string | undefined;
}

/** Why an order waits (BankID Relying Party API v6 words where the meaning is the same). */
export type PendingHint = 'outstandingTransaction' | 'noCard' | 'chooseCard' | 'userSign' | 'cardBusy';

/** Why an order failed. */
export type FailedHint =
  | 'userCancel'
  | 'expiredTransaction'
  | 'certificateErr'
  | 'noSuitableCertificate'
  | 'levelNotMet'
  | 'pinBlocked'
  | 'cardRemoved'
  | 'cancelled'
  | 'startFailed';

/** What `/collect` answers. */
export type CollectAnswer =
  | { readonly status: 'pending'; readonly hintCode: PendingHint }
  | { readonly status: 'failed'; readonly hintCode: FailedHint }
  | { readonly status: 'complete'; readonly assertion: string };

/** A request object that verified: everything that was asked, bound by its hash. */
export interface AcceptedOrder {
  /** Goes into the assertion as `jti`; not the orderRef, which only the caller knows. */
  readonly id: string;
  readonly relyingParty: RelyingParty;
  readonly launcher: Launcher;
  readonly origin: string | undefined;
  readonly nonce: string;
  /** base64url SHA-256 over the ASCII of the compact request as received. */
  readonly requestHash: string;
  readonly acrValues: readonly LevelUri[];
  /** Personal number or HSA-id that the certificate must carry. */
  readonly user: string | undefined;
  /** Issuer names that the request accepts; empty means those of the relying party. */
  readonly issuers: readonly string[];
  /** Sanitized. */
  readonly confirmationCode: string | undefined;
  /** Sanitized. */
  readonly bindingMessage: string | undefined;
  /** Milliseconds since the epoch: when the order ends unanswered. */
  readonly expiresAt: number;
}

/** What the authentication reports back while it runs. */
export interface OrderProgress {
  hint(hint: PendingHint): void;
  /** Whether a prompt stands open: a newer order then may not replace this one. */
  promptOpen(open: boolean): void;
  /** Aborted when the order is cancelled, replaced or expired; the reason is the FailedHint. */
  readonly signal: AbortSignal;
}

/** How an order ended. */
export type OrderOutcome =
  | { readonly status: 'complete'; readonly assertion: string }
  | { readonly status: 'failed'; readonly hintCode: FailedHint };

/** Carries an accepted order out, from prompt to assertion; never rejects. */
export type OrderRunner = (order: AcceptedOrder, progress: OrderProgress) => Promise<OrderOutcome>;

/** The protocol core that every launcher calls: no HTTP and no card in it. */
export interface OobService {
  /** The relying party that registered this web origin. */
  ownerOfOrigin(origin: string): RelyingParty | undefined;
  /**
   * Verifies a request object and starts its order. Nothing happens before the signature verifies.
   *
   * @throws {MiddlewareError} ERR_OOB_INVALID_PARAMETERS, ERR_OOB_UNAUTHORIZED, ERR_OOB_CLOCK,
   *   ERR_OOB_ALREADY_IN_PROGRESS, ERR_OOB_TOO_MANY_REQUESTS.
   */
  start(request: string, caller: OobCaller): Promise<{ readonly orderRef: string; readonly expiresAt: string }>;
  /**
   * The order's state; waits up to `waitMs` for a change.
   *
   * @throws {MiddlewareError} ERR_OOB_NOT_FOUND for an unknown order, and for another caller's.
   */
  collect(orderRef: string, caller: OobCaller, waitMs: number, signal: AbortSignal): Promise<CollectAnswer>;
  /** Cancels; throws ERR_OOB_NOT_FOUND like collect. */
  cancel(orderRef: string, caller: OobCaller): Promise<void>;
}
