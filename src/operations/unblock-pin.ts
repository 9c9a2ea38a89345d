import { codeOf, type PinOperation } from './pin-operation.js';

/** Sets a new PIN with the PUK: for one that is blocked or forgotten. */
export const unblockPin: PinOperation = {
  name: 'unblock',
  codes: ['puk', 'next'],
  atStake: 'PUK',
  run: (token, reference, codes, use) =>
    token.unblockPin({ ...use, reference, puk: codeOf(codes, 'puk'), next: codeOf(codes, 'next') }),
};
