import type { ErrorCode, ErrorFields } from '../core/errors.js';
import type { LevelUri } from '../model/certificate.js';
import type { Launcher, Purpose, RelyingParty } from '../model/relying-party.js';
import type { OrderDocument } from '../model/signature.js';

/** Who calls the endpoint by fetch, as far as the gate could prove it. */
export interface OobCaller {
  readonly launcher: 'page' | 'process';
  /** The Origin header of a page; undefined for a local process. Collect and cancel answer only the same caller. */
  readonly origin: string | undefined;
  /** This daemon itself, for a download: no page shows a confirmation code. */
  readonly own?: true;
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
  | 'startFailed'
  /** The request object could not be fetched, or was not accepted (redirect and scheme). */
  | 'requestFailed'
  /** The answer could not be posted to the relying party (redirect and scheme). */
  | 'deliveryFailed';

/** What a completed order brings: an assertion for a login; for a signature, one CAdES signature a document, DER. */
export type OrderResult = { readonly assertion: string } | { readonly signatures: readonly Uint8Array[] };

/** What `/collect` answers. */
export type CollectAnswer =
  | { readonly status: 'pending'; readonly hintCode: PendingHint }
  | { readonly status: 'failed'; readonly hintCode: FailedHint }
  | ({ readonly status: 'complete' } & OrderResult);

/** A request object that verified: everything that was asked, bound by its hash. */
export interface AcceptedOrder {
  /** Goes into the assertion as `jti`; not the orderRef, which only the caller knows. */
  readonly id: string;
  readonly relyingParty: RelyingParty;
  readonly purpose: Purpose;
  readonly launcher: Launcher;
  /** Proved by the browser: Origin, or Referer on /start. */
  readonly origin: string | undefined;
  /** As {@link OobCaller}. */
  readonly own?: true;
  /** False where no browser can return: the user then types the confirmation code, and the assertion says so. */
  readonly bound: boolean;
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
  /** Sanitized, line breaks kept; of a signature order. */
  readonly visibleText: string | undefined;
  /** Of a signature order, 1 to 20; labels are sanitized. */
  readonly documents: readonly OrderDocument[];
  /** Milliseconds since the epoch: when the order ends unanswered. */
  readonly expiresAt: number;
}

/** What the authentication reports back while it runs. */
export interface OrderProgress {
  hint(hint: PendingHint): void;
  /** Whether a prompt stands open: a newer order then may not replace this one. */
  promptOpen(open: boolean): void;
  /** Calls back each time that the same relying party asks again while the prompt stands open. */
  onAskedAgain(listener: () => void): void;
  /** Aborted when the order is cancelled, replaced or expired; the reason is the FailedHint. */
  readonly signal: AbortSignal;
}

/** How an order ended. */
export type OrderOutcome =
  ({ readonly status: 'complete' } & OrderResult) | { readonly status: 'failed'; readonly hintCode: FailedHint };

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
  start(
    request: string,
    caller: OobCaller,
    purpose: Purpose,
  ): Promise<{ readonly orderRef: string; readonly expiresAt: string }>;
  /**
   * The order's state; waits up to `waitMs` for a change.
   *
   * @throws {MiddlewareError} ERR_OOB_NOT_FOUND for an unknown order, and for another caller's.
   */
  collect(orderRef: string, caller: OobCaller, waitMs: number, signal: AbortSignal): Promise<CollectAnswer>;
  /** Cancels; throws ERR_OOB_NOT_FOUND like collect. */
  cancel(orderRef: string, caller: OobCaller): Promise<void>;
}

/** How a redirect or scheme launch begins: opaque ids only, never an address. */
export interface LaunchStart {
  readonly clientId: string;
  /** 22 to 128 base64url characters: names the request object at the relying party. */
  readonly ref: string;
  readonly launcher: 'redirect' | 'scheme';
  /** For redirect: the origin of the page that sent the browser here, by its Referer. */
  readonly origin: string | undefined;
}

