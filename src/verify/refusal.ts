import { MiddlewareError, type ErrorCode, type ErrorFields } from '../core/errors.js';

/** Why an answer is refused. */
export type VerifyErrorCode = Extract<ErrorCode, `ERR_VERIFY_${string}`>;

/** The error of a refused answer; never holds text of the answer itself. */
export function refusal(
  code: VerifyErrorCode,
  message: string,
  fields: ErrorFields = {},
  cause?: unknown,
): MiddlewareError {
  return new MiddlewareError(code, `Answer refused: ${message}`, { fields, cause });
}
