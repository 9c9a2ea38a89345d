import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { candidateBlocks } from '../../../src/terminal/prompt/order-blocks.js';
import { rowsOf } from '../../../src/terminal/layout/screen-block.js';
import { promptView } from '../../support/prompt-view.js';

process.env['TZ'] = 'Europe/Stockholm';

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2027-03-20T12:00:00+01:00'), toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const at = (text: string): number => new Date(text).getTime();

function rows(notBefore: string | undefined, notAfter: string, language: 'sv' | 'en' = 'en'): string {
  const [candidate] = promptView('p').candidates;
  if (candidate === undefined) throw new Error('no candidate');
  const given = {
    ...candidate,
    ...(notBefore === undefined ? {} : { notBefore: at(notBefore) }),
    notAfter: at(notAfter),
  };
  return candidateBlocks(given, { language, color: false })
    .flatMap((block) => rowsOf(block, 100))
    .join('\n');
}

it('a chosen certificate says that it ends from its first threshold on, and never a short-lived one absurdly early', () => {
  expect(rows('2025-04-02T12:00:00Z', '2027-04-02T12:00:00Z')).toContain(
    'NOTE: the certificate expires in 13 days, 2027-04-02',
  );
  expect(rows('2025-04-02T12:00:00Z', '2027-04-02T12:00:00Z', 'sv')).toContain(
    'OBS: certifikatet går ut om 13 dagar, 2027-04-02',
  );
  expect(rows('2025-04-02T12:00:00Z', '2027-03-21T00:30:00+01:00')).toContain('expires tomorrow, 2027-03-21 00:30');
  expect(rows('2025-04-02T12:00:00Z', '2028-04-02T12:00:00Z')).not.toContain('NOTE');
  expect(rows('2027-03-19T12:00:00Z', '2027-04-02T12:00:00Z')).not.toContain('NOTE');
  expect(rows('2027-03-12T12:00:00Z', '2027-03-26T12:00:00Z')).toContain('expires in 6 days');
  expect(rows(undefined, '2027-03-21T12:00:00Z')).not.toContain('NOTE');
});
