import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { compactVerify } from 'jose';
import { MiddlewareError } from '../core/errors.js';
import { sanitizeOutsideText } from '../core/outside-text.js';
import type { Launcher, Purpose, RelyingParty } from '../model/relying-party.js';
import type { OrderDocument } from '../model/signature.js';
import type { AcceptedOrder, LaunchStart, OobCaller, RelyingPartyCalls } from './oob-service.js';
import { isRecord, protocol, requestHashOf } from './protocol.js';
import type { RelyingPartyRegistry } from './registry.js';
import {
  invalidRequest,
  readRequestClaims,
  readRequestHeader,
  type RequestClaims,
  type RequestHeader,
  type SignedDocument,
} from './request-claims.js';

/** Everything that an order needs and a request object holds. */
export interface VerifiedRequest {
  readonly order: Omit<AcceptedOrder, 'id' | 'expiresAt'>;
  /** Names (`iss`, `jti`) as one short string without the caller's characters. */
  readonly replayKey: string;
  /** Milliseconds since the epoch: how long the replay key must be remembered. */
  readonly replayUntil: number;
}

/** A launch that fetched a request object: who was started from where, and what the fetch told the relying party. */
export interface LaunchCaller extends LaunchOwner {
  readonly walletNonce: string;
}

/** Whom a launch names, and where it comes from. */
export type LaunchOwner = Pick<LaunchStart, 'clientId' | 'launcher' | 'origin'>;

/** What a request object is judged against. */
export interface RequestContext {
  readonly registry: RelyingPartyRegistry;
  readonly caller: OobCaller | LaunchCaller;
  /** What it must be for, by the path that it came on; undefined where the request itself decides. */
  readonly purpose: Purpose | undefined;
  /** Asked for a relying party whose keys do not stand in its entry. */
  readonly calls: Pick<RelyingPartyCalls, 'keysOf'>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Verifies a request object, in the manner of RFC 9101: who may ask, signature, claims, clock. Changes nothing; the
 * caller must still see to it that the replay key is new.
 *
 * @throws {MiddlewareError} ERR_OOB_INVALID_PARAMETERS (not what the protocol says), ERR_OOB_UNAUTHORIZED (not
 *   registered, not allowed, or not signed by whom it should), ERR_OOB_CLOCK (a clock is off by `seconds`), and what
 *   `keysOf` throws.
 */
export async function verifyRequestObject(request: string, context: RequestContext): Promise<VerifiedRequest> {
  const { caller } = context;
  const { header, payload } = decode(request);
  const relyingParty = findAsker(payload, context);
  // Most entries hold their keys: those wait for nothing.
  const keys =
    relyingParty.endpoints.keys === undefined
      ? relyingParty.jwks.keys
      : await context.calls.keysOf(relyingParty, header.kid);
  await verifySignature(request, header, keys);
  const claims = readRequestClaims(payload, 'walletNonce' in caller ? 'direct_post' : 'collect');
  if (claims.iss !== relyingParty.clientId) throw unauthorized('issuer');
  if (context.purpose !== undefined && claims.purpose !== context.purpose) throw invalidRequest('claim purpose');
  checkAllowed(claims, relyingParty, caller.launcher);
  if ('walletNonce' in caller) checkLaunch(claims, relyingParty, caller);
  checkTimes(claims, context.now);
  return {
    order: orderOf(request, claims, relyingParty, caller),
    replayKey: createHash('sha256')
      .update(JSON.stringify([claims.iss, claims.jti]))
      .digest('hex'),
    replayUntil: (claims.exp + protocol.clockToleranceSeconds) * 1000,
  };
}

function decode(request: string): { header: RequestHeader; payload: unknown } {
  if (request.length > protocol.maxCompactBytes) throw invalidRequest('size');
  const parts = request.split('.');
  // Strict base64url: one text for one byte string, so that no second text carries the same signature.
  if (parts.length !== 3 || !parts.every((part) => Buffer.from(part, 'base64url').toString('base64url') === part)) {
    throw invalidRequest('not a compact JWS');
  }
  const [header = '', payload = ''] = parts;
  return { header: readRequestHeader(parseJson(header)), payload: parseJson(payload) };
}

function parseJson(part: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url'))) as unknown;
  } catch {
    throw invalidRequest('not JSON');
  }
}

/** Who asks must be who the caller can be, may come this way, and stand in the request as well. */
function findAsker(payload: unknown, { registry, caller }: RequestContext): RelyingParty {
  const issuer = isRecord(payload) && typeof payload['iss'] === 'string' ? payload['iss'] : '';
  const found = registered(caller, issuer, registry);
  if (found === undefined) throw unauthorized('unregistered');
  if (issuer !== found.clientId) throw unauthorized('issuer');
  if (!found.launchers.includes(caller.launcher)) throw unauthorized('launcher');
  return found;
}

