import type { CountedFault, DelayFault, Fault } from './fault.js';

/** What happens to one command. */
export interface FaultEffect {
  readonly fault: CountedFault | undefined;
  readonly delay: DelayFault | undefined;
}

interface Armed {
  readonly fault: CountedFault;
  remaining: number;
  struck: boolean;
}

/** The faults armed on one reader. Counting goes on when the card changes; a fault that has struck ends with its card. */
export class FaultPlan {
  #armed: Armed[] = [];
  #delay: DelayFault | undefined;

  arm(fault: Fault): void {
    if (fault.kind === 'delay') this.#delay = fault;
    else this.#armed.push({ fault, remaining: fault.apdu, struck: false });
  }

  clear(): void {
    this.#armed = [];
    this.#delay = undefined;
  }

  /** Counts one command; of several faults due at once the one armed first strikes, the others are spent. */
  next(): FaultEffect {
    for (const armed of this.#armed) armed.remaining -= 1;
    const due = this.#armed.filter((armed) => armed.remaining <= 0);
    for (const armed of due) armed.struck = true;
    this.#armed = this.#armed.filter((armed) => !armed.struck || armed.fault.kind === 'silence');
    return { fault: due[0]?.fault, delay: this.#delay };
  }

  cardRemoved(): void {
    this.#armed = this.#armed.filter((armed) => !armed.struck);
  }

  /** What is still to come, each with the commands left until then. */
  list(): Fault[] {
    const counted = this.#armed.map(({ fault, remaining }) => ({ ...fault, apdu: Math.max(remaining, 1) }));
    return this.#delay === undefined ? counted : [...counted, this.#delay];
  }
}
