/**
 * Every code that this product can answer with: `ERR_<AREA>_<WHAT>`, stable, never reused. Adding one here makes the
 * compiler ask for its sentence and next step in `messages/errors.ts`.
 */
export const errorCodes = [
  'ERR_INTERNAL',
  'ERR_USAGE',
  'ERR_ABORTED',
  'ERR_APDU_MALFORMED',
  'ERR_PCSC_LIBRARY_MISSING',
  'ERR_PCSC_SERVICE_ABSENT',
  'ERR_PCSC_READER_GONE',
  'ERR_PCSC_SHARING_VIOLATION',
  'ERR_PCSC_CARD_RESET',
  'ERR_PCSC_CONTROL_UNSUPPORTED',
  'ERR_PCSC_FAILURE',
  'ERR_CARD_ABSENT',
  'ERR_CARD_REMOVED',
  'ERR_CARD_MUTE',
  'ERR_CARD_UNRESPONSIVE',
  'ERR_CARD_BUSY',
  'ERR_CARD_UNKNOWN',
  'ERR_CARD_RESPONSE',
  'ERR_CARD_STATUS',
  'ERR_CARD_FILE_NOT_FOUND',
  'ERR_CARD_SECURITY_STATUS',
  'ERR_CARD_FULL',
  'ERR_CARD_READ_ONLY',
  'ERR_CARD_NO_CONTAINER',
  'ERR_CARD_MANAGEMENT_KEY',
  'ERR_PIN_WRONG',
  'ERR_PIN_BLOCKED',
  'ERR_PIN_MALFORMED',
  'ERR_PIN_NEW_REFUSED',
  'ERR_PIN_LAST_TRY',
  'ERR_PIN_COUNTER_FELL',
  'ERR_PIN_CANCELLED',
  'ERR_PIN_AMBIGUOUS',
  'ERR_PIN_OPERATION_OVER',
  'ERR_PIN_OPERATION_RUNNING',
  'ERR_PIN_PAD_TIMEOUT',
  'ERR_PIN_PAD_CANCELLED',
  'ERR_PIN_PAD_MISMATCH',
  'ERR_PIN_PAD_REFUSED',
  'ERR_PIN_PAD_FAILED',
  'ERR_PIN_DIALOGUE',
  'ERR_PUK_WRONG',
  'ERR_PUK_BLOCKED',
  'ERR_PUK_MALFORMED',
  'ERR_TOKEN_NOT_FOUND',
  'ERR_TOKEN_AMBIGUOUS',
  'ERR_TOKEN_KEY_NOT_FOUND',
  'ERR_TOKEN_ALGORITHM_UNSUPPORTED',
  'ERR_TOKEN_OPERATION_UNSUPPORTED',
  'ERR_TOKEN_CRYPTOGRAM',
  'ERR_MODULE_UNAVAILABLE',
  'ERR_MODULE_CRASHED',
  'ERR_MODULE_TIMEOUT',
  'ERR_MODULE_RESPONSE',
  'ERR_MODULE_FAILURE',
  'ERR_CERT_MALFORMED',
  'ERR_CERT_UNTRUSTED',
  'ERR_CERT_NOT_FOUND',
  'ERR_CERT_AMBIGUOUS',
  'ERR_CERT_BACKUP',
  'ERR_CERT_IN_USE',
  'ERR_CERT_PURPOSE',
  'ERR_CERT_REPLACED',
  'ERR_CERT_REVOKED',
  'ERR_ISSUER_NONE',
  'ERR_ISSUER_AMBIGUOUS',
  'ERR_ISSUER_LOGIN',
  'ERR_ISSUER_SESSION',
  'ERR_ISSUER_REFUSED',
  'ERR_ISSUER_RESPONSE',
  'ERR_ISSUER_CERTIFICATE',
  'ERR_ISSUER_PENDING',
  'ERR_DOWNLOAD_ORDER',
  'ERR_DOWNLOAD_CARD',
  'ERR_DOWNLOAD_CLOCK',
  'ERR_DOWNLOAD_UNFINISHED',
  'ERR_DOWNLOAD_JOURNAL',
  'ERR_DOWNLOAD_PROOF',
  'ERR_EXPIRY_NOT_FOUND',
  'ERR_HISTORY_DAMAGED',
  'ERR_OOB_INVALID_PARAMETERS',
  'ERR_OOB_UNAUTHORIZED',
  'ERR_OOB_CLOCK',
  'ERR_OOB_ALREADY_IN_PROGRESS',
  'ERR_OOB_TOO_MANY_REQUESTS',
  'ERR_OOB_NOT_FOUND',
  'ERR_OOB_PORT_TAKEN',
  'ERR_OOB_LINK',
  'ERR_OOB_LINK_USED',
  'ERR_OOB_CONFIRMATION_CODE',
  'ERR_LINK_REGISTRATION',
  'ERR_OOB_REQUEST_FAILED',
  'ERR_OOB_DELIVERY_FAILED',
  'ERR_REMOTE_UNREACHABLE',
  'ERR_REMOTE_TLS',
  'ERR_REMOTE_RESPONSE',
  'ERR_VERIFY_MALFORMED',
  'ERR_VERIFY_ALGORITHM',
  'ERR_VERIFY_CERTIFICATE',
  'ERR_VERIFY_SIGNATURE',
  'ERR_VERIFY_AUDIENCE',
  'ERR_VERIFY_REQUEST',
  'ERR_VERIFY_NONCE',
  'ERR_VERIFY_LAUNCHER',
  'ERR_VERIFY_UNBOUND',
  'ERR_VERIFY_ORIGIN',
  'ERR_VERIFY_TIME',
  'ERR_VERIFY_LEVEL',
  'ERR_VERIFY_IDENTITY',
  'ERR_VERIFY_REVOKED',
  'ERR_VERIFY_REVOCATION_UNKNOWN',
  'ERR_VERIFY_DOCUMENT',
  'ERR_VERIFY_REMOVAL',
  'ERR_CONFIG_INVALID',
  'ERR_CONFIG_CONFLICT',
  'ERR_CONFIG_NOT_FOUND',
  'ERR_CONFIG_BUILT_IN',
  'ERR_CONFIG_FOLDER_UNSAFE',
  'ERR_CONFIG_PATH_TOO_LONG',
  'ERR_IPC_DAEMON_UNREACHABLE',
  'ERR_IPC_DAEMON_RUNNING',
  'ERR_IPC_PROTOCOL',
  'ERR_IPC_METHOD_NOT_FOUND',
  'ERR_IPC_INVALID_PARAMETERS',
  'ERR_IPC_UNAUTHORIZED',
  'ERR_SANDBOX_INSTANCE',
  'ERR_SANDBOX_NOT_RUNNING',
  'ERR_SANDBOX_RUNNING',
  'ERR_SANDBOX_UNKNOWN',
  'ERR_SANDBOX_NO_EMPTY_READER',
  'ERR_SANDBOX_NO_KEYPAD',
  'ERR_SANDBOX_LOGIN',
  'ERR_SANDBOX_NOT_RECORDED',
] as const;

