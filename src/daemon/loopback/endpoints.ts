import { requestSchemas, waitParameters, type PostPath } from './schemas.js';

/** The calls that carry a JSON body. */
export const postPaths = Object.keys(requestSchemas) as readonly PostPath[];

export const wellKnownPath = '/.well-known/kort-oob';
export const openApiPath = '/openapi.json';
const constantPaths = [wellKnownPath, openApiPath] as const;

/** Where the main frame is sent by a relying party's own page. */
export const startPath = '/oob/v1/start';
const waitPrefix = '/oob/v1/wait/';
/** As the framework and the OpenAPI text spell the waiting page. */
export const waitRoute = `${waitPrefix}:id`;

/** What a request's target names. */
export type Endpoint =
  /** The same answer for everyone. */
  | { readonly kind: 'constant'; readonly path: (typeof constantPaths)[number] }
  | { readonly kind: 'call'; readonly path: PostPath }
  | { readonly kind: 'start'; readonly query: string }
  /** `id` is undefined when no launch can have it; `seen` is the state that the refreshed page showed. */
  | { readonly kind: 'wait'; readonly id: string | undefined; readonly seen: string | undefined };

/** The endpoint of a request target (RFC 9112 §3.2.1, origin form), compared byte by byte: nothing is decoded. */
export function endpointOf(target: string): Endpoint | undefined {
  const constant = constantPaths.find((path) => path === target);
  if (constant) return { kind: 'constant', path: constant };
  const call = postPaths.find((path) => path === target);
  if (call) return { kind: 'call', path: call };
  if (target === startPath) return { kind: 'start', query: '' };
  if (target.startsWith(`${startPath}?`)) return { kind: 'start', query: target.slice(startPath.length + 1) };
  return target.startsWith(waitPrefix) ? waitEndpoint(target.slice(waitPrefix.length)) : undefined;
}

function waitEndpoint(rest: string): Endpoint {
  const [id, seen, ...more] = rest.split('?seen=');
  const parsed = waitParameters.safeParse(more.length === 0 ? { id, seen } : {});
  return { kind: 'wait', id: parsed.data?.id, seen: parsed.data?.seen };
}

export function methodsOf({ kind }: Endpoint): readonly string[] {
  return kind === 'call' ? ['POST', 'OPTIONS'] : ['GET'];
}

/** Where the waiting page of a launch is; with the state that the page shows, the next answer waits for another one. */
export function waitTargetOf(id: string): string {
  return `${waitPrefix}${id}`;
}
