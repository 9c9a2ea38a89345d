import { MiddlewareError, type ErrorCode } from '../../core/errors.js';

/** SCARD_S_SUCCESS. */
const SUCCESS = 0;

/**
 * What PC/SC's return values mean to us. Names and values: pcsclite.h of pcsc-lite 1.9, winerror.h of Windows. What is
 * not here is ERR_PCSC_FAILURE.
 */
const meanings: Readonly<Record<number, readonly [name: string, code: ErrorCode]>> = {
  0x1: ['ERROR_INVALID_FUNCTION', 'ERR_PCSC_CONTROL_UNSUPPORTED'],
  0x32: ['ERROR_NOT_SUPPORTED', 'ERR_PCSC_CONTROL_UNSUPPORTED'],
  0x80100002: ['SCARD_E_CANCELLED', 'ERR_ABORTED'],
  // We never use a handle that we have released: an unknown one belonged to a service that has ended.
  0x80100003: ['SCARD_E_INVALID_HANDLE', 'ERR_PCSC_SERVICE_ABSENT'],
  0x80100009: ['SCARD_E_UNKNOWN_READER', 'ERR_PCSC_READER_GONE'],
  0x8010000b: ['SCARD_E_SHARING_VIOLATION', 'ERR_PCSC_SHARING_VIOLATION'],
  0x8010000c: ['SCARD_E_NO_SMARTCARD', 'ERR_CARD_ABSENT'],
  0x80100013: ['SCARD_F_COMM_ERROR', 'ERR_PCSC_SERVICE_ABSENT'],
  // A card that is pulled in the middle of a command looks like this until the reader notices the removal.
  0x80100016: ['SCARD_E_NOT_TRANSACTED', 'ERR_CARD_REMOVED'],
  0x80100017: ['SCARD_E_READER_UNAVAILABLE', 'ERR_PCSC_READER_GONE'],
  0x8010001d: ['SCARD_E_NO_SERVICE', 'ERR_PCSC_SERVICE_ABSENT'],
  0x8010001e: ['SCARD_E_SERVICE_STOPPED', 'ERR_PCSC_SERVICE_ABSENT'],
  // pcsc-lite's SCARD_E_UNSUPPORTED_FEATURE; Windows gives this number another name and uses the next line's.
  0x8010001f: ['SCARD_E_UNSUPPORTED_FEATURE', 'ERR_PCSC_CONTROL_UNSUPPORTED'],
  0x80100022: ['SCARD_E_UNSUPPORTED_FEATURE', 'ERR_PCSC_CONTROL_UNSUPPORTED'],
  // What polkit refuses, to one who may ask for readers.
  0x8010006a: ['SCARD_W_SECURITY_VIOLATION', 'ERR_PCSC_FAILURE'],
  0x80100066: ['SCARD_W_UNRESPONSIVE_CARD', 'ERR_CARD_MUTE'],
  // Powered down since we connected: like a reset, the card has forgotten everything and a reconnect wakes it.
  0x80100067: ['SCARD_W_UNPOWERED_CARD', 'ERR_PCSC_CARD_RESET'],
  0x80100068: ['SCARD_W_RESET_CARD', 'ERR_PCSC_CARD_RESET'],
  0x80100069: ['SCARD_W_REMOVED_CARD', 'ERR_CARD_REMOVED'],
};

/** While connecting there is no earlier card that could have been removed or reset. */
const meaningsAtConnect: Partial<Record<ErrorCode, ErrorCode>> = {
  ERR_CARD_REMOVED: 'ERR_CARD_ABSENT',
  ERR_PCSC_CARD_RESET: 'ERR_CARD_MUTE',
};

/** The error for a return value other than success. */
export function pcscError(returned: number, call: string, reader?: string): MiddlewareError {
  const [status, meaning] = meanings[returned] ?? [`0x${returned.toString(16)}`, 'ERR_PCSC_FAILURE'];
  const code = isFailedControl(returned, call)
    ? 'ERR_PCSC_FAILURE'
    : call === 'SCardConnect'
      ? (meaningsAtConnect[meaning] ?? meaning)
      : meaning;
  return new MiddlewareError(code, `${call} answered ${status}`, { fields: { call, status, reader } });
}

/** Throws unless `returned` is success. */
export function assertSuccess(returned: number, call: string, reader?: string): void {
  if (returned !== SUCCESS) throw pcscError(returned, call, reader);
}

/** Whether a control call failed for a reason that the reader did not tell: of the card, this says nothing. */
export function isFailedControl(returned: number, call: string): boolean {
  return call === 'SCardControl' && returned === 0x80100016;
}

/** Whether the reader has seen for itself that the card is gone. */
export function isRemovedCard(returned: number): boolean {
  return returned === 0x80100069;
}

/** Return values that the watch of readers goes on after. */
export const watchReturns = {
  noReaders: 0x8010002e,
  /** What ends a wait in the ordinary way: an event, its time, a cancel, a reader unplugged meanwhile. */
  ordinary: [SUCCESS, 0x8010000a, 0x80100002, 0x80100009, 0x80100017] as readonly number[],
} as const;
