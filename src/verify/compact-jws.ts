import type { MiddlewareError } from '../core/errors.js';
import { isRecord } from '../oob/protocol.js';

/** A compact JWS (RFC 7515 §7.1) taken apart; nothing of it is verified. */
export interface CompactJws {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What the signature covers (RFC 7515 §5.1). */
  readonly signingInput: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Takes a compact JWS apart.
 *
 * @param malformed - makes the error to throw for anything that is none, or longer than `maxBytes`.
 */
export function takeApart(
  compact: string,
  maxBytes: number,
  malformed: (detail: string) => MiddlewareError,
): CompactJws {
  if (typeof compact !== 'string' || compact.length > maxBytes) throw malformed('size');
  const parts = compact.split('.');
  const [header = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3) throw malformed('not a compact JWS');
  return {
    header: parseObject(header, malformed),
    claims: parseObject(payload, malformed),
    signingInput: Buffer.from(`${header}.${payload}`, 'ascii'),
    signature: decodePart(signature, malformed),
  };
}

/** Strict base64url without padding: one text for one byte string. */
function decodePart(part: string, malformed: (detail: string) => MiddlewareError): Uint8Array {
  const bytes = Buffer.from(part, 'base64url');
  if (part === '' || bytes.toString('base64url') !== part) throw malformed('base64url');
  return bytes;
}

function parseObject(part: string, malformed: (detail: string) => MiddlewareError): CompactJws['claims'] {
  const bytes = decodePart(part, malformed);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw malformed('JSON');
  }
  if (!isRecord(json)) throw malformed('JSON');
  return json;
}
