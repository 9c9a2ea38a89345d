import type { ErrorCode, ErrorFields } from '../core/errors.js';

/** Exit statuses; documented in docs/exit-codes.md. Two belong to `kort expiry`, two to `kort doctor`, one to `kort history`. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  usage: 2,
  noCard: 3,
  pin: 4,
  refused: 5,
  remote: 6,
  daemon: 7,
  expiresSoon: 8,
  expired: 9,
  warningFound: 10,
  faultFound: 11,
  historyDamaged: 12,
  /** As of a program that SIGPIPE ends. */
  outputClosed: 141,
} as const;

/** Everything that is not listed is 1. */
const ofError: Readonly<Partial<Record<ErrorCode, number>>> = {
  ERR_USAGE: exitCodes.usage,
  ERR_OOB_LINK: exitCodes.usage,
  ERR_CONFIG_INVALID: exitCodes.usage,
  ERR_CONFIG_CONFLICT: exitCodes.usage,
  ERR_CONFIG_NOT_FOUND: exitCodes.usage,
  ERR_CONFIG_BUILT_IN: exitCodes.refused,
  ERR_CONFIG_PATH_TOO_LONG: exitCodes.usage,
  ERR_IPC_INVALID_PARAMETERS: exitCodes.usage,
  ERR_IPC_METHOD_NOT_FOUND: exitCodes.usage,
  ERR_SANDBOX_INSTANCE: exitCodes.usage,
  ERR_SANDBOX_UNKNOWN: exitCodes.usage,
  ERR_SANDBOX_NO_EMPTY_READER: exitCodes.usage,
  ERR_PCSC_LIBRARY_MISSING: exitCodes.noCard,
  ERR_PCSC_SERVICE_ABSENT: exitCodes.noCard,
  ERR_PCSC_READER_GONE: exitCodes.noCard,
  ERR_CARD_ABSENT: exitCodes.noCard,
  ERR_CARD_REMOVED: exitCodes.noCard,
  ERR_CARD_MUTE: exitCodes.noCard,
  ERR_CARD_BUSY: exitCodes.noCard,
  ERR_CARD_UNRESPONSIVE: exitCodes.noCard,
  ERR_CARD_UNKNOWN: exitCodes.noCard,
  ERR_TOKEN_NOT_FOUND: exitCodes.noCard,
  ERR_TOKEN_KEY_NOT_FOUND: exitCodes.noCard,
  ERR_CERT_NOT_FOUND: exitCodes.noCard,
  ERR_CERT_AMBIGUOUS: exitCodes.usage,
  ERR_CERT_IN_USE: exitCodes.refused,
  ERR_CERT_PURPOSE: exitCodes.usage,
  ERR_CERT_REPLACED: exitCodes.refused,
  ERR_CERT_REVOKED: exitCodes.refused,
  ERR_CARD_FULL: exitCodes.noCard,
  ERR_CARD_READ_ONLY: exitCodes.noCard,
  ERR_CARD_NO_CONTAINER: exitCodes.noCard,
  ERR_DOWNLOAD_CARD: exitCodes.noCard,
  ERR_DOWNLOAD_ORDER: exitCodes.usage,
  ERR_DOWNLOAD_CLOCK: exitCodes.refused,
  ERR_DOWNLOAD_UNFINISHED: exitCodes.refused,
  ERR_EXPIRY_NOT_FOUND: exitCodes.usage,
  ERR_HISTORY_DAMAGED: exitCodes.historyDamaged,
  ERR_ISSUER_NONE: exitCodes.usage,
  ERR_ISSUER_AMBIGUOUS: exitCodes.usage,
  ERR_ISSUER_LOGIN: exitCodes.refused,
  ERR_ISSUER_REFUSED: exitCodes.remote,
  ERR_ISSUER_SESSION: exitCodes.remote,
  ERR_ISSUER_RESPONSE: exitCodes.remote,
  ERR_ISSUER_CERTIFICATE: exitCodes.remote,
  ERR_ISSUER_PENDING: exitCodes.remote,
  ERR_PIN_WRONG: exitCodes.pin,
  ERR_PIN_BLOCKED: exitCodes.pin,
  ERR_PIN_NEW_REFUSED: exitCodes.pin,
  ERR_PUK_WRONG: exitCodes.pin,
  ERR_PUK_BLOCKED: exitCodes.pin,
  ERR_PUK_MALFORMED: exitCodes.pin,
  ERR_PIN_MALFORMED: exitCodes.pin,
  ERR_PIN_COUNTER_FELL: exitCodes.pin,
  ERR_PIN_PAD_MISMATCH: exitCodes.pin,
  ERR_PIN_PAD_REFUSED: exitCodes.pin,
  ERR_PIN_PAD_FAILED: exitCodes.pin,
  ERR_PIN_AMBIGUOUS: exitCodes.usage,
  ERR_TOKEN_AMBIGUOUS: exitCodes.usage,
  ERR_PIN_OPERATION_OVER: exitCodes.refused,
  ERR_PIN_OPERATION_RUNNING: exitCodes.refused,
  ERR_PIN_LAST_TRY: exitCodes.refused,
  ERR_PIN_CANCELLED: exitCodes.refused,
  ERR_PIN_PAD_CANCELLED: exitCodes.refused,
  ERR_PIN_PAD_TIMEOUT: exitCodes.refused,
  ERR_ABORTED: exitCodes.refused,
  ERR_CONFIG_FOLDER_UNSAFE: exitCodes.refused,
  ERR_IPC_DAEMON_RUNNING: exitCodes.refused,
  ERR_SANDBOX_RUNNING: exitCodes.refused,
  ERR_IPC_UNAUTHORIZED: exitCodes.refused,
  ERR_OOB_UNAUTHORIZED: exitCodes.refused,
  ERR_OOB_LINK_USED: exitCodes.refused,
  ERR_OOB_CLOCK: exitCodes.refused,
  ERR_OOB_ALREADY_IN_PROGRESS: exitCodes.refused,
  ERR_OOB_TOO_MANY_REQUESTS: exitCodes.refused,
  ERR_OOB_INVALID_PARAMETERS: exitCodes.remote,
  ERR_OOB_REQUEST_FAILED: exitCodes.remote,
  ERR_OOB_DELIVERY_FAILED: exitCodes.remote,
  ERR_REMOTE_UNREACHABLE: exitCodes.remote,
  ERR_REMOTE_TLS: exitCodes.remote,
  ERR_REMOTE_RESPONSE: exitCodes.remote,
  ERR_CERT_UNTRUSTED: exitCodes.refused,
  ERR_IPC_DAEMON_UNREACHABLE: exitCodes.daemon,
  ERR_SANDBOX_NOT_RUNNING: exitCodes.daemon,
};

/** Everything that is not listed is 5: the login was refused or cancelled. */
const ofHint: Readonly<Record<string, number>> = {
  pinBlocked: exitCodes.pin,
  cardRemoved: exitCodes.noCard,
  startFailed: exitCodes.unexpected,
  requestFailed: exitCodes.remote,
  deliveryFailed: exitCodes.remote,
};

/** The exit status of an error code; of one that we do not know, 1. A failed sandbox login ends as its hint does. */
export function exitCodeOfError(code: string, { hintCode }: ErrorFields = {}): number {
  if (code === 'ERR_SANDBOX_LOGIN' && typeof hintCode === 'string') return exitCodeOfHint(hintCode);
  return ofError[code as ErrorCode] ?? exitCodes.unexpected;
}

/** The exit status of a login that failed with this hint. */
export function exitCodeOfHint(hint: string): number {
  return ofHint[hint] ?? exitCodes.refused;
}
