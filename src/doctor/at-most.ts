/** Carries out work as it is given, so much of it at once and the rest after that. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>;

/** So that the time that one piece of work may take is not spent waiting for the others. */
export function atMost(limit: number): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => void waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
