import { expect, it } from 'vitest';
import { historyEntry } from '../../../src/control-contract/history-schema.js';
import { historyEvents } from '../../support/history-events.js';

it.each(Object.values(historyEvents))('historyEntry() lets $kind through with all that it says', (event) => {
  const entry = { sequence: 1, time: '2026-11-22T12:00:00.000Z', event, previous: '0'.repeat(64) };
  expect(historyEntry.parse(entry)).toEqual(entry);
});