/** Where a launch is. */
export type LaunchState =
  /** The request object is being fetched; nothing has been shown to the user. */
  | { readonly step: 'fetching' }
  | { readonly step: 'pending'; readonly hint: PendingHint }
  /** The answer is being posted. */
  | { readonly step: 'delivering' }
  /** The relying party has the answer, or has been told of the failure; `redirectUri` is where the browser goes on. */
  | { readonly step: 'done'; readonly redirectUri: string | undefined; readonly failed: FailedHint | undefined }
  /** It ended, and there is nowhere to go on to: the user reads here what happened. */
  | { readonly step: 'failed'; readonly hint: FailedHint; readonly problem: LaunchProblem | undefined };

/** More than a hint can say, for the catalogue. */
export interface LaunchProblem {
  readonly code: ErrorCode;
  readonly fields: ErrorFields;
}

/** A login or signature on its way from a redirect or a link to the browser's return. */
export interface Launch {
  /** 256 random bits, base64url: what the waiting page is found by. */
  readonly id: string;
  readonly relyingParty: RelyingParty;
  readonly launcher: 'redirect' | 'scheme';
  readonly origin: string | undefined;
  readonly state: LaunchState;
  /** Undefined until the request object has been read. */
  readonly purpose: Purpose | undefined;
  /**
   * Resolves when the state is no longer `seen`, or after `waitMs`. Whoever asks counts as looking: a redirect launch
   * that nobody looks at for 30 s is cancelled with its prompt.
   */
  changed(seen: LaunchState, waitMs: number, signal: AbortSignal): Promise<void>;
  cancel(): void;
}

/** The two launchers that begin with ids instead of a request object. */
export interface OobLaunches {
  /** The relying party that may be started so from this page; undefined for one that is not registered for it. */
  ownerOfLaunch(start: Pick<LaunchStart, 'clientId' | 'launcher' | 'origin'>): RelyingParty | undefined;
  /**
   * Begins to fetch the request object; returns at once.
   *
   * @throws {MiddlewareError} ERR_OOB_UNAUTHORIZED, ERR_OOB_TOO_MANY_REQUESTS (its fetch in flight),
   *   ERR_OOB_INVALID_PARAMETERS, ERR_OOB_LINK_USED.
   */
  launch(start: LaunchStart): Launch;
  /** Undefined for an id that was never given out, and 5 minutes after its end; `lost` for one that a restart ended. */
  findLaunch(id: string): Launch | 'lost' | undefined;
}

/** Calls out to relying parties; only registered addresses are ever called. */
export interface RelyingPartyCalls {
  /**
   * Fetches the request object that `ref` names, telling a fresh `walletNonce` that it must repeat.
   *
   * @returns compact JWS, not verified, and the relying party's own time, milliseconds since the epoch.
   * @throws {MiddlewareError} ERR_REMOTE_… , ERR_OOB_REQUEST_FAILED.
   */
  fetchRequest(
    party: RelyingParty,
    asked: { readonly ref: string; readonly walletNonce: string },
    signal: AbortSignal,
  ): Promise<{ readonly request: string; readonly date: number | undefined }>;
  /**
   * Posts an answer, or why there is none.
   *
   * @returns where the browser goes on: https on a registered origin (loopback http for a user's entry); undefined when
   *   the relying party names nothing.
   * @throws {MiddlewareError} ERR_REMOTE_…, ERR_OOB_DELIVERY_FAILED.
   */
  postResponse(
    party: RelyingParty,
    answer: { readonly ref: string } & (OrderResult | { readonly error: FailedHint }),
    signal: AbortSignal,
  ): Promise<{ readonly redirectUri: string | undefined }>;
  /**
   * The keys that may sign its request objects now: those of the entry, or fetched ones, which are fetched again at most
   * every 10 minutes, when `kid` is not among them.
   *
   * @throws {MiddlewareError} ERR_REMOTE_…
   */
  keysOf(party: RelyingParty, kid: string): Promise<RelyingParty['jwks']['keys']>;
}
