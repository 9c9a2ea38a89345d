import { codeOf, type PinOperation } from './pin-operation.js';

/** Changes a PIN that the user knows. */
export const changePin: PinOperation = {
  name: 'change',
  codes: ['current', 'next'],
  atStake: 'PIN',
  run: (token, reference, codes, use) =>
    token.changePin({ ...use, reference, current: codeOf(codes, 'current'), next: codeOf(codes, 'next') }),
};
