import { describe, expect, it } from 'vitest';
import { encodePinFrame } from '../../../src/client/pin-frame.js';
import { Secret } from '../../../src/core/secret.js';

const ticket = '000102030405060708090a0b0c0d0e0f';

describe('encodePinFrame()', () => {
  it('writes length, kind, ticket, flags and PIN', () => {
    const pin = Secret.moveFrom(Buffer.from('8351'));
    expect(Buffer.from(encodePinFrame(ticket, pin, true)).toString('hex')).toBe(`0000001601${ticket}0138333531`);
    expect(Buffer.from(encodePinFrame(ticket, pin, false)).toString('hex')).toBe(`0000001601${ticket}0038333531`);
  });

  it.each(['', ticket.slice(1), `${ticket}00`, ticket.toUpperCase(), 'x'.repeat(32)])(
    'refuses the ticket "%s"',
    (malformed) => {
      expect(() => encodePinFrame(malformed, Secret.moveFrom(Uint8Array.of(1)), false)).toThrow(RangeError);
    },
  );
});
