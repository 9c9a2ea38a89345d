import type { CardWorkProgress } from '../../control-contract/certificates.js';

/** Tells of card work as it goes. */
export interface WorkProgress {
  on(state: CardWorkProgress['state']): void;
  /** What stands open is done, or has failed. */
  end(done: boolean): void;
}
