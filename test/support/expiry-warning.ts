import type { ExpiryFinding, ExpiryWarning } from '../../src/model/expiry.js';

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

/** A certificate for signatures that ends tomorrow, as changed. */
export const expiryWarning = (more: Partial<ExpiryFinding> = {}): ExpiryWarning => ({
  finding: { ...finding, ...more },
  threshold: { kind: 'days', value: 1 },
});
