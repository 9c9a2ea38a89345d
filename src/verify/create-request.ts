import { randomBytes, randomInt, type KeyObject } from 'node:crypto';
import { CompactSign } from 'jose';
import type { LevelUri } from '../model/certificate.js';
import type { Launcher } from '../model/relying-party.js';
import type { SignatureAlgorithm } from '../model/signature.js';
import { confirmationAlphabet, protocol } from '../oob/protocol.js';

/** The key that an IdP signs request objects with, and nothing else. */
export interface RequestKey {
  readonly privateKey: KeyObject;
  readonly algorithm: SignatureAlgorithm;
  /** As registered. */
  readonly keyId: string;
}

/** What an IdP asks of a user. */
export interface RequestWishes {
  readonly clientId: string;
  readonly key: RequestKey;
  readonly launchers: readonly Launcher[];
  /** Exactly these levels will do. */
  readonly acrValues: readonly LevelUri[];
  /** Personal number or HSA-id of the only person who will do. */
  readonly user?: string;
  /** Issuer names (RFC 4514) that will do. */
  readonly issuers?: readonly string[];
  /** At most 300 characters of plain text for the prompt. */
  readonly bindingMessage?: string;
  /** Milliseconds since the epoch; now by default. */
  readonly now?: number;
  /** How long the order may be started, in seconds: at most 300, the default. */
  readonly lifetimeSeconds?: number;
}

/** A request object and what the IdP keeps of it in the user's session. */
export interface CreatedRequest {
  /** Compact JWS: goes to the user's computer, and unchanged into the expectations of `verifyAssertion()`. */
  readonly request: string;
  readonly nonce: string;
  /** To be shown on the IdP's own page: the user compares it with the prompt. */
  readonly confirmationCode: string;
}

/** Makes and signs a request object with a fresh nonce, `jti` and confirmation code. */
export async function createRequestObject(wishes: RequestWishes): Promise<CreatedRequest> {
  const { key, user, issuers, bindingMessage } = wishes;
  const iat = Math.floor((wishes.now ?? Date.now()) / 1000);
  const nonce = randomBytes(24).toString('base64url');
  const confirmationCode = newConfirmationCode();
  const claims = {
    iss: wishes.clientId,
    aud: protocol.requestAudience,
    iat,
    exp: iat + (wishes.lifetimeSeconds ?? protocol.maxRequestSeconds),
    jti: randomBytes(16).toString('base64url'),
    nonce,
    purpose: 'auth',
    launchers: wishes.launchers,
    acr_values: wishes.acrValues,
    ...(user === undefined ? {} : { user }),
    ...(issuers === undefined ? {} : { issuers }),
    confirmation_code: confirmationCode,
    ...(bindingMessage === undefined ? {} : { binding_message: bindingMessage }),
    response_mode: 'collect',
  };
  const request = await new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ typ: protocol.requestType, alg: key.algorithm, kid: key.keyId })
    .sign(key.privateKey);
  return { request, nonce, confirmationCode };
}

function newConfirmationCode(): string {
  return Array.from({ length: 4 }, () => confirmationAlphabet[randomInt(confirmationAlphabet.length)]).join('');
}
