import type { BegunPinOperation } from '../../src/control-contract/pins.js';
import type { PinCard } from '../../src/model/pin-care.js';

/** Four to eight digits. */
export const pinFormat = { minLength: 4, maxLength: 8, characters: 'digits' } as const;

/** A card with a PIN for logins that has three tries, and one for signatures that is blocked. */
export const pinCardOf = (serial: string): PinCard => ({
  id: `card:${serial}`,
  product: 'TEST card',
  serial,
  label: `TEST ${serial}`,
  reader: `Reader ${serial}`,
  pins: [
    {
      reference: 0x11,
      role: 'authentication',
      format: pinFormat,
      attemptsRemaining: 3,
      blocked: false,
      foreignTries: [],
    },
    { reference: 0x83, role: 'signature', format: pinFormat, attemptsRemaining: 0, blocked: true, foreignTries: [] },
  ],
});

/** What the daemon answers to `pin.begin` for the first PIN of card 01, as changed. */
export const begunPin = (change: Partial<BegunPinOperation> = {}): BegunPinOperation => {
  const { pins, ...card } = pinCardOf('01');
  return {
    operationId: 'op',
    operation: 'verify',
    card,
    pin: pins[0]!,
    atStake: 'PIN',
    lastTry: false,
    codes: ['current'],
    pinPad: false,
    tickets: { current: 'aa'.repeat(16) },
    waitMs: 1000,
    codeMs: 1000,
    openOrders: 0,
    ...change,
  };
};
