import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { compactVerify } from 'jose';
import { MiddlewareError } from '../core/errors.js';
import { sanitizeOutsideText } from '../core/outside-text.js';
import type { Launcher, RelyingParty } from '../model/relying-party.js';
import type { AcceptedOrder, OobCaller } from './oob-service.js';
import { isRecord, protocol, requestHashOf } from './protocol.js';
import type { RelyingPartyRegistry } from './registry.js';
import {
  invalidRequest,
  readRequestClaims,
  readRequestHeader,
  type RequestClaims,
  type RequestHeader,
} from './request-claims.js';

/** Everything that an order needs and a request object holds. */
export interface VerifiedRequest {
  readonly order: Omit<AcceptedOrder, 'id' | 'expiresAt'>;
  /** Names (`iss`, `jti`) as one short string without the caller's characters. */
  readonly replayKey: string;
  /** Milliseconds since the epoch: how long the replay key must be remembered. */
  readonly replayUntil: number;
}

/** What a request object is judged against. */
export interface RequestContext {
  readonly registry: RelyingPartyRegistry;
  readonly caller: OobCaller;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Verifies a request object, in the manner of RFC 9101: who may ask, signature, claims, clock. Changes nothing; the
 * caller must still see to it that the replay key is new.
 *
 * @throws {MiddlewareError} ERR_OOB_INVALID_PARAMETERS (not what the protocol says), ERR_OOB_UNAUTHORIZED (not
 *   registered, not allowed, or not signed by whom it should), ERR_OOB_CLOCK (a clock is off by `seconds`).
 */
export async function verifyRequestObject(request: string, context: RequestContext): Promise<VerifiedRequest> {
  const { header, payload } = decode(request);
  const relyingParty = findAsker(payload, context);
  await verifySignature(request, header, relyingParty);
  const claims = readRequestClaims(payload);
  if (claims.iss !== relyingParty.clientId) throw unauthorized('issuer');
  checkAllowed(claims, relyingParty, context.caller.launcher);
  checkTimes(claims, context.now);
  return {
    order: orderOf(request, claims, relyingParty, context.caller),
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

/** A page is known by its origin; a process by what the request says, which the signature then has to bear out. */
function findAsker(payload: unknown, { registry, caller }: RequestContext): RelyingParty {
  const issuer = isRecord(payload) && typeof payload['iss'] === 'string' ? payload['iss'] : '';
  const found =
    caller.launcher === 'page'
      ? caller.origin !== undefined && registry.byOrigin(caller.origin)
      : registry.byClientId(issuer);
  if (!found || (caller.launcher === 'process' && caller.origin !== undefined)) throw unauthorized('unregistered');
  if (issuer !== found.clientId) throw unauthorized('issuer');
  if (!found.launchers.includes(caller.launcher)) throw unauthorized('launcher');
  return found;
}

async function verifySignature(request: string, header: RequestHeader, relyingParty: RelyingParty): Promise<void> {
  const key = relyingParty.jwks.keys.find(({ kid }) => kid === header.kid);
  if (key?.['alg'] !== header.alg) throw unauthorized('key');
  const publicKey: KeyObject = createPublicKey({ key: key as JsonWebKey, format: 'jwk' });
  try {
    await compactVerify(request, publicKey, { algorithms: [header.alg] });
  } catch {
    throw unauthorized('signature');
  }
}

function checkAllowed(claims: RequestClaims, relyingParty: RelyingParty, launcher: Launcher): void {
  if (!claims.launchers.includes(launcher)) throw unauthorized('launcher');
  if (!relyingParty.purposes.includes(claims.purpose)) throw unauthorized('purpose');
  if (!claims.acr_values.every((level) => relyingParty.acrValues.includes(level))) throw unauthorized('acr_values');
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
export function unauthorized(reason: string): MiddlewareError {
  return new MiddlewareError('ERR_OOB_UNAUTHORIZED', `Request object refused: ${reason}`, { fields: { reason } });
}

function orderOf(
  request: string,
  claims: RequestClaims,
  relyingParty: RelyingParty,
  { launcher, origin }: OobCaller,
): VerifiedRequest['order'] {
  const message = claims.binding_message === undefined ? '' : sanitizeOutsideText(claims.binding_message);
  return {
    relyingParty,
    purpose: claims.purpose,
    launcher,
    bound: true,
    origin,
    nonce: claims.nonce,
    requestHash: requestHashOf(request),
    acrValues: claims.acr_values,
    user: claims.user,
    issuers: claims.issuers ?? [],
    confirmationCode: claims.confirmation_code,
    bindingMessage: message === '' ? undefined : message,
    visibleText: undefined,
    documents: [],
  };
}
