import type { OobCaller } from '../../oob/oob-service.js';
import { endpointOf, methodsOf, type Endpoint } from './endpoints.js';
import {
  forbidden,
  invalidParameters,
  methodNotAllowed,
  misdirected,
  notFound,
  unsupportedMediaType,
  type HttpError,
} from './http-errors.js';
import type { PostPath } from './schemas.js';
import { parseStartQuery } from './start-query.js';

/** What the gate looks at: the header alone, each field with all its values. */
export interface GateRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
}

export interface GateRules {
  readonly port: number;
  readonly bodyBytes: number;
  readonly isRegistered: (origin: string) => boolean;
  /** Whether a page of this origin may send the browser to /start for this client_id. */
  readonly mayLaunch: (clientId: string, origin: string) => boolean;
}

/** Which step of the gate refused; 1 and 2 (bind and peer) come before HTTP, 8 and 9 after this. */
export type GateStep = 'host' | 'endpoint' | 'fetch-metadata' | 'query' | 'referer' | 'origin' | 'content';

/** A request that passed, with what it proved. */
export type Admission =
  | Extract<Endpoint, { kind: 'constant' }>
  | { readonly kind: 'call'; readonly path: PostPath; readonly caller: OobCaller }
  /** `origin` is that of the page that sent the browser. */
  | { readonly kind: 'start'; readonly clientId: string; readonly ref: string; readonly origin: string }
  | { readonly kind: 'wait'; readonly id: string; readonly seen: string | undefined };

export type GateVerdict =
  | { readonly passed: true; readonly admission: Admission; readonly origin: string | undefined }
  | {
      readonly passed: false;
      readonly step: GateStep;
      readonly error: HttpError;
      readonly origin: string | undefined;
      /** A person looks at the answer. */
      readonly asPage: boolean;
    };

/**
 * Steps 3 to 7, in order, on the header only. The `origin` of a verdict is one that is registered: it alone may get
 * CORS headers, whether the rest passed or not.
 */
export function passGate(request: GateRequest, rules: GateRules): GateVerdict {
  const { headers, method = '', url = '' } = request;
  if (!isOwnHost(only(headers['host']), rules.port)) return refuse('host', misdirected);
  const endpoint = endpointOf(url);
  if (!endpoint) return refuse('endpoint', notFound);
  const asPage = endpoint.kind === 'start' || endpoint.kind === 'wait';
  const methods = methodsOf(endpoint);
  if (!methods.includes(method)) return refuse('endpoint', methodNotAllowed(methods), { asPage });
  if (!hasFetchMetadata(endpoint, method, headers)) return refuse('fetch-metadata', notSentSo, { asPage });

  const origins = headers['origin'];
  const origin = only(origins);
  if (origins !== undefined && (origin === undefined || !rules.isRegistered(origin))) {
    return refuse('origin', forbidden('This origin is not registered'), { asPage });
  }
  if (endpoint.kind === 'call') return passCall(request, endpoint.path, origin, rules);
  if (endpoint.kind === 'start') return passStart(headers, endpoint.query, rules);
  if (endpoint.kind === 'constant') return { passed: true, admission: endpoint, origin };
  const { kind, id, seen } = endpoint;
  if (id === undefined) return refuse('endpoint', notFound, { asPage });
  return { passed: true, admission: { kind, id, seen }, origin: undefined };
}

const notSentSo = forbidden('Only a fetch by a page, a call by a local program, or a page that the browser opens');

function refuse(
  step: GateStep,
  error: HttpError,
  { asPage = false, origin }: { asPage?: boolean; origin?: string | undefined } = {},
): GateVerdict {
  return { passed: false, step, error, origin, asPage };
}

function passCall(
  { headers, method }: GateRequest,
  path: PostPath,
  origin: string | undefined,
  rules: GateRules,
): GateVerdict {
  if (method === 'OPTIONS' && origin === undefined) return refuse('origin', forbidden('A preflight has an origin'));
  const contentError = method === 'POST' ? checkContent(headers, rules.bodyBytes) : undefined;
  if (contentError) return refuse('content', contentError, { origin });
  return { passed: true, admission: { kind: 'call', path, caller: callerOf(origin) }, origin };
}

