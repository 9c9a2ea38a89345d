import { MiddlewareError, type ErrorCode } from '../core/errors.js';

/** Return values that we know by number (OASIS PKCS#11 v2.40, include file pkcs11t.h). */
export const ckr = {
  ok: 0x0,
  pinIncorrect: 0xa0,
  pinInvalid: 0xa1,
  pinLenRange: 0xa2,
  pinLocked: 0xa4,
  sessionHandleInvalid: 0xb3,
  tokenNotPresent: 0xe0,
  userAlreadyLoggedIn: 0x100,
  functionNotSupported: 0x54,
  keyHandleInvalid: 0x60,
  argumentsBad: 0x7,
  userNotLoggedIn: 0x101,
} as const;

/** PIN bits of CK_TOKEN_INFO.flags (PKCS#11 v2.40 §3.2 table 6). */
export const ckf = {
  writeProtected: 0x2,
  loginRequired: 0x4,
  userPinInitialized: 0x8,
  protectedAuthenticationPath: 0x100,
  tokenInitialized: 0x400,
  userPinCountLow: 0x10000,
  userPinFinalTry: 0x20000,
  userPinLocked: 0x40000,
} as const;

/** The bits that tell of wrong tries. */
export const pinFlags = ckf.userPinCountLow | ckf.userPinFinalTry | ckf.userPinLocked;

/** What return values mean to the layers above; what is not here is ERR_MODULE_FAILURE. */
const meanings: Readonly<Record<number, ErrorCode>> = {
  0x3: 'ERR_CARD_REMOVED', // CKR_SLOT_ID_INVALID: the reader is gone
  0x1b: 'ERR_CARD_READ_ONLY', // CKR_ACTION_PROHIBITED
  0x31: 'ERR_CARD_FULL', // CKR_DEVICE_MEMORY
  0x32: 'ERR_CARD_REMOVED', // CKR_DEVICE_REMOVED
  0x40: 'ERR_TOKEN_CRYPTOGRAM', // CKR_ENCRYPTED_DATA_INVALID
  0x41: 'ERR_TOKEN_CRYPTOGRAM', // CKR_ENCRYPTED_DATA_LEN_RANGE
  0x50: 'ERR_PIN_CANCELLED', // CKR_FUNCTION_CANCELED: on the module's own PIN pad or window
  0x54: 'ERR_TOKEN_OPERATION_UNSUPPORTED', // CKR_FUNCTION_NOT_SUPPORTED
  0x60: 'ERR_TOKEN_KEY_NOT_FOUND', // CKR_KEY_HANDLE_INVALID
  0x62: 'ERR_TOKEN_ALGORITHM_UNSUPPORTED', // CKR_KEY_SIZE_RANGE
  0x63: 'ERR_TOKEN_ALGORITHM_UNSUPPORTED', // CKR_KEY_TYPE_INCONSISTENT
  0x68: 'ERR_TOKEN_ALGORITHM_UNSUPPORTED', // CKR_KEY_FUNCTION_NOT_PERMITTED
  0x70: 'ERR_TOKEN_ALGORITHM_UNSUPPORTED', // CKR_MECHANISM_INVALID
  0x71: 'ERR_TOKEN_ALGORITHM_UNSUPPORTED', // CKR_MECHANISM_PARAM_INVALID
  0xb5: 'ERR_CARD_READ_ONLY', // CKR_SESSION_READ_ONLY
  0xe0: 'ERR_CARD_REMOVED', // CKR_TOKEN_NOT_PRESENT
  0xe1: 'ERR_CARD_UNKNOWN', // CKR_TOKEN_NOT_RECOGNIZED
  0xe2: 'ERR_CARD_READ_ONLY', // CKR_TOKEN_WRITE_PROTECTED
  0x101: 'ERR_CARD_SECURITY_STATUS', // CKR_USER_NOT_LOGGED_IN: also of a login that was open too long
  0x140: 'ERR_TOKEN_ALGORITHM_UNSUPPORTED', // CKR_CURVE_NOT_SUPPORTED
};

/**
 * The error that a return value means; never a wrong PIN, which only a login can bring.
 *
 * @param message - for developers.
 */
export function errorOfReturnValue(module: string, returnValue: number, message: string): MiddlewareError {
  const code = meanings[returnValue] ?? 'ERR_MODULE_FAILURE';
  return new MiddlewareError(code, message, { fields: { module } });
}
