import type { z } from 'zod';
import { isMiddlewareError, MiddlewareError, type ErrorCode } from '../core/errors.js';
import { sanitizeOutsideText } from '../core/outside-text.js';
import type { HttpAnswer } from '../core/ports.js';
import { isRecord } from '../oob/protocol.js';
import { readJson } from '../oob/remote-answer.js';
import { readBase64 } from './base64-body.js';

/** Of the issuer's own words, what still fits a message. */
const maxTextLength = 300;

/** An answer that is not what RFC 7030 or docs/enrollment.md says; `detail` is for developers. */
export function strangeAnswer(detail: string): MiddlewareError {
  return new MiddlewareError('ERR_ISSUER_RESPONSE', `Issuer answered strangely: ${detail}`, {
    fields: { detail },
    retriable: true,
  });
}

/**
 * Passes 200 alone.
 *
 * @param refusal - the code of an answer of 400 and above but 401, with the issuer's own `text`, sanitized.
 * @throws {MiddlewareError} that, ERR_ISSUER_SESSION (401), ERR_ISSUER_RESPONSE for any other status: redirects are not
 *   followed, and an issuer that has nothing to say says so with 200.
 */
export function requireOk(answer: HttpAnswer, refusal: ErrorCode & `ERR_ISSUER_${string}`): void {
  const { status } = answer;
  if (status === 200) return;
  if (status < 400) throw strangeAnswer(`HTTP ${status}`);
  if (status === 401 && refusal !== 'ERR_ISSUER_LOGIN') {
    throw new MiddlewareError('ERR_ISSUER_SESSION', 'Issuer takes the credential no longer');
  }
  throw new MiddlewareError(refusal, 'Issuer refused the call', {
    fields: { status, detail: `HTTP ${status}`, text: textOf(answer) },
    // It is the issuer that is not well, or is asked too often (RFC 9110 §15.6, RFC 6585 §4).
    retriable: status >= 500 || status === 429,
  });
}

/** Text in a refusal (RFC 7030 §4.2.3), or in the JSON of one (as RFC 6749 §5.2 has it). */
function textOf({ contentType, body }: HttpAnswer): string | undefined {
  const whole = Buffer.from(body).toString('utf8');
  const text = contentType === 'text/plain' ? whole : contentType === 'application/json' ? errorOf(whole) : '';
  const [...characters] = sanitizeOutsideText(text);
  if (characters.length === 0) return undefined;
  return characters.length <= maxTextLength
    ? characters.join('')
    : `${characters.slice(0, maxTextLength - 1).join('')}…`;
}

function errorOf(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    const { error, error_description: description = error } = isRecord(value) ? value : {};
    return typeof description === 'string' ? description : '';
  } catch {
    return '';
  }
}

/** What a JSON answer holds. @throws {MiddlewareError} ERR_ISSUER_RESPONSE for another shape. */
export function readIssuerJson<T>(answer: HttpAnswer, schema: z.ZodType<T>, url: string, what: string): T {
  try {
    return readJson(answer, schema, url);
  } catch (error) {
    throw isMiddlewareError(error, 'ERR_REMOTE_RESPONSE') ? strangeAnswer(what) : error;
  }
}

/**
 * What a decoder makes of an answer of RFC 7030, base64 of one of these media types.
 *
 * @throws {MiddlewareError} ERR_ISSUER_RESPONSE, also for what the decoder takes for malformed.
 */
export function readEst<T>(answer: HttpAnswer, types: readonly string[], decode: (der: Uint8Array) => T): T {
  if (!types.includes(answer.contentType)) throw strangeAnswer('media type');
  const der = readBase64(answer.body);
  if (der === undefined) throw strangeAnswer('base64');
  try {
    return decode(der);
  } catch (error) {
    throw isMiddlewareError(error, 'ERR_CERT_MALFORMED') ? strangeAnswer(error.message) : error;
  }
}
