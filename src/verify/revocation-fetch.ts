import { request as httpRequest, type RequestOptions } from 'node:http';
import { newReturnableBytes } from './returnable-bytes.js';

/** One call to a server that tells about revocation. */
export interface RevocationCall {
  /** http or https, on a configured host. */
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly body?: Uint8Array;
  readonly contentType?: string;
  readonly signal: AbortSignal;
}

/** What the server answers; the body is read only as far as it may be long. */
export interface RevocationAnswer {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/** How servers are called; **must not follow redirects**. Replace it to go through a proxy. */
export type RevocationFetch = (call: RevocationCall) => Promise<RevocationAnswer>;

/**
 * Calls over node:http and node:https with Node's roots, a connection a call.
 *
 * @param lookup - finds the addresses of names, and may refuse some; that of the system when left out.
 */
export async function fetchOverHttp(
  { url, method, body, contentType, signal }: RevocationCall,
  lookup?: RequestOptions['lookup'],
): Promise<RevocationAnswer> {
  // Lists and responders are nearly always on http, since what they say is signed: TLS is loaded for the others alone.
  const send = url.startsWith('https:') ? (await import('node:https')).request : httpRequest;
  return await new Promise((resolve, reject) => {
    const headers = contentType === undefined ? {} : { 'content-type': contentType };
    const request = send(url, { method, headers, signal, agent: false, lookup }, (response) => {
      resolve({ status: response.statusCode ?? 0, body: response });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** What went wrong with a call. */
export class FetchFailure extends Error {
  readonly reason: 'unreachable' | 'response';

  constructor(reason: FetchFailure['reason'], cause?: unknown) {
    super(reason, { cause });
    this.name = 'FetchFailure';
    this.reason = reason;
  }
}

/** How long an answer may take from first to last byte, and how long it may be. */
export interface FetchLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/**
 * The one DER element that a server answers with. Its own header tells how long it is, so that a long list is put where
 * it stays, and is never there twice; `giveBack()` frees it.
 *
 * @throws {FetchFailure} when there is no answer in time, or it is not 200, not DER, or too long or too short.
 */
export async function fetchDer(
  fetch: RevocationFetch,
  call: Omit<RevocationCall, 'signal'>,
  { timeoutMs, maxBytes }: FetchLimits,
): Promise<Uint8Array> {
  const ending = new AbortController();
  const work = collect(fetch({ ...call, signal: ending.signal }), maxBytes, ending.signal);
  const late = new Promise<never>((_resolve, reject) => {
    ending.signal.addEventListener('abort', () => reject(new FetchFailure('unreachable')), { once: true });
  });
  const timer = setTimeout(() => ending.abort(), timeoutMs);
  try {
    // Raced, since a fetch of somebody else's may not mind the signal.
    return await Promise.race([work, late]);
  } catch (error) {
    throw error instanceof FetchFailure ? error : new FetchFailure('unreachable', error);
  } finally {
    clearTimeout(timer);
    // A body that was not read to its end is not waited for.
    ending.abort();
    work.catch(() => undefined);
    late.catch(() => undefined);
  }
}

async function collect(answer: Promise<RevocationAnswer>, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const { status, body } = await answer;
  if (status !== 200) throw new FetchFailure('response');
  let head = new Uint8Array();
  let whole: Uint8Array | undefined;
  let filled = 0;
  for await (const chunk of body) {
    if (signal.aborted) throw new FetchFailure('unreachable');
    let rest = chunk;
    if (whole === undefined) {
      head = Buffer.concat([head, chunk]);
      const size = derSize(head);
      if (size === undefined) continue;
      if (size > maxBytes) throw new FetchFailure('response');
      whole = newReturnableBytes(size);
      rest = head;
    }
    if (filled + rest.length > whole.length) throw new FetchFailure('response');
    whole.set(rest, filled);
    filled += rest.length;
  }
  if (filled !== whole?.length) throw new FetchFailure('response');
  return whole;
}

/** Bytes of the SEQUENCE that begins here; undefined until enough of it is there. */
function derSize(head: Uint8Array): number | undefined {
  const [tag, first] = head;
  if (first === undefined) return undefined;
  if (tag !== 0x30 || first === 0x80 || first > 0x84) throw new FetchFailure('response');
  if (first < 0x80) return 2 + first;
  const end = first - 0x7e;
  if (head.length < end) return undefined;
  return head.subarray(2, end).reduce((length, byte) => length * 256 + byte, 0) + end;
}
