import { MiddlewareError } from '../core/errors.js';

/**
 * A list or an OCSP answer that says nothing about a certificate: malformed, not signed by whom it must, out of date, or
 * with something critical in it that nobody here understands. `detail` is for developers.
 */
export function revocationProblem(detail: string): MiddlewareError {
  return new MiddlewareError('ERR_VERIFY_REVOCATION_UNKNOWN', `Revocation data refused: ${detail}`, {
    fields: { reason: 'not-valid', detail },
  });
}
