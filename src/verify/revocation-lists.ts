import type { CertificateInfo } from '../model/certificate.js';
import { isDeltaOf, openDeltaList, openRevocationList, type DeltaList, type RevocationList } from '../pki/crl.js';
import { revocationAddressesOf } from '../pki/revocation-addresses.js';
import { revocationProblem } from '../pki/revocation-problem.js';
import { AnswerCache, type CacheRules } from './answer-cache.js';
import { giveBack } from './returnable-bytes.js';
import { fetchDer, type FetchLimits } from './revocation-fetch.js';
import {
  askEach,
  callable,
  unknown,
  unknownBecause,
  type RevocationSource,
  type SourceContext,
  type SourceVerdict,
} from './revocation-sources.js';

/** {@link RevocationSource} options of lists. */
export interface ListOptions {
  readonly limits: FetchLimits;
  readonly rules: CacheRules;
  /** Of lists of what has changed since. */
  readonly deltaRules: CacheRules;
}

/** By how much a CA's clock may be ahead. */
const clockTolerance = 60_000;

/** Looks into revocation lists, and into lists of what has changed since, and keeps them as long as they count. */
export function listSource(context: SourceContext, options: ListOptions): RevocationSource {
  const lists = new Lists(context, options);
  return async ({ certificate, issuer }, at) =>
    await askEach(
      () => revocationAddressesOf(certificate).crl,
      context,
      async (url, addresses) => {
        let full = await lists.full(url, issuer, at);
        if (!full.covers(certificate, addresses)) return unknown('not-valid');
        const deltaAddresses = [...full.deltaAddresses, ...revocationAddressesOf(certificate).delta];
        const delta = await lists.delta([...new Set(deltaAddresses)], issuer, at);
        // Whoever holds the full list of an hour ago may see delta lists that begin later.
        if (delta !== undefined && lists.isBehind(url, issuer, full, delta)) full = await lists.full(url, issuer, at);
        return verdictOf(certificate, full, delta !== undefined && isDeltaOf(delta, full) ? delta : undefined, at);
      },
    );
}

/**
 * RFC 5280 §5.2.4: what the delta list says of a certificate goes before what the full one says. One that has ended can
 * still revoke, or whoever keeps the next one back would make the certificate good again.
 */
function verdictOf(
  certificate: CertificateInfo,
  full: RevocationList,
  delta: DeltaList | undefined,
  at: number,
): SourceVerdict {
  const isCurrent = delta !== undefined && !isOutOfDate(delta, at);
  const since = delta?.find(certificate);
  const found = since === 'removed' && !isCurrent ? full.find(certificate) : (since ?? full.find(certificate));
  if (found !== undefined && found !== 'removed') {
    return { status: 'revoked', revokedAt: found.revokedAt, reason: found.reason };
  }
  return { status: 'good', validUntil: Math.min(full.nextUpdate, isCurrent ? delta.nextUpdate : Infinity) };
}

class Lists {
  readonly #context: SourceContext;
  readonly #limits: FetchLimits;
  readonly #full: AnswerCache<RevocationList>;
  readonly #delta: AnswerCache<DeltaList>;
  /** By issuer, the last one that counted. */
  readonly #lastDelta = new Map<string, DeltaList>();
  /** By address, the number of the full list that was sent for early. */
  readonly #sentFor = new Map<string, bigint>();

  constructor(context: SourceContext, { limits, rules, deltaRules }: ListOptions) {
    this.#context = context;
    this.#limits = limits;
    this.#full = new AnswerCache(rules);
    this.#delta = new AnswerCache(deltaRules);
  }

  async full(url: string, issuer: CertificateInfo, at: number): Promise<RevocationList> {
    return await this.#get(this.#full, url, issuer, at, openRevocationList);
  }

  /** The first that can be had, or the last that there was; without any, the full list counts as it is. */
  async delta(addresses: readonly string[], issuer: CertificateInfo, at: number): Promise<DeltaList | undefined> {
    for (const { href } of callable(addresses, this.#context)) {
      try {
        const delta = await this.#get(this.#delta, href, issuer, at, openDeltaList);
        this.#lastDelta.set(issuer.fingerprint, delta);
        return delta;
      } catch (error) {
        unknownBecause(error);
      }
    }
    return addresses.length === 0 ? undefined : this.#lastDelta.get(issuer.fingerprint);
  }

  /** Whether the full list is older than what a delta list begins with, and worth being fetched anew: once for each. */
  isBehind(url: string, issuer: CertificateInfo, { number = 0n }: RevocationList, { baseNumber }: DeltaList): boolean {
    const name = nameOf(url, issuer);
    if (number >= baseNumber || this.#sentFor.get(name) === baseNumber) return false;
    this.#sentFor.set(name, baseNumber);
    this.#full.outdate(name);
    return true;
  }

  async #get<T extends ListTimes>(
    cache: AnswerCache<T>,
    url: string,
    issuer: CertificateInfo,
    at: number,
    open: (der: Uint8Array, issuer: CertificateInfo) => Promise<T>,
  ): Promise<T> {
    return await cache.get(nameOf(url, issuer), at, async (kept) => {
      const der = await fetchDer(this.#context.fetch, { url, method: 'GET' }, this.#limits);
      const fresh = await open(der, issuer).finally(() => giveBack(der));
      if (isOutOfDate(fresh, at)) throw revocationProblem('out of date');
      if (kept && isOlder(fresh, kept)) throw revocationProblem('older than the one before');
      return { value: fresh, validUntil: fresh.nextUpdate };
    });
  }
}

const nameOf = (url: string, { fingerprint }: CertificateInfo): string => `${fingerprint} ${url}`;

type ListTimes = Pick<RevocationList, 'thisUpdate' | 'nextUpdate' | 'number'>;

const isOutOfDate = ({ thisUpdate, nextUpdate }: ListTimes, at: number): boolean =>
  thisUpdate > at + clockTolerance || nextUpdate < at;

/** RFC 5280 §5.2.3: the number never goes back; somebody who replays an old list hides what was revoked since. */
function isOlder(fresh: ListTimes, kept: ListTimes): boolean {
  if (fresh.number !== undefined && kept.number !== undefined) return fresh.number < kept.number;
  return fresh.thisUpdate < kept.thisUpdate;
}
