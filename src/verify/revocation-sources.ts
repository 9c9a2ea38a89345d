import { randomBytes } from 'node:crypto';
import { isMiddlewareError } from '../core/errors.js';
import type { CertificateInfo } from '../model/certificate.js';
import { verifyOcspResponse, type OcspAnswer } from '../pki/ocsp.js';
import { certIdOf, writeOcspRequest, type CertIdHash } from '../pki/ocsp-request.js';
import { revocationAddressesOf } from '../pki/revocation-addresses.js';
import type { Revocation } from '../pki/crl-entries.js';
import { revocationProblem } from '../pki/revocation-problem.js';
import { AnswerCache, type CacheRules, type KeptAnswer } from './answer-cache.js';
import { fetchDer, FetchFailure, type FetchLimits, type RevocationFetch } from './revocation-fetch.js';
import type { RevocationUnknown } from './revocation-verdict.js';

/** A certificate of a verified path, and the CA above it. */
export interface Pair {
  readonly certificate: CertificateInfo;
  readonly issuer: CertificateInfo;
}

/** What one source says of a certificate. */
export type SourceVerdict =
  | { readonly status: 'good'; readonly validUntil: number }
  | ({ readonly status: 'revoked' } & Revocation)
  | { readonly status: 'unknown'; readonly reason: RevocationUnknown };

/** Asks about one certificate; never rejects. */
export type RevocationSource = (pair: Pair, at: number) => Promise<SourceVerdict>;

/** How servers are reached. */
export interface SourceContext {
  readonly fetch: RevocationFetch;
  readonly isListedHost: (url: URL) => boolean;
}

/** A verdict of not knowing. */
export const unknown = (reason: RevocationUnknown): SourceVerdict => ({ status: 'unknown', reason });

/** What went wrong, as a verdict; an error of our own making goes on. */
export function unknownBecause(error: unknown): SourceVerdict {
  if (error instanceof FetchFailure) return unknown(error.reason);
  if (isMiddlewareError(error, 'ERR_VERIFY_REVOCATION_UNKNOWN', 'ERR_CERT_MALFORMED')) return unknown('not-valid');
  throw error;
}

/**
 * Asks at the addresses that may be called, one after the other until one answers; why there is none, otherwise. Reads
 * them here, since what a certificate says of them may be malformed.
 */
export async function askEach(
  addressesOf: () => readonly string[],
  context: SourceContext,
  ask: (url: string, addresses: readonly string[]) => Promise<SourceVerdict>,
): Promise<SourceVerdict> {
  let addresses: readonly string[];
  try {
    addresses = addressesOf();
  } catch (error) {
    return unknownBecause(error);
  }
  const web = webAddresses(addresses);
  const listed = callable(addresses, context);
  let verdict = unknown(web.length === 0 ? 'no-address' : 'host-not-listed');
  for (const { href } of listed) {
    verdict = await ask(href, addresses).catch(unknownBecause);
    if (verdict.status !== 'unknown') return verdict;
  }
  return verdict;
}

const maxAddresses = 4;

function webAddresses(addresses: readonly string[]): readonly URL[] {
  const urls = addresses.flatMap((address) => (URL.canParse(address) ? new URL(address) : []));
  return urls.filter(({ protocol }) => protocol === 'http:' || protocol === 'https:');
}

/** Those that may be called, the first four of them. */
export function callable(addresses: readonly string[], { isListedHost }: SourceContext): readonly URL[] {
  return webAddresses(addresses).filter(isListedHost).slice(0, maxAddresses);
}

/** {@link RevocationSource} options of OCSP. */
export interface OcspOptions {
  readonly hash: CertIdHash;
  readonly nonce: boolean;
  readonly limits: FetchLimits;
  readonly rules: CacheRules;
  /** For a delegate whose certificate does not say that it need not be checked. */
  readonly delegates: RevocationSource;
}

/** Asks OCSP responders, and keeps their answers as long as they count. */
export function ocspSource(context: SourceContext, options: OcspOptions): RevocationSource {
  const cache = new AnswerCache<ResponderAnswer>(options.rules);
  return async (pair, at) =>
    await askEach(
      () => revocationAddressesOf(pair.certificate).ocsp,
      context,
      async (url) => {
        const name = `${pair.issuer.fingerprint} ${pair.certificate.fingerprint} ${url}`;
        const { verdict } = await cache.get(name, at, async (kept) => {
          const fresh = await askResponder(url, pair, at, context, options);
          // Somebody who replays an answer that still counts hides what was revoked since.
          if (kept && fresh.value.thisUpdate < kept.thisUpdate) throw revocationProblem('older than the one before');
          return fresh;
        });
        return verdict;
      },
    );
}

interface ResponderAnswer {
  readonly verdict: SourceVerdict;
  readonly thisUpdate: number;
}

async function askResponder(
  url: string,
  { certificate, issuer }: Pair,
  at: number,
  { fetch }: SourceContext,
  { hash, nonce: withNonce, limits, delegates }: OcspOptions,
): Promise<KeptAnswer<ResponderAnswer>> {
  const certId = certIdOf(certificate, issuer, hash);
  const nonce = withNonce ? randomBytes(32) : undefined;
  const body = writeOcspRequest(certId, nonce);
  const call = { url, method: 'POST', body, contentType: 'application/ocsp-request' } as const;
  const answer = verifyOcspResponse(await fetchDer(fetch, call, limits), { certId, issuer, nonce, at });
  // An answer without an end counts once.
  const { status, thisUpdate, nextUpdate: validUntil = at } = answer;
  if (answer.delegateToCheck !== undefined) {
    const delegate = await delegates({ certificate: answer.delegateToCheck, issuer }, at);
    if (delegate.status !== 'good') throw revocationProblem('delegate');
  }
  return { value: { verdict: verdictOf(status, validUntil), thisUpdate }, validUntil };
}

function verdictOf(status: OcspAnswer['status'], validUntil: number): SourceVerdict {
  if (status.kind === 'revoked') return { status: 'revoked', revokedAt: status.revokedAt, reason: status.reason };
  return status.kind === 'good' ? { status: 'good', validUntil } : unknown('not-known');
}
