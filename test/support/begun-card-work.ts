import type { BegunCardWork } from '../../src/control-contract/certificates.js';
import { pinFormat } from './begun-pin.js';

/** Card work that has begun: a download to a card whose PIN has three tries. */
export const begunCardWork = (change: Partial<BegunCardWork> = {}): BegunCardWork => ({
  operationId: 'op',
  work: 'download',
  card: { id: 'card:01', product: 'TEST card', serial: '01', label: 'TEST 01', reader: 'Reader 01' },
  pin: {
    reference: 0x11,
    role: 'authentication',
    format: pinFormat,
    attemptsRemaining: 3,
    blocked: false,
    foreignTries: [],
  },
  lastTry: false,
  codes: ['pin'],
  pinPad: false,
  pinUses: 2,
  tickets: { pin: 'aa'.repeat(16) },
  waitMs: 1000,
  codeMs: 1000,
  openOrders: 0,
  ...change,
});
