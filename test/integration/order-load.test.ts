import { expect, it } from 'vitest';
import { runOrderSoak } from '../support/order-soak.js';

/*
 * The short form of `scripts/soak orders`: 50 relying parties, far more orders than people make. Speed is judged by the
 * long form; here only that all are answered as they should be, and that somebody gets in meanwhile.
 */
it('many orders: all answered, refused fairly, and a person logs in beside them', { timeout: 120_000 }, async () => {
  const lines: string[] = [];
  const report = await runOrderSoak({
    seconds: 12,
    ordersPerSecond: 100,
    logins: 2,
    say: (line) => lines.push(line),
  });
  const told = [...lines, JSON.stringify(report, undefined, 1)].join('\n');
  expect(report.wrong, told).toEqual([]);
  expect(report.raised.statuses['200'], told).toBeGreaterThan(1000);
});