/** The rest of step 5 for /start: an unknown client_id and a foreign page get the same answer. */
function passStart(headers: GateRequest['headers'], query: string, rules: GateRules): GateVerdict {
  const ids = parseStartQuery(query);
  if (!ids) return refuse('query', invalidParameters('The address is not that of a start'), { asPage: true });
  const origin = refererOrigin(headers);
  if (origin === undefined || !rules.mayLaunch(ids.client_id, origin)) {
    return refuse('referer', forbidden('Only a registered page starts a login here'), { asPage: true });
  }
  return {
    passed: true,
    admission: { kind: 'start', clientId: ids.client_id, ref: ids.ref, origin },
    origin: undefined,
  };
}

/** Origin of the page that the browser names (RFC 9110 §10.1.3); undefined for none, several, or one without an origin. */
function refererOrigin(headers: GateRequest['headers']): string | undefined {
  const referer = only(headers['referer']);
  if (referer === undefined || !/^https?:\/\//.test(referer) || !URL.canParse(referer)) return undefined;
  return new URL(referer).origin;
}

/** Who calls, for the protocol core. */
function callerOf(origin: string | undefined): OobCaller {
  return origin === undefined ? { launcher: 'process', origin } : { launcher: 'page', origin };
}

/**
 * Each field of a header with all its values. Not Node's `headersDistinct`: in the versions before the remedy of
 * CVE-2026-21710, which we support, it throws on a field called `__proto__`, and that would end the daemon.
 *
 * @param raw - names and values in turn, as `rawHeaders` has them.
 */
export function fieldsOf(raw: readonly string[]): GateRequest['headers'] {
  const fields = new Map<string, string[]>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]?.toLowerCase() ?? '';
    const values = fields.get(name) ?? [];
    fields.set(name, [...values, raw[index + 1] ?? '']);
  }
  return Object.fromEntries(fields);
}

/** The value of a field that must occur exactly once. */
function only(values: readonly string[] | undefined): string | undefined {
  return values?.length === 1 ? values[0] : undefined;
}

function isOwnHost(host: string | undefined, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `[::1]:${port}`;
}

/** Step 5: how the request came about (W3C Fetch Metadata Request Headers §2). */
function hasFetchMetadata(endpoint: Endpoint, method: string, headers: GateRequest['headers']): boolean {
  if (endpoint.kind === 'constant' || method === 'OPTIONS') return true;
  return endpoint.kind === 'call' ? isPageFetch(headers) || isProcessCall(headers) : isOpenedPage(headers);
}

/** A script's fetch, never a form or a navigation. */
function isPageFetch(headers: GateRequest['headers']): boolean {
  return (
    only(headers['sec-fetch-mode']) === 'cors' &&
    only(headers['sec-fetch-dest']) === 'empty' &&
    headers['origin'] !== undefined
  );
}

/** The main frame, before a person's eyes: no frame, no prefetch, no prerender (Sec-Purpose, and Purpose before it). */
function isOpenedPage(headers: GateRequest['headers']): boolean {
  return (
    only(headers['sec-fetch-mode']) === 'navigate' &&
    only(headers['sec-fetch-dest']) === 'document' &&
    headers['sec-purpose'] === undefined &&
    headers['purpose'] === undefined
  );
}

function isProcessCall(headers: GateRequest['headers']): boolean {
  return headers['origin'] === undefined && !Object.keys(headers).some((name) => name.startsWith('sec-fetch-'));
}

function checkContent(headers: GateRequest['headers'], bodyBytes: number): HttpError | undefined {
  if (only(headers['content-type']) !== 'application/json') return unsupportedMediaType;
  if (headers['content-encoding'] !== undefined) return unsupportedMediaType;
  if (Number(only(headers['content-length']) ?? 0) > bodyBytes) return tooLarge(bodyBytes);
  return undefined;
}

export const tooLarge = (bodyBytes: number): HttpError =>
  invalidParameters(`The body is longer than ${bodyBytes} bytes`);
