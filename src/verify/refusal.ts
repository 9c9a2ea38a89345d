import { MiddlewareError, type ErrorCode, type ErrorFields } from '../core/errors.js';

/** Why an assertion is refused. */
export type VerifyErrorCode = Extract<ErrorCode, `ERR_VERIFY_${string}`>;

/** The error of a refused assertion; never holds text of the assertion itself. */
export function refusal(
  code: VerifyErrorCode,
  message: string,
  fields: ErrorFields = {},
  cause?: unknown,
): MiddlewareError {
  return new MiddlewareError(code, `Assertion refused: ${message}`, { fields, cause });
}
