import type { FailedHint } from '../oob/oob-service.js';

/** Why an order ended, as its prompt says it: a word more precise than the relying party gets to know. */
export type ShownHint = FailedHint | 'wrongCode';

/** Ends the order; thrown inside operations only. */
export class OrderFailed extends Error {
  readonly hint: FailedHint;
  readonly shown: ShownHint;
  constructor(hint: FailedHint, shown: ShownHint = hint) {
    super(hint);
    this.hint = hint;
    this.shown = shown;
  }
}
