import { MiddlewareError } from '../../core/errors.js';
import { Secret } from '../../core/secret.js';
import { lastTryConsentFlag, ticketLength } from '../../control-contract/frames.js';
import type { ReceivedPin } from './handlers.js';

/**
 * Takes the payload of a PIN frame apart: 16 bytes ticket, 1 byte flags, 1 to 64 bytes PIN. The PIN is moved out of it.
 *
 * @throws {MiddlewareError} ERR_IPC_PROTOCOL on a payload without a PIN, or with flags that nobody defined.
 */
export function readPinFrame(payload: Uint8Array): ReceivedPin {
  const flags = payload[ticketLength] ?? 0xff;
  if (payload.length < ticketLength + 2 || (flags & ~lastTryConsentFlag) !== 0) {
    throw new MiddlewareError('ERR_IPC_PROTOCOL', 'Malformed PIN frame');
  }
  return {
    ticket: Buffer.from(payload.subarray(0, ticketLength)).toString('hex'),
    lastTryConsent: (flags & lastTryConsentFlag) !== 0,
    pin: Secret.moveFrom(payload.subarray(ticketLength + 1)),
  };
}
