/** Longest wait of a collect beyond the number that may wait long. */
const shortMs = 1000;

/** Keeps the long waits of one caller from taking every place for connections. */
export interface LongPolls {
  /** Runs a wait of at most `waitMs`, or of a second when this caller has its number of long ones already. */
  run<Answer>(caller: string, waitMs: number, wait: (allowedMs: number) => Promise<Answer>): Promise<Answer>;
}

export function createLongPolls(limit: number): LongPolls {
  const waiting = new Map<string, number>();
  const count = (caller: string, change: number): void => {
    const now = (waiting.get(caller) ?? 0) + change;
    if (now === 0) waiting.delete(caller);
    else waiting.set(caller, now);
  };
  return {
    run: async (caller, waitMs, wait) => {
      if (waitMs <= shortMs) return wait(waitMs);
      if ((waiting.get(caller) ?? 0) >= limit) return wait(shortMs);
      count(caller, 1);
      try {
        return await wait(waitMs);
      } finally {
        count(caller, -1);
      }
    },
  };
}
