import type { History, HistoryEntry, HistoryEvent } from '../../src/model/history.js';
import type { RememberedCounter, RetryCounterMemory } from '../../src/model/retry-counter-memory.js';

/** A history in memory. */
export interface RecordingHistory extends History {
  readonly events: readonly HistoryEvent[];
  /** The next append rejects with this. */
  failNext(error: Error): void;
}

export function recordingHistory(): RecordingHistory {
  const events: HistoryEvent[] = [];
  let failure: Error | undefined;
  return {
    events,
    failNext(error) {
      failure = error;
    },
    append(event) {
      const error = failure;
      failure = undefined;
      if (error !== undefined) return Promise.reject(error);
      events.push(event);
      return Promise.resolve();
    },
    recent: (limit) =>
      Promise.resolve(
        events
          .slice(-limit)
          .map((event, index): HistoryEntry => ({ sequence: index + 1, time: '', event, previous: '' })),
      ),
  };
}

/** Retry counters in memory; hand the same one to two drivers to play a restart. */
export function memoryRetryCounters(): RetryCounterMemory & { readonly all: ReadonlyMap<string, RememberedCounter> } {
  const all = new Map<string, RememberedCounter>();
  return {
    all,
    recall: (token, pin) => all.get(`${token} ${pin}`),
    remember(token, pin, counter) {
      all.set(`${token} ${pin}`, counter);
      return Promise.resolve();
    },
  };
}
