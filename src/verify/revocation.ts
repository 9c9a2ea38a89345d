import type { CertificatePath } from '../pki/path.js';
import type { CertIdHash } from '../pki/ocsp-request.js';
import { refusal } from './refusal.js';
import { fetchOverHttp, type RevocationFetch } from './revocation-fetch.js';
import {
  ocspSource,
  type Pair,
  type RevocationSource,
  type SourceContext,
  type SourceVerdict,
} from './revocation-sources.js';
import { listSource } from './revocation-lists.js';
import type { RevocationChecker, RevocationUnknown, RevocationVerdict } from './revocation-verdict.js';

/** How revocation is checked. */
export interface RevocationOptions {
  /**
   * The only servers that are called, as they stand in addresses: `crl.example`, or with a port that is not the usual
   * one, `crl.example:8080`. An address in a certificate that names another one is not called.
   */
  readonly hosts: readonly string[];
  /** Whom to ask, in this order, until one knows; OCSP and then lists by default. */
  readonly sources?: readonly ('ocsp' | 'crl')[];
  /** Lets certificates pass of which nothing can be known. False by default: who blocks the way to the CA is not let in. */
  readonly failOpen?: boolean;
  /** By which hash OCSP requests name the issuer; `sha1` by default, which every responder knows. */
  readonly ocspHash?: CertIdHash;
  /** Sends a nonce with OCSP requests and insists on it; false by default, since many responders answer from a store. */
  readonly ocspNonce?: boolean;
  /** Answers and lists that were fetched longer ago are fetched anew before use; 300 and 3600 seconds by default. */
  readonly ocspRefreshSeconds?: number;
  readonly listRefreshSeconds?: number;
  /** 5 and 30 seconds by default. */
  readonly ocspTimeoutMs?: number;
  readonly listTimeoutMs?: number;
  /** Bytes of the longest list; 64 MiB by default. */
  readonly maxListBytes?: number;
  /** How servers are called; by node:http and node:https unless something else is given. */
  readonly fetch?: RevocationFetch;
}

/** After a failure nobody is asked for so long. */
const retryMs = 10_000;
const maxOcspBytes = 65_536;
const maxOcspAnswers = 10_000;
/** Lists of what has changed since are small, and made to be fetched often. */
const deltaRefreshMs = 300_000;
/** Of the CAs that one identity provider trusts. */
const maxLists = 32;

/**
 * Makes a checker for {@link Expectations.revocation}: make one and keep it, since it remembers answers and lists. It
 * checks the person's certificate against its issuer, and the issuer's against the anchor.
 *
 * Addresses are taken only from certificates whose path has been verified, and called only on the listed hosts, without
 * redirects, with limits on size and time. Issuers' certificates are never fetched.
 *
 * @throws {RangeError} without a source.
 */
export function createRevocationChecker(options: RevocationOptions): RevocationChecker {
  const hosts = new Set(options.hosts.map((host) => host.toLowerCase()));
  return createCheckerFor(({ host }) => hosts.has(host), options);
}

/** {@link createRevocationChecker} for whoever decides otherwise which servers may be called. */
export function createCheckerFor(
  isListedHost: (url: URL) => boolean,
  options: Omit<RevocationOptions, 'hosts'>,
): RevocationChecker {
  const sources = sourcesOf(isListedHost, options);
  const check = async (path: CertificatePath, at: number): Promise<RevocationVerdict> => {
    const [leaf, issuer] = await Promise.all([
      ask(sources, { certificate: path.leaf, issuer: path.issuer }, at),
      ask(sources, { certificate: path.issuer, issuer: path.anchor }, at),
    ]);
    // "Revoked" of the issuer weighs more than "unknown" of the leaf.
    if (leaf.status !== 'good' && (leaf.status === 'revoked' || issuer.status !== 'revoked')) {
      return { ...leaf, certificate: 'leaf' };
    }
    if (issuer.status !== 'good') return { ...issuer, certificate: 'issuer' };
    return { status: 'good', validUntil: Math.min(leaf.status === 'good' ? leaf.validUntil : at, issuer.validUntil) };
  };
  return {
    check,
    require: async (path, at) => {
      const verdict = await check(path, at);
      if (verdict.status === 'revoked') throw revoked(verdict);
      if (verdict.status === 'unknown' && options.failOpen !== true) {
        const { reason, certificate } = verdict;
        throw refusal('ERR_VERIFY_REVOCATION_UNKNOWN', 'revocation unknown', { reason, certificate });
      }
      return verdict;
    },
  };
}

function revoked({ certificate, revokedAt, reason }: RevocationVerdict & { status: 'revoked' }): Error {
  const since = new Date(revokedAt).toISOString();
  return refusal('ERR_VERIFY_REVOKED', 'certificate is revoked', { revokedAt: since, reason, certificate });
}

function sourcesOf(
  isListedHost: (url: URL) => boolean,
  options: Omit<RevocationOptions, 'hosts'>,
): readonly RevocationSource[] {
  const context: SourceContext = {
    fetch: options.fetch ?? fetchOverHttp,
    isListedHost: (url) => url.username === '' && url.password === '' && isListedHost(url),
  };
  const listRefreshMs = (options.listRefreshSeconds ?? 3600) * 1000;
  const crl = listSource(context, {
    limits: { timeoutMs: options.listTimeoutMs ?? 30_000, maxBytes: options.maxListBytes ?? 64 * 2 ** 20 },
    rules: { refreshMs: listRefreshMs, retryMs, maxEntries: maxLists },
    deltaRules: { refreshMs: Math.min(listRefreshMs, deltaRefreshMs), retryMs, maxEntries: maxLists },
  });
  const ocsp = ocspSource(context, {
    hash: options.ocspHash ?? 'sha1',
    nonce: options.ocspNonce ?? false,
    limits: { timeoutMs: options.ocspTimeoutMs ?? 5000, maxBytes: maxOcspBytes },
    rules: { refreshMs: (options.ocspRefreshSeconds ?? 300) * 1000, retryMs, maxEntries: maxOcspAnswers },
    delegates: crl,
  });
  const chosen = (options.sources ?? ['ocsp', 'crl']).map((name) => ({ ocsp, crl })[name]);
  if (chosen.length === 0) throw new RangeError('no source of revocation');
  return chosen;
}

/** The reasons for knowing nothing, the most telling first. */
const telling: readonly RevocationUnknown[] = [
  'not-known',
  'not-valid',
  'response',
  'unreachable',
  'host-not-listed',
  'no-address',
];

async function ask(sources: readonly RevocationSource[], pair: Pair, at: number): Promise<SourceVerdict> {
  const reasons: RevocationUnknown[] = [];
  for (const source of sources) {
    const verdict = await source(pair, at);
    if (verdict.status !== 'unknown') return verdict;
    reasons.push(verdict.reason);
  }
  return { status: 'unknown', reason: telling.find((reason) => reasons.includes(reason)) ?? 'no-address' };
}
