import { randomBytes, randomInt, type KeyObject } from 'node:crypto';
// Of jose only this, since all of it costs 6 MB.
import { CompactSign } from 'jose/jws/compact/sign';
import { toBase64Url } from '../core/bytes.js';
import type { LevelUri } from '../model/certificate.js';
import type { Launcher } from '../model/relying-party.js';
import { digestBytes, type OrderDocument, type SignatureAlgorithm } from '../model/signature.js';
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
  /** The code that the IdP's page shows already, where that was sent before the request is fetched; a new one by default. */
  readonly confirmationCode?: string;
  /** What is to be signed; without it the request is for a login. */
  readonly signature?: SignatureWishes;
  /** For `redirect` and `scheme`, whose answer is posted; without it the answer is collected (`page`, `process`). */
  readonly directPost?: DirectPost;
  /** Milliseconds since the epoch; now by default. */
  readonly now?: number;
  /** How long the order may be started, in seconds: at most 300, the default. */
  readonly lifetimeSeconds?: number;
}

/** What a user is asked to sign. */
export interface SignatureWishes {
  /** Shown in full before the PIN: 1 to 10,000 characters of plain text. */
  readonly visibleText: string;
  /** 1 to 20; the user sees their labels, and that they are known by digest only. */
  readonly documents: readonly OrderDocument[];
}

/** Where the answer to a request goes that the user's computer fetched. */
export interface DirectPost {
  /** Exactly the registered `response_endpoint`. */
  readonly responseUri: string;
  /** As it came with the fetch. */
  readonly walletNonce: string;
}

/** A request object and what the IdP keeps of it in the user's session. */
export interface CreatedRequest {
  /** Compact JWS: goes to the user's computer, and unchanged into the expectations of `verifyAssertion()`. */
  readonly request: string;
  readonly nonce: string;
  /** To be shown on the IdP's own page: the user compares it with the prompt. */
  readonly confirmationCode: string;
}

/**
 * Makes and signs a request object with a fresh nonce and `jti`.
 *
 * @throws {RangeError} for what no user's computer would take: too much or too little to sign, a digest of the wrong
 *   length, launchers that do not fit the way of the answer, a confirmation code of other characters.
 */
export async function createRequestObject(wishes: RequestWishes): Promise<CreatedRequest> {
  checkWishes(wishes);
  const { key, user, issuers, bindingMessage, confirmationCode = newConfirmationCode() } = wishes;
  const iat = Math.floor((wishes.now ?? Date.now()) / 1000);
  const nonce = randomBytes(24).toString('base64url');
  const claims = {
    iss: wishes.clientId,
    aud: protocol.requestAudience,
    iat,
    exp: iat + (wishes.lifetimeSeconds ?? protocol.maxRequestSeconds),
    jti: randomBytes(16).toString('base64url'),
    nonce,
    ...purposeClaims(wishes),
    launchers: wishes.launchers,
    acr_values: wishes.acrValues,
    ...(user === undefined ? {} : { user }),
    ...(issuers === undefined ? {} : { issuers }),
    confirmation_code: confirmationCode,
    ...(bindingMessage === undefined ? {} : { binding_message: bindingMessage }),
    ...responseClaims(wishes),
  };
  const request = await new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ typ: protocol.requestType, alg: key.algorithm, kid: key.keyId })
    .sign(key.privateKey);
  return { request, nonce, confirmationCode };
}

function purposeClaims({ signature }: RequestWishes): Readonly<Record<string, unknown>> {
  if (signature === undefined) return { purpose: 'auth' };
  const documents = signature.documents.map(({ label, digestAlgorithm, digest }) => ({
    label,
    digest_alg: digestAlgorithm,
    digest: toBase64Url(digest),
  }));
  return { purpose: 'sign', visible_text: signature.visibleText, documents };
}

function responseClaims({ directPost: post }: RequestWishes): Readonly<Record<string, unknown>> {
  if (post === undefined) return { response_mode: 'collect' };
  return { response_mode: 'direct_post', response_uri: post.responseUri, wallet_nonce: post.walletNonce };
}

const postedLaunchers: readonly Launcher[] = ['redirect', 'scheme'];

function checkWishes({ launchers, directPost, signature, confirmationCode }: RequestWishes): void {
  const posted = directPost !== undefined;
  if (launchers.length === 0 || launchers.some((launcher) => postedLaunchers.includes(launcher) !== posted)) {
    throw new RangeError('launchers that do not fit the way of the answer');
  }
  if (confirmationCode !== undefined && !confirmationPattern.test(confirmationCode)) {
    throw new RangeError('confirmation code');
  }
  if (signature === undefined) return;
  const { visibleText, documents } = signature;
  if (visibleText === '' || visibleText.length > 10_000) throw new RangeError('visible text');
  const fits = documents.every(({ digest, digestAlgorithm }) => digest.length === digestBytes[digestAlgorithm]);
  if (documents.length === 0 || documents.length > 20 || !fits) throw new RangeError('documents');
}

const confirmationPattern = new RegExp(`^[${confirmationAlphabet}]{4,8}$`);

/** A confirmation code for a page that is shown before its request object is made. */
export function newConfirmationCode(): string {
  return Array.from({ length: 4 }, () => confirmationAlphabet[randomInt(confirmationAlphabet.length)]).join('');
}