/**
 * A page is known by its origin, a launch by whom it started, a process by what the request says, which the signature
 * then has to bear out. Only what a browser opened has an origin.
 */
function registered(
  caller: RequestContext['caller'],
  issuer: string,
  registry: RelyingPartyRegistry,
): RelyingParty | undefined {
  if ('clientId' in caller) return findLaunched(caller, registry);
  const { launcher, origin } = caller;
  if (launcher === 'page') return origin === undefined ? undefined : registry.byOrigin(origin);
  return origin === undefined ? registry.byClientId(issuer) : undefined;
}

/** The relying party that a launch may start: by redirect from an origin of its own only, by scheme from nowhere. */
export function findLaunched(
  { clientId, launcher, origin }: LaunchOwner,
  registry: RelyingPartyRegistry,
): RelyingParty | undefined {
  const party = registry.byClientId(clientId);
  if (!party?.launchers.includes(launcher)) return undefined;
  if (launcher === 'scheme') return origin === undefined ? party : undefined;
  return origin !== undefined && party.origins.includes(origin) ? party : undefined;
}

async function verifySignature(
  request: string,
  header: RequestHeader,
  keys: RelyingParty['jwks']['keys'],
): Promise<void> {
  const key = keys.find(({ kid }) => kid === header.kid);
  if (key?.['alg'] !== header.alg) throw unauthorized('key');
  try {
    await compactVerify(request, publicKeyOf(key), { algorithms: [header.alg] });
  } catch {
    throw unauthorized('signature');
  }
}

/** Reading a key costs more than using it; registered ones stay the same objects. */
const publicKeys = new WeakMap<object, KeyObject>();

function publicKeyOf(jwk: Readonly<Record<string, unknown>>): KeyObject {
  const known = publicKeys.get(jwk) ?? createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  publicKeys.set(jwk, known);
  return known;
}

function checkAllowed(claims: RequestClaims, relyingParty: RelyingParty, launcher: Launcher): void {
  if (!claims.launchers.includes(launcher)) throw unauthorized('launcher');
  if (!relyingParty.purposes.includes(claims.purpose)) throw unauthorized('purpose');
  if (!claims.acr_values.every((level) => relyingParty.acrValues.includes(level))) throw unauthorized('acr_values');
}

/** The answer goes where the entry says, and the object was made for this one fetch. */
function checkLaunch(claims: RequestClaims, { endpoints }: RelyingParty, { walletNonce }: LaunchCaller): void {
  if (claims.response_mode !== 'direct_post') throw invalidRequest('claim response_mode');
  if (claims.response_uri !== endpoints.response) throw unauthorized('response_uri');
  if (claims.wallet_nonce !== walletNonce) throw unauthorized('wallet_nonce');
}

function checkTimes({ iat, exp }: RequestClaims, now: number): void {
  if (exp <= iat || exp - iat > protocol.maxRequestSeconds) throw invalidRequest('claim exp');
  const seconds = Math.floor(now / 1000);
  if (iat - seconds > protocol.clockToleranceSeconds) throw clockError('issued-in-future', iat - seconds);
  if (seconds >= exp) throw clockError('expired', seconds - exp);
}

const clockError = (reason: 'issued-in-future' | 'expired', seconds: number): MiddlewareError =>
  new MiddlewareError('ERR_OOB_CLOCK', `Request object refused: ${reason}`, { fields: { reason, seconds } });

/** The error of somebody who may not ask this; `reason` is for logs and developers. */
export function unauthorized(reason: string, cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_OOB_UNAUTHORIZED', `Request object refused: ${reason}`, {
    fields: { reason },
    cause,
  });
}

function orderOf(
  request: string,
  claims: RequestClaims,
  relyingParty: RelyingParty,
  caller: RequestContext['caller'],
): VerifiedRequest['order'] {
  const { launcher, origin } = caller;
  const message = claims.binding_message === undefined ? '' : sanitizeOutsideText(claims.binding_message);
  return {
    relyingParty,
    purpose: claims.purpose,
    launcher,
    bound: !(relyingParty.unbound && launcher === 'scheme'),
    origin,
    ...('own' in caller ? { own: caller.own } : {}),
    nonce: claims.nonce,
    requestHash: requestHashOf(request),
    acrValues: claims.acr_values,
    user: claims.user,
    issuers: claims.issuers ?? [],
    confirmationCode: claims.confirmation_code,
    bindingMessage: message === '' ? undefined : message,
    visibleText: claims.purpose === 'sign' ? claims.visible_text : undefined,
    documents: claims.purpose === 'sign' ? claims.documents.map(documentOf) : [],
  };
}

const documentOf = ({ label, digest_alg, digest }: SignedDocument): OrderDocument => ({
  label,
  digestAlgorithm: digest_alg,
  digest: new Uint8Array(Buffer.from(digest, 'base64url')),
});
