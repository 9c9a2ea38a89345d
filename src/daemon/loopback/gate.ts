import type { OobCaller } from '../../oob/oob-service.js';
import {
  forbidden,
  invalidParameters,
  methodNotAllowed,
  misdirected,
  notFound,
  unsupportedMediaType,
  type HttpError,
} from './http-errors.js';

const postPaths = ['/oob/v1/auth', '/oob/v1/collect', '/oob/v1/cancel'] as const;
export type PostPath = (typeof postPaths)[number];
export const wellKnownPath = '/.well-known/kort-oob';

const methodsOf = new Map<string, readonly string[]>([
  [wellKnownPath, ['GET']],
  ...postPaths.map((path) => [path, ['POST', 'OPTIONS']] as const),
]);

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
}

/** Which step of the gate refused; 1 and 2 (bind and peer) come before HTTP, 8 and 9 after this. */
export type GateStep = 'host' | 'endpoint' | 'fetch-metadata' | 'origin' | 'content';

export type GateVerdict =
  | { readonly passed: true; readonly path: string; readonly origin: string | undefined }
  | { readonly passed: false; readonly step: GateStep; readonly error: HttpError; readonly origin: string | undefined };

/**
 * Steps 3 to 7, in order, on the header only. The `origin` of a verdict is one that is registered: it alone may get
 * CORS headers, whether the rest passed or not.
 */
export function passGate(request: GateRequest, rules: GateRules): GateVerdict {
  const refuse = (step: GateStep, error: HttpError, origin?: string): GateVerdict => ({
    passed: false,
    step,
    error,
    origin,
  });
  const { headers, method = '', url = '' } = request;

  if (!isOwnHost(only(headers['host']), rules.port)) return refuse('host', misdirected);

  const methods = methodsOf.get(url);
  if (!methods) return refuse('endpoint', notFound);
  if (!methods.includes(method)) return refuse('endpoint', methodNotAllowed(methods));

  if (method === 'POST' && !isPageFetch(headers) && !isProcessCall(headers)) {
    return refuse('fetch-metadata', forbidden('Only a fetch by a page, or a call by a local program'));
  }

  const origins = headers['origin'];
  const origin = only(origins);
  if (origins !== undefined && (origin === undefined || !rules.isRegistered(origin))) {
    return refuse('origin', forbidden('This origin is not registered'));
  }
  if (method === 'OPTIONS' && origin === undefined) return refuse('origin', forbidden('A preflight has an origin'));

  const contentError = method === 'POST' ? checkContent(headers, rules.bodyBytes) : undefined;
  return contentError ? refuse('content', contentError, origin) : { passed: true, path: url, origin };
}

/** Who calls, for the protocol core. */
export function callerOf(origin: string | undefined): OobCaller {
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

/** Fetch metadata (W3C Fetch Metadata Request Headers §2) of a script's fetch, never of a form or a navigation. */
function isPageFetch(headers: GateRequest['headers']): boolean {
  return (
    only(headers['sec-fetch-mode']) === 'cors' &&
    only(headers['sec-fetch-dest']) === 'empty' &&
    headers['origin'] !== undefined
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