/** One of the stable error codes. */
export type ErrorCode = (typeof errorCodes)[number];

/** Facts about a failure, for programs and for the message catalogue; never a secret, certificate subject or APDU data. */
export type ErrorFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** The facts that are there, as they cross the control socket. */
export function definedFields(fields: ErrorFields): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** What a {@link MiddlewareError} is made from. */
export interface ErrorOptions {
  readonly fields?: ErrorFields;
  readonly retriable?: boolean;
  readonly cause?: unknown;
}

/**
 * The one base of failures that callers can act on. `message` is for developers (sentence case, no full stop); what
 * users read comes from `messages/` by `code` and `fields`.
 */
export class MiddlewareError extends Error {
  readonly code: ErrorCode;
  readonly retriable: boolean;
  readonly fields: ErrorFields;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MiddlewareError';
    this.code = code;
    this.retriable = options.retriable ?? false;
    this.fields = options.fields ?? {};
  }
}

/**
 * The card refused a PIN (`ERR_PIN_WRONG`) or has blocked it (`ERR_PIN_BLOCKED`), or likewise a PUK (`ERR_PUK_*`).
 * Nothing else is called a wrong PIN.
 */
export class PinVerificationError extends MiddlewareError {
  readonly pinReference: number;
  /** Undefined where the token does not count aloud, as most vendor modules. */
  readonly attemptsRemaining: number | undefined;
  readonly blocked: boolean;

  constructor(pinReference: number, attemptsRemaining: number | undefined, code: 'PIN' | 'PUK' = 'PIN') {
    const blocked = attemptsRemaining === 0;
    super(`ERR_${code}_${blocked ? 'BLOCKED' : 'WRONG'}`, blocked ? `${code} is blocked` : `Wrong ${code}`, {
      fields: { pinReference, attemptsRemaining, blocked },
      retriable: !blocked,
    });
    this.name = 'PinVerificationError';
    this.pinReference = pinReference;
    this.attemptsRemaining = attemptsRemaining;
    this.blocked = blocked;
  }
}

/** Whether an unknown thrown value is a {@link MiddlewareError}, optionally with one of these codes. */
export function isMiddlewareError(error: unknown, ...codes: readonly ErrorCode[]): error is MiddlewareError {
  return error instanceof MiddlewareError && (codes.length === 0 || codes.includes(error.code));
}
