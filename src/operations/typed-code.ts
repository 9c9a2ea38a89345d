import type { AcceptedOrder } from '../oob/oob-service.js';

/** The confirmation code of an order that no browser can come back from: the user types what the service shows. */
export interface TypedCode {
  /** Whether it is still to be typed. */
  readonly needed: boolean;
  readonly attemptsRemaining: number;
  /** Takes one try; an entry without any letter or digit is none. */
  check(typed: string): 'right' | 'wrong' | 'empty';
}

const maxAttempts = 3;

/** The code of this order, of which nothing is typed yet. */
export function createTypedCode({
  bound,
  confirmationCode,
}: Pick<AcceptedOrder, 'bound' | 'confirmationCode'>): TypedCode {
  let needed = !bound;
  let attemptsRemaining = maxAttempts;
  return {
    get needed() {
      return needed;
    },
    get attemptsRemaining() {
      return attemptsRemaining;
    },
    check(typed) {
      const code = normalize(typed);
      if (code === '') return 'empty';
      attemptsRemaining -= 1;
      // An order without a code is answered by no code at all.
      needed = confirmationCode === undefined || code !== normalize(confirmationCode);
      return needed ? 'wrong' : 'right';
    },
  };
}

/** The alphabet has no two characters that look alike, so that case and separators are all that can differ. */
const normalize = (code: string): string => code.toUpperCase().replaceAll(/[^0-9A-Z]/g, '');
