import type { RemovalJwk } from '../oob/logout-token.js';
import type { AcceptedOrder } from '../oob/oob-service.js';

/** What will tell a relying party that the card of one login was removed. */
export interface PreparedRemoval {
  /** Goes into the assertion. */
  readonly jwk: RemovalJwk;
  /**
   * From now on the removal of this token is reported, over restarts, for 12 hours. Called before the assertion is
   * handed out.
   */
  arm(tokenId: string): Promise<void>;
}

/** Reports the removal of cards to the relying parties that asked for it. */
export interface CardRemovals {
  /** Undefined for a relying party without a removal endpoint. */
  prepare(order: AcceptedOrder): Promise<PreparedRemoval | undefined>;
}
