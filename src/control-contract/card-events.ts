import type { CardEventReader } from '../model/card-event.js';

/** What a subscriber begins with; everything that follows comes as `card.event`. */
export interface CardEventSnapshot {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly readers: readonly CardEventReader[];
}
