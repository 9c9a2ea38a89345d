import { codeOf, type PinOperation } from './pin-operation.js';

/** Tries a PIN, to know whether it is the right one. */
export const verifyPin: PinOperation = {
  name: 'verify',
  codes: ['current'],
  atStake: 'PIN',
  run: (token, reference, codes, use) => token.verifyPin({ ...use, reference, pin: codeOf(codes, 'current') }),
};
