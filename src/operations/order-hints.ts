import type { AcceptedOrder, OrderProgress, PendingHint } from '../oob/oob-service.js';

/** What the relying party is told while it waits. */
export class OrderHints {
  readonly #order: Pick<AcceptedOrder, 'user' | 'issuers'>;
  readonly #progress: Pick<OrderProgress, 'hint'>;
  #answered = false;

  constructor(order: Pick<AcceptedOrder, 'user' | 'issuers'>, progress: Pick<OrderProgress, 'hint'>) {
    this.#order = order;
    this.#progress = progress;
  }

  /** Whether the request names a person or issuers, and could learn by a hint who sits there: the user has said nothing yet. */
  get probes(): boolean {
    const { user, issuers } = this.#order;
    return !this.#answered && (user !== undefined || issuers.length > 0);
  }

  /** Says what the order waits for; to a request that probes the same of every card. */
  tell(hint: PendingHint): void {
    this.#progress.hint(this.probes && hint !== 'noCard' ? 'chooseCard' : hint);
  }

  /** The user has answered any question of this order. */
  answered(): void {
    this.#answered = true;
  }
}
