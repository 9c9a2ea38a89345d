import type { AcceptedOrder, OrderOutcome, OrderProgress, OrderRunner } from '../../src/oob/oob-service.js';

/** A run of an order, held open until the test ends it or its signal does. */
export interface HeldRun {
  readonly order: AcceptedOrder;
  readonly progress: OrderProgress;
  end(outcome: OrderOutcome): void;
}

/** A runner whose every run is added to `runs`. */
export function heldRunner(runs: HeldRun[]): OrderRunner {
  return async (order, progress) =>
    await new Promise((resolve) => {
      runs.push({ order, progress, end: resolve });
      progress.signal.addEventListener('abort', () => {
        resolve({ status: 'failed', hintCode: 'cancelled' });
      });
    });
}
