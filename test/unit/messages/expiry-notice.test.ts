import { expect, it } from 'vitest';
import { noticeOfWarnings } from '../../../src/messages/expiry-notice.js';
import type { ExpiryFinding, ExpiryWarning } from '../../../src/model/expiry.js';

process.env['TZ'] = 'Europe/Stockholm';

const finding: ExpiryFinding = {
  id: '0123456789ab',
  series: '00112233445566778899aabb',
  subject: 'certificate',
  name: 'Tolvan Tolvansson',
  purpose: 'sign',
  endsAt: '2027-04-02T23:00:00.000Z',
  daysLeft: 1,
  urgency: 'urgent',
  decisive: true,
  action: { kind: 'call', phone: '+46 8 123 45 67' },
};
const warning = (more: Partial<ExpiryFinding> = {}): ExpiryWarning => ({
  finding: { ...finding, ...more },
  threshold: { kind: 'days', value: 1 },
});

it('noticeOfWarnings() says what ends and when here, what to do, and how many more there are', () => {
  expect(noticeOfWarnings([warning(), warning(), warning()], 'en')).toEqual({
    title: 'The certificate for signatures, Tolvan Tolvansson expires tomorrow, 2027-04-03 01:00.',
    text: 'What to do: call · +46 8 123 45 67\nAnd 2 more: "kort expiry".',
  });
  expect(noticeOfWarnings([warning({ action: { kind: 'none' } })], 'sv')).toEqual({
    title: 'Certifikatet för underskrift, Tolvan Tolvansson går ut i morgon, 2027-04-03 01:00.',
    text: '',
  });
});

it('noticeOfWarnings() says of what is over when that was, and of a clock what is wrong with it', () => {
  expect(noticeOfWarnings([warning({ daysLeft: -4, urgency: 'past' })], 'en').title).toBe(
    'The certificate for signatures, Tolvan Tolvansson expired 2027-04-03.',
  );
  const clock = warning({ subject: 'clock', clock: { problem: 'jumped-back', seconds: 10_800 } });
  expect(noticeOfWarnings([clock], 'sv').title).toBe(
    'Datorns klocka har ställts tillbaka, 3 timmar. Kontrollera att den går rätt.',
  );
});
