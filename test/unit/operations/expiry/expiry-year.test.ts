import { beforeAll, expect, it } from 'vitest';
import { runYear } from '../../../support/expiry-year.js';

beforeAll(() => {
  process.env['TZ'] = 'Europe/Stockholm';
});

// `scripts/soak expiry` is the long form.
it(
  'a year of cards: every threshold told of, none twice in a day, none after renewal',
  { timeout: 60_000 },
  async () => {
    const report = await runYear({ cards: 16, days: 365, seed: 12 });
    expect(report.wrong).toEqual([]);
    // Else it would have shown nothing.
    expect(report).toMatchObject({ cards: 16, missedWindows: 0 });
    for (const name of ['crashes', 'refusedNotices', 'renewals', 'shortLived', 'daysOff'] as const) {
      expect(report[name], name).toBeGreaterThan(0);
    }
    expect(report.windows).toBeGreaterThan(80);
  },
);
