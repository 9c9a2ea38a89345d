import type { Clock } from '../core/ports.js';
import type { LaunchStart } from './oob-service.js';

/** Longer than a request object may start an order, in milliseconds. */
const rememberedMs = 600_000;
/** Beyond this the oldest is forgotten: the relying party gives an object out once, whatever we know. */
const maxRemembered = 1024;

type Named = Pick<LaunchStart, 'clientId' | 'ref'>;

/** The refs of the last minutes, so that a page that is opened again starts nothing. */
export class UsedRefs {
  readonly #clock: Clock;
  readonly #until = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(named: Named): boolean {
    return (this.#until.get(keyOf(named)) ?? -Infinity) > this.#clock.monotonic();
  }

  add(named: Named): void {
    const now = this.#clock.monotonic();
    this.forget(named);
    this.#until.set(keyOf(named), now + rememberedMs);
    // In the order of their age.
    for (const [key, until] of this.#until) {
      if (until > now && this.#until.size <= maxRemembered) return;
      this.#until.delete(key);
    }
  }

  /** It was never used: the relying party has not heard of it. */
  forget(named: Named): void {
    this.#until.delete(keyOf(named));
  }
}

const keyOf = ({ clientId, ref }: Named): string => `${ref} ${clientId}`;
