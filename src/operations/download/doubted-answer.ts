import { isMiddlewareError } from '../../core/errors.js';

/** Of an answer that may be believed later: when the clock is right, or another CA is trusted. */
export const isDoubt = (error: unknown): boolean =>
  isMiddlewareError(error, 'ERR_DOWNLOAD_CLOCK') ||
  (isMiddlewareError(error, 'ERR_ISSUER_CERTIFICATE') &&
    ['untrusted', 'not-yet-valid', 'expired', 'level'].includes(String(error.fields['reason'])));

/** Undefined for one that is still doubted. */
export function believedNow<T>(judge: () => T): T | undefined {
  try {
    return judge();
  } catch (error) {
    if (isDoubt(error)) return undefined;
    throw error;
  }
}
