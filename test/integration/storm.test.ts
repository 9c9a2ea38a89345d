import { expect, it } from 'vitest';
import { runStorm } from '../support/storm.js';

/*
 * The short form of `scripts/soak storm`: 16 readers, 16 cards of mixed kinds and people, random hands, logins one
 * after the other. Memory is judged by the long form; here only what must hold from the first second.
 */
it('a storm of cards and readers: no wrong card, no lost try, nothing left open', { timeout: 180_000 }, async () => {
  const lines: string[] = [];
  const report = await runStorm({
    seconds: 12,
    atLeast: { complete: 4, inserted: 21 },
    // The long form takes another one each time.
    seed: 1,
    // Other tests run beside it; the long form runs alone.
    patience: 4,
    say: (line) => lines.push(line),
    sayEverySeconds: 5,
  });
  const told = [...lines, JSON.stringify({ ...report, samples: undefined }, undefined, 1)].join('\n');
  expect(report.wrong, told).toEqual([]);
  expect(report.complete, told).toBeGreaterThanOrEqual(4);
  expect(report.deeds.inserted, told).toBeGreaterThan(20);
  expect(report.lostTries, told).toBe(0);
  // At rest with every card out, as before the first came in; one or two files come with first use.
  expect(report.atEnd.files, told).toBeLessThanOrEqual(report.atStart.files + 3);
  expect(report.atEnd.threads, told).toBeLessThanOrEqual(report.afterWarmUp.threads + 4);
});
