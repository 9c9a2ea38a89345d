import type { SignatureAlgorithm } from '../model/signature.js';
import { jwsAlgorithms, protocol } from '../oob/protocol.js';
import { takeApart } from './compact-jws.js';
import { refusal } from './refusal.js';
import { readRemovalJwk, type RemovalJwk } from './removal-jwk.js';

/** An assertion taken apart; nothing of it is verified. */
export interface ParsedAssertion {
  readonly algorithm: SignatureAlgorithm;
  /** DER, leaf first, one to four. */
  readonly chain: readonly [Uint8Array, ...Uint8Array[]];
  readonly claims: AssertionClaims;
  /** What the signature covers (RFC 7515 §5.1). */
  readonly signingInput: Uint8Array;
  readonly signature: Uint8Array;
}

/** Claims of an assertion, of the right types. */
export interface AssertionClaims {
  readonly iss: string;
  readonly aud: string;
  readonly nonce: string;
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
  readonly auth_time: number;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly sub: string;
  readonly origin: string | undefined;
  readonly launcher: string;
  readonly bound: boolean;
  readonly request_hash: string;
  readonly removal_jwk: RemovalJwk | undefined;
}

/**
 * Takes a compact assertion apart.
 *
 * @throws {MiddlewareError} ERR_VERIFY_MALFORMED, or ERR_VERIFY_ALGORITHM for any `alg` but the four.
 */
export function parseAssertion(compact: string): ParsedAssertion {
  const { header, claims, signingInput, signature } = takeApart(compact, protocol.maxCompactBytes, malformed);
  const { algorithm, chain } = readHeader(header);
  return { algorithm, chain, claims: readClaims(claims), signingInput, signature };
}

const malformed = (detail: string) => refusal('ERR_VERIFY_MALFORMED', detail, { detail });

/** Every other member (`jwk`, `jku`, `x5u`, `crit`, `kid` and what may come) is refused: the key is the leaf's. */
const headerMembers: readonly string[] = ['typ', 'alg', 'x5c'];

function readHeader(header: Readonly<Record<string, unknown>>): Pick<ParsedAssertion, 'algorithm' | 'chain'> {
  if (!Object.keys(header).every((name) => headerMembers.includes(name))) throw malformed('header member');
  if (header['typ'] !== protocol.assertionType) throw malformed('typ');
  const algorithm = jwsAlgorithms.find((name) => name === header['alg']);
  if (algorithm === undefined) throw refusal('ERR_VERIFY_ALGORITHM', 'alg');
  return { algorithm, chain: readChain(header['x5c']) };
}

function readChain(x5c: unknown): ParsedAssertion['chain'] {
  if (!Array.isArray(x5c) || x5c.length > protocol.maxChainCertificates) throw malformed('x5c');
  const [leaf, ...rest] = x5c.map((text: unknown) => {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'base64') : Buffer.alloc(0);
    if (bytes.length === 0 || bytes.toString('base64') !== text) throw malformed('x5c');
    return bytes;
  });
  const size = [leaf, ...rest].reduce((bytes, certificate) => bytes + (certificate?.length ?? 0), 0);
  if (leaf === undefined || size > protocol.maxChainBytes) throw malformed('x5c');
  return [leaf, ...rest];
}

function readClaims(claims: Readonly<Record<string, unknown>>): AssertionClaims {
  const text = (name: string): string => {
    const value = claims[name];
    if (typeof value !== 'string' || value === '' || value.length > 512) throw malformed(name);
    return value;
  };
  const time = (name: string): number => {
    const value = claims[name];
    if (!Number.isSafeInteger(value)) throw malformed(name);
    return value as number;
  };
  const { amr, bound } = claims;
  if (!Array.isArray(amr) || amr.length > 8 || !amr.every((method) => typeof method === 'string'))
    throw malformed('amr');
  if (typeof bound !== 'boolean') throw malformed('bound');
  return {
    iss: text('iss'),
    aud: text('aud'),
    nonce: text('nonce'),
    jti: text('jti'),
    iat: time('iat'),
    exp: time('exp'),
    auth_time: time('auth_time'),
    acr: text('acr'),
    amr,
    sub: text('sub'),
    origin: claims['origin'] === undefined ? undefined : text('origin'),
    launcher: text('launcher'),
    bound,
    request_hash: text('request_hash'),
    removal_jwk: readRemoval(claims['removal_jwk']),
  };
}

function readRemoval(value: unknown): RemovalJwk | undefined {
  const jwk = value === undefined ? undefined : readRemovalJwk(value);
  if (jwk === undefined && value !== undefined) throw malformed('removal_jwk');
  return jwk;
}
