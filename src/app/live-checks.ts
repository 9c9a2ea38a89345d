import { isMiddlewareError } from '../core/errors.js';
import type { HttpAnswer, HttpClient } from '../core/ports.js';
import type { RelyingPartyFinding } from '../control-contract/relying-parties.js';
import { remoteReason } from '../messages/reasons.js';
import type { RelyingParty } from '../model/relying-party.js';
import { trustOf } from '../oob/remote-answer.js';

/**
 * Looks at a relying party as it is on the network: whether its addresses answer as whom the entry says they are, and
 * whether its login pages send the headers that the launchers rest on. Nothing is posted.
 *
 * @param pages - addresses of login pages; without any, the first page of each origin.
 */
export async function liveFindings(
  party: RelyingParty,
  pages: readonly string[],
  http: HttpClient,
): Promise<readonly RelyingPartyFinding[]> {
  const { request, response, removal, keys } = party.endpoints;
  const addresses = [request, response, removal, keys].filter((address) => address !== undefined);
  const found = await Promise.all([
    ...addresses.map(async (address) => await endpointFindings(address, party, http)),
    ...pagesOf(party, pages).map(async (page) => await pageFindings(page, party, http)),
  ]);
  return found.flat();
}

const pagesOf = ({ origins, launchers }: RelyingParty, pages: readonly string[]): readonly string[] => {
  const isWeb = launchers.includes('page') || launchers.includes('redirect');
  return pages.length > 0 || !isWeb ? pages : origins.map((origin) => `${origin}/`);
};

/** Any status will do: the addresses take other calls than this one. */
async function endpointFindings(url: string, party: RelyingParty, http: HttpClient): Promise<RelyingPartyFinding[]> {
  try {
    await http.send({ method: 'GET', url, trust: trustOf(party.endpoints) });
    return [{ check: 'endpoints', ok: true, detail: url }];
  } catch (error) {
    // It answered, and after it had shown who it is.
    if (isMiddlewareError(error, 'ERR_REMOTE_RESPONSE')) return [{ check: 'endpoints', ok: true, detail: url }];
    return [{ check: 'endpoints', ok: false, field: url, ...remoteProblem(error) }];
  }
}

async function pageFindings(url: string, party: RelyingParty, http: HttpClient): Promise<RelyingPartyFinding[]> {
  const wrong = (reason: string): RelyingPartyFinding => ({ check: 'pages', ok: false, field: url, reason });
  if (!URL.canParse(url) || !party.origins.includes(new URL(url).origin)) return [wrong('pageOrigin')];
  try {
    const answer = await fetchPage(url, party, http);
    if (answer.status >= 300 && answer.status < 400) return [wrong('pageRedirects')];
    if (answer.status !== 200) return [wrong('pageStatus')];
    const problems = [
      ...(mayBeFramed(answer) ? [wrong('pageFramable')] : []),
      ...(party.launchers.includes('redirect') && !tellsOrigin(answer) ? [wrong('pageReferrer')] : []),
    ];
    return problems.length > 0 ? problems : [{ check: 'pages', ok: true, detail: url }];
  } catch (error) {
    return [{ check: 'pages', ok: false, field: url, ...remoteProblem(error) }];
  }
}

/** A browser goes by the usual roots; those of the entry may be the ones that its browsers have been given too. */
async function fetchPage(url: string, { endpoints }: RelyingParty, http: HttpClient): Promise<HttpAnswer> {
  const call = { method: 'GET', url, accept: 'text/html' } as const;
  const { caFile } = endpoints;
  if (caFile === undefined) return await http.send({ ...call, trust: { pins: [] } });
  return await http.send({ ...call, trust: { pins: [] } }).catch(async (error: unknown) => {
    if (!isMiddlewareError(error, 'ERR_REMOTE_TLS')) throw error;
    return await http.send({ ...call, trust: { caFile, pins: [] } });
  });
}

/** Content Security Policy Level 3 §6.4.2: of several policies each counts, so that one which says no is enough. */
function mayBeFramed({ headers }: HttpAnswer): boolean {
  const directives = (headers['content-security-policy'] ?? '').split(/[;,]/).map((text) => text.trim().toLowerCase());
  return !directives.some((directive) => /^frame-ancestors\s+'none'$/.test(directive));
}

/**
 * Whether a browser says where it came from when it goes on from https to http://127.0.0.1. Chromium takes that for a
 * step down, in spite of what the specification says of the loopback, and sends nothing under its default or any of the
 * `strict` policies; `unsafe-url` would tell the whole address. Of several policies the last one that is known counts
 * (Referrer Policy §8.1).
 */
function tellsOrigin({ headers }: HttpAnswer): boolean {
  const named = (headers['referrer-policy'] ?? '').split(',').map((text) => text.trim().toLowerCase());
  const policy = named.findLast((text) => referrerPolicies.includes(text));
  return policy === 'origin' || policy === 'origin-when-cross-origin';
}

const referrerPolicies: readonly string[] = [
  ...['no-referrer', 'no-referrer-when-downgrade', 'same-origin', 'origin', 'strict-origin'],
  ...['origin-when-cross-origin', 'strict-origin-when-cross-origin', 'unsafe-url'],
];

function remoteProblem(error: unknown): Pick<RelyingPartyFinding, 'reason' | 'detail'> {
  if (!isMiddlewareError(error)) throw error;
  const { reason } = error.fields;
  const name = error.code === 'ERR_CONFIG_INVALID' ? String(reason) : remoteReason(String(reason));
  return { reason: name, detail: error.message };
}
