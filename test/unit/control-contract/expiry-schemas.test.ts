import { describe, expect, it } from 'vitest';
import { eventSchemas, methodSchemas } from '../../../src/control-contract/schemas.js';
import type { ExpiryFinding } from '../../../src/model/expiry.js';

const finding: ExpiryFinding = {
  id: '0123456789ab',
  series: '00112233445566778899aabb',
  subject: 'certificate',
  name: 'Tolvan Tolvansson',
  card: { id: 'card:1', label: 'Tolvan 940', inserted: true },
  fingerprint: 'ab'.repeat(32),
  purpose: 'auth',
  level: 3,
  startsAt: '2025-04-02T10:00:00.000Z',
  endsAt: '2027-04-02T10:00:00.000Z',
  daysLeft: -3,
  threshold: { kind: 'share', value: 0 },
  urgency: 'past',
  decisive: true,
  beside: { subject: 'card', endsAt: '2027-05-31T21:59:59.999Z' },
  action: { kind: 'visit', text: { sv: 'Kom', en: 'Come' }, url: 'https://card.example/', phone: '112' },
  snoozedUntil: '2027-04-03T10:00:00.000Z',
};
const clock = { ...finding, subject: 'clock', clock: { problem: 'skewed', seconds: -7 } };

describe('what crosses the control socket about ends', () => {
  it('is every member of a finding, and no other', () => {
    const { result } = methodSchemas['expiry.get'];
    for (const one of [finding, clock]) {
      expect(result.parse({ findings: [one], urgency: 'past' })).toEqual({ findings: [one], urgency: 'past' });
    }
    expect(result.safeParse({ findings: [{ ...finding, subjectName: 'CN=x' }], urgency: 'past' }).success).toBe(false);
    const warning = { finding, threshold: { kind: 'share', value: 0 } };
    expect(eventSchemas['expiry.warning'].parse(warning)).toEqual(warning);
  });

  it.each([
    [{ ...finding, action: { kind: 'visit', url: 'http://card.example/' } }],
    [{ ...finding, id: '0123' }],
    [{ ...finding, endsAt: '2027-04-02' }],
    [{ ...finding, daysLeft: 0.5 }],
    [{ ...finding, urgency: 'dire' }],
  ])('is no finding of another form: %#', (one) => {
    expect(methodSchemas['expiry.get'].result.safeParse({ findings: [one], urgency: 'past' }).success).toBe(false);
  });

  it.each([
    ['expiry.get', {}, true],
    ['expiry.get', { all: true }, false],
    ['expiry.snooze', { id: '0123', days: 30 }, true],
    ['expiry.snooze', { id: '0123', days: 0 }, false],
    ['expiry.snooze', { id: '0123', days: 1.5 }, false],
    ['expiry.snooze', { id: '012', days: 1 }, false],
    ['expiry.snooze', { id: 'XYZ0', days: 1 }, false],
    ['expiry.cardEnds', {}, true],
    ['expiry.cardEnds', { card: 'card:1', lastDay: '2028-02-29' }, true],
    ['expiry.cardEnds', { lastDay: '2027-02-29' }, false],
    ['expiry.cardEnds', { lastDay: '2027-02' }, false],
    ['expiry.cardEnds', { card: '' }, false],
    ['expiry.forget', { card: 'card:1' }, true],
    ['expiry.forget', {}, false],
    ['expiry.shown', { ids: ['0123456789ab'] }, true],
    ['expiry.shown', { ids: ['0123'] }, false],
  ] as const)('%s takes %j: %j', (method, params, takes) => {
    expect(methodSchemas[method].params.safeParse(params).success).toBe(takes);
  });
});
