import { wipeableBytes, type Secret } from '../core/secret.js';
import { frameKinds, headerLength, lastTryConsentFlag, ticketLength, writeHeader } from '../control-contract/frames.js';

/** A PIN frame; the caller wipes it when it has been sent. */
export function encodePinFrame(ticket: string, pin: Secret, lastTryConsent: boolean): Uint8Array {
  const frame = wipeableBytes(headerLength + ticketLength + 1 + pin.length);
  frame.set(ticketBytes(ticket), headerLength);
  frame[headerLength + ticketLength] = lastTryConsent ? lastTryConsentFlag : 0;
  pin.use((bytes) => frame.set(bytes, headerLength + ticketLength + 1));
  writeHeader(frame, frameKinds.pin);
  return frame;
}

function ticketBytes(ticket: string): Uint8Array {
  if (!/^[0-9a-f]{32}$/.test(ticket)) throw new RangeError('ticket is not 16 bytes in hex');
  return Buffer.from(ticket, 'hex');
}
