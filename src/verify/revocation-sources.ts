import { randomBytes } from 'node:crypto';
import { isMiddlewareError } from '../core/errors.js';
import type { CertificateInfo } from '../model/certificate.js';
import { openRevocationList, type RevocationList } from '../pki/crl.js';
import { verifyOcspResponse, type OcspAnswer } from '../pki/ocsp.js';
import { certIdOf, writeOcspRequest, type CertIdHash } from '../pki/ocsp-request.js';
import { revocationAddressesOf } from '../pki/revocation-addresses.js';
import type { Revocation } from '../pki/crl-entries.js';
import { revocationProblem } from '../pki/revocation-problem.js';
import { AnswerCache, type CacheRules, type KeptAnswer } from './answer-cache.js';
import { giveBack } from './returnable-bytes.js';
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

const unknown = (reason: RevocationUnknown): SourceVerdict => ({ status: 'unknown', reason });

/** What went wrong, as a verdict; an error of our own making goes on. */
function unknownBecause(error: unknown): SourceVerdict {
  if (error instanceof FetchFailure) return unknown(error.reason);
  if (isMiddlewareError(error, 'ERR_VERIFY_REVOCATION_UNKNOWN', 'ERR_CERT_MALFORMED')) return unknown('not-valid');
  throw error;
}

/**
 * Asks at the addresses that may be called, one after the other until one answers; why there is none, otherwise. Reads
 * them here, since what a certificate says of them may be malformed.
 */
async function askEach(
  addressesOf: () => readonly string[],
  { isListedHost }: SourceContext,
  ask: (url: string, addresses: readonly string[]) => Promise<SourceVerdict>,
): Promise<SourceVerdict> {
  let addresses: readonly string[];
  try {
    addresses = addressesOf();
  } catch (error) {
    return unknownBecause(error);
  }
  const urls = addresses.flatMap((address) => (URL.canParse(address) ? new URL(address) : []));
  const web = urls.filter(({ protocol }) => protocol === 'http:' || protocol === 'https:');
  const listed = web.filter(isListedHost).slice(0, maxAddresses);
  let verdict = unknown(web.length === 0 ? 'no-address' : 'host-not-listed');
  for (const { href } of listed) {
    verdict = await ask(href, addresses).catch(unknownBecause);
    if (verdict.status !== 'unknown') return verdict;
  }
  return verdict;
}

const maxAddresses = 4;

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

/** {@link RevocationSource} options of lists. */
export interface ListOptions {
  readonly limits: FetchLimits;
  readonly rules: CacheRules;
}

/** By how much a CA's clock may be ahead. */
const clockTolerance = 60_000;

/** Looks into revocation lists, and keeps them as long as they count. */
export function listSource(context: SourceContext, { limits, rules }: ListOptions): RevocationSource {
  const cache = new AnswerCache<RevocationList>(rules);
  return async ({ certificate, issuer }, at) =>
    await askEach(
      () => revocationAddressesOf(certificate).crl,
      context,
      async (url, addresses) => {
        const list = await cache.get(`${issuer.fingerprint} ${url}`, at, async (kept) => {
          const der = await fetchDer(context.fetch, { url, method: 'GET' }, limits);
          const fresh = await openRevocationList(der, issuer).finally(() => giveBack(der));
          if (isOutOfDate(fresh, at)) throw revocationProblem('out of date');
          if (kept && isOlder(fresh, kept)) throw revocationProblem('older than the one before');
          return { value: fresh, validUntil: fresh.nextUpdate };
        });
        if (!list.covers(certificate, addresses)) return unknown('not-valid');
        const found = list.find(certificate);
        if (found === undefined) return { status: 'good', validUntil: list.nextUpdate };
        return { status: 'revoked', revokedAt: found.revokedAt, reason: found.reason };
      },
    );
}

const isOutOfDate = ({ thisUpdate, nextUpdate }: RevocationList, at: number): boolean =>
  thisUpdate > at + clockTolerance || nextUpdate < at;

/** RFC 5280 §5.2.3: the number never goes back; somebody who replays an old list hides what was revoked since. */
function isOlder(fresh: RevocationList, kept: RevocationList): boolean {
  if (fresh.number !== undefined && kept.number !== undefined) return fresh.number < kept.number;
  return fresh.thisUpdate < kept.thisUpdate;
}
