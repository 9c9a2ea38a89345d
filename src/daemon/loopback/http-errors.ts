import { isMiddlewareError, type ErrorCode } from '../../core/errors.js';

/** The words of the protocol for a refused call, each with its HTTP statuses (docs: OOB protocol, errors). */
export const errorWords = {
  invalidParameters: [400],
  unauthorized: [401, 403],
  notFound: [404],
  methodNotAllowed: [405],
  requestTimeout: [408],
  alreadyInProgress: [409],
  unsupportedMediaType: [415],
  misdirected: [421],
  tooManyRequests: [429],
  internalError: [500],
} as const;
export type ErrorWord = keyof typeof errorWords;

/** A refusal as HTTP. */
export interface HttpError {
  readonly status: number;
  readonly errorCode: ErrorWord;
  readonly details: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const invalidParameters = (details: string): HttpError => ({
  status: 400,
  errorCode: 'invalidParameters',
  details,
});
export const forbidden = (details: string): HttpError => ({ status: 403, errorCode: 'unauthorized', details });
export const notFound: HttpError = { status: 404, errorCode: 'notFound', details: 'No such endpoint or order' };
export const methodNotAllowed = (allow: readonly string[]): HttpError => ({
  status: 405,
  errorCode: 'methodNotAllowed',
  details: 'This endpoint does not have that method',
  headers: { allow: allow.join(', ') },
});
export const requestTimeout: HttpError = {
  status: 408,
  errorCode: 'requestTimeout',
  details: 'The request took too long to arrive',
};
export const unsupportedMediaType: HttpError = {
  status: 415,
  errorCode: 'unsupportedMediaType',
  details: 'Content-Type must be exactly application/json',
};
export const misdirected: HttpError = {
  status: 421,
  errorCode: 'misdirected',
  details: 'Host must be the loopback address and port of this endpoint',
};
export const tooManyRequests: HttpError = {
  status: 429,
  errorCode: 'tooManyRequests',
  details: 'Too many requests; try again later',
};
export const internalError: HttpError = {
  status: 500,
  errorCode: 'internalError',
  details: 'The request could not be handled',
};

/** What the protocol core throws, as HTTP. A code that is not here is an internal error and says nothing. */
const byCode: Partial<Record<ErrorCode, (message: string) => HttpError>> = {
  ERR_OOB_INVALID_PARAMETERS: invalidParameters,
  ERR_OOB_LINK_USED: invalidParameters,
  // One answer for every reason: whoever cannot sign as a registered relying party learns nothing.
  ERR_OOB_UNAUTHORIZED: () => ({
    status: 401,
    errorCode: 'unauthorized',
    details: 'The request object was not accepted',
  }),
  ERR_OOB_CLOCK: () => ({
    status: 401,
    errorCode: 'unauthorized',
    details: 'The request object lies outside its time; check the clocks of both computers',
  }),
  ERR_OOB_ALREADY_IN_PROGRESS: () => ({
    status: 409,
    errorCode: 'alreadyInProgress',
    details: 'Another order of this relying party has an open prompt',
  }),
  ERR_OOB_TOO_MANY_REQUESTS: () => tooManyRequests,
  ERR_OOB_NOT_FOUND: () => notFound,
};

/** The HTTP answer to anything that was thrown. */
export function toHttpError(error: unknown): HttpError {
  if (!isMiddlewareError(error)) return internalError;
  return byCode[error.code]?.(error.message) ?? internalError;
}
