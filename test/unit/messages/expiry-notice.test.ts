import { expect, it } from 'vitest';
import { noticeOfWarnings } from '../../../src/messages/expiry-notice.js';
import { expiryWarning } from '../../support/expiry-warning.js';

process.env['TZ'] = 'Europe/Stockholm';

it('noticeOfWarnings() says what ends and when here, what to do, and how many more there are', () => {
  expect(noticeOfWarnings([expiryWarning(), expiryWarning(), expiryWarning()], 'en')).toEqual({
    title: 'The certificate for signatures, Tolvan Tolvansson expires tomorrow, 2027-04-03 01:00.',
    text: 'What to do: call · +46 8 123 45 67\nAnd 2 more: "kort expiry".',
  });
  expect(noticeOfWarnings([expiryWarning({ action: { kind: 'none' } })], 'sv')).toEqual({
    title: 'Certifikatet för underskrift, Tolvan Tolvansson går ut i morgon, 2027-04-03 01:00.',
    text: '',
  });
});

it('noticeOfWarnings() says of what is over when that was, and of a clock what is wrong with it', () => {
  expect(noticeOfWarnings([expiryWarning({ daysLeft: -4, urgency: 'past' })], 'en').title).toBe(
    'The certificate for signatures, Tolvan Tolvansson expired 2027-04-03.',
  );
  const clock = expiryWarning({ subject: 'clock', clock: { problem: 'jumped-back', seconds: 10_800 } });
  expect(noticeOfWarnings([clock], 'sv').title).toBe(
    'Datorns klocka har ställts tillbaka, 3 timmar. Kontrollera att den går rätt.',
  );
});
