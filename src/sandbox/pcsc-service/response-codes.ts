import { MiddlewareError, type ErrorCode } from '../../core/errors.js';

/** Return values of pcsclite.h. A table of the sandbox's own: the PC/SC adapter must not agree with itself. */
export const codes = {
  success: 0,
  cancelled: 0x80100002,
  invalidHandle: 0x80100003,
  invalidParameter: 0x80100004,
  noMemory: 0x80100006,
  insufficientBuffer: 0x80100008,
  unknownReader: 0x80100009,
  timeout: 0x8010000a,
  sharingViolation: 0x8010000b,
  noSmartcard: 0x8010000c,
  protocolMismatch: 0x8010000f,
  invalidValue: 0x80100011,
  internalError: 0x80100001,
  notTransacted: 0x80100016,
  readerUnavailable: 0x80100017,
  noService: 0x8010001d,
  unsupportedFeature: 0x8010001f,
  unresponsiveCard: 0x80100066,
  resetCard: 0x80100068,
  removedCard: 0x80100069,
} as const;

const codesByError: Partial<Readonly<Record<ErrorCode, number>>> = {
  ERR_PCSC_READER_GONE: codes.readerUnavailable,
  ERR_PCSC_CONTROL_UNSUPPORTED: codes.unsupportedFeature,
  // What pcscd makes of every other failure of a reader's driver.
  ERR_PCSC_FAILURE: codes.notTransacted,
  ERR_PCSC_SHARING_VIOLATION: codes.sharingViolation,
  ERR_PCSC_CARD_RESET: codes.resetCard,
  ERR_CARD_ABSENT: codes.noSmartcard,
  ERR_CARD_MUTE: codes.unresponsiveCard,
  ERR_CARD_REMOVED: codes.removedCard,
};

/** A refusal with a return value of its own. */
export class PcscRefusal extends Error {
  readonly returned: number;

  constructor(returned: number) {
    super(`refused with ${returned.toString(16)}`);
    this.returned = returned;
  }
}

/** The return value for whatever a virtual reader or connection threw. */
export function codeOf(error: unknown): number {
  if (error instanceof PcscRefusal) return error.returned;
  return (error instanceof MiddlewareError ? codesByError[error.code] : undefined) ?? codes.internalError;
}
