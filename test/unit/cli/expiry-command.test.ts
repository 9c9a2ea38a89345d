import { describe, expect, it } from 'vitest';
import type { ExpiryFinding, ExpiryReport } from '../../../src/model/expiry.js';
import { runScripted, scriptedClient } from '../../support/scripted-cli.js';

process.env['TZ'] = 'Europe/Stockholm';

const certificate: ExpiryFinding = {
  id: '0123456789ab',
  series: '00112233445566778899aabb',
  subject: 'certificate',
  name: 'Tolvan Tolvansson',
  card: { id: 'card:1', label: 'Tolvan 940', inserted: false },
  purpose: 'auth',
  level: 3,
  startsAt: '2025-04-02T10:00:00.000Z',
  endsAt: '2027-04-02T10:00:00.000Z',
  daysLeft: 12,
  threshold: { kind: 'days', value: 14 },
  urgency: 'soon',
  decisive: true,
  beside: { subject: 'card', endsAt: '2027-05-31T21:59:59.999Z' },
  action: {
    kind: 'visit',
    text: { sv: 'Gå till kortkontoret', en: 'Go to the card office' },
    url: 'https://kort.example',
  },
};
const authority: ExpiryFinding = {
  id: 'aaaaaaaaaaaa',
  series: '00112233445566778899aabc',
  subject: 'issuer',
  name: 'TEST CA',
  endsAt: '2036-01-01T00:00:00.000Z',
  daysLeft: 3000,
  urgency: 'fine',
  decisive: false,
  beside: { subject: 'certificate', endsAt: certificate.endsAt },
  action: { kind: 'none' },
};

const reportOf = (...findings: readonly ExpiryFinding[]): ExpiryReport => ({ findings, urgency: 'soon' });

async function kort(argv: readonly string[], report: ExpiryReport, more: Readonly<Record<string, unknown>> = {}) {
  const client = scriptedClient({ 'expiry.get': report, 'expiry.shown': {}, ...more });
  const files = new Map<string, string>();
  const result = await runScripted(argv, {
    connect: () => Promise.resolve(client),
    writeTextFile: (path, text) => Promise.resolve(void files.set(path, text)),
  });
  return { ...result, files, calls: client.calls };
}

describe('kort expiry', () => {
  it('names what ends, what the card itself says, what to do, and that the card is not inserted', async () => {
    const { out, code } = await kort(['expiry', '--lang', 'en'], reportOf(certificate, authority));
    expect(out).toContain(
      '2027-04-02  12 days left  The certificate for logins, Tolvan Tolvansson, on the card Tolvan 940',
    );
    expect(out).toContain('The card itself says 2027-05-31, but this expires first.');
    expect(out).toContain('What to do: Go to the card office · https://kort.example');
    expect(out).toContain('The card is not inserted now.');
    expect(out).toContain('kort expiry snooze 0123456789ab');
    expect(out).not.toContain('TEST CA');
    expect(code).toBe(8);
  });

  it('says so in Swedish', async () => {
    const { out } = await kort(['expiry', '--lang', 'sv'], reportOf(certificate));
    expect(out).toContain('12 dagar kvar  Certifikatet för legitimering, Tolvan Tolvansson, på kortet Tolvan 940');
    expect(out).toContain('Kortet självt säger 2027-05-31, men det här går ut först.');
    expect(out).toContain('Gör så här: Gå till kortkontoret · https://kort.example');
  });

  it('has told a person of what it shows, and nobody of what a program reads', async () => {
    const shown = await kort(['expiry'], reportOf(certificate, authority));
    expect(shown.calls.at(-1)).toEqual({ method: 'expiry.shown', params: { ids: ['0123456789ab'] } });
    const asked = await kort(['expiry', '--json'], reportOf(certificate));
    expect(asked.calls.map(({ method }) => method)).toEqual(['expiry.get']);
    expect(JSON.parse(asked.out)).toEqual(reportOf(certificate));
  });

  it.each([
    ['fine', [], 0],
    ['soon', [], 8],
    ['urgent', [], 9],
    ['past', [], 9],
    ['fine', ['--within', '12'], 8],
    ['fine', ['--within', '11'], 0],
    ['urgent', ['--within', '11'], 0],
    ['urgent', ['--within', '12'], 9],
  ] as const)('of something %s with %j ends with %i', async (urgency, flags, status) => {
    const { threshold: _none, ...rest } = certificate;
    const { code } = await kort(['expiry', '--json', ...flags], reportOf({ ...rest, urgency }));
    expect(code).toBe(status);
  });

  it('counts nothing that comes after something else has ended', async () => {
    const { code } = await kort(['expiry'], reportOf({ ...certificate, urgency: 'past', decisive: false }));
    expect(code).toBe(0);
  });

  it.each([
    [1, 'urgent', 'expires tomorrow'],
    [0, 'urgent', 'expires today'],
    [0, 'past', 'expired today'],
    [-1, 'past', 'expired yesterday'],
    [-9, 'past', 'has expired'],
  ] as const)('says of %i days left, %s: %s', async (daysLeft, urgency, words) => {
    const { out } = await kort(['expiry'], reportOf({ ...certificate, daysLeft, urgency }));
    expect(out).toContain(words);
  });

  it('tells of a clock that is wrong, and by how much', async () => {
    const clock: ExpiryFinding = {
      ...authority,
      subject: 'clock',
      name: '',
      urgency: 'urgent',
      decisive: true,
      clock: { problem: 'skewed', seconds: -7300 },
    };
    expect((await kort(['expiry'], reportOf(clock))).out).toContain("The computer's clock is fast, by about 2 hours");
    const slow = { ...clock, clock: { problem: 'before-certificate', seconds: 172_800 } } as const;
    const { out, code } = await kort(['expiry', '--lang', 'sv'], reportOf(slow));
    expect(out).toContain('Datorns klocka går efter, minst 2 dagar: certifikatet på kortet gäller inte än.');
    expect(code).toBe(9);
  });

  it('shows no terminal sequence that a name or an action holds', async () => {
    const evil = {
      ...certificate,
      name: 'Tolvan\u001b[2J',
      action: { kind: 'call', phone: '1\u001b]0;x\u0007' },
    } as const;
    expect((await kort(['expiry'], reportOf(evil))).out).not.toMatch(/[\u001b\u0007]/);
  });

  it('says that nothing ends', async () => {
    expect(await kort(['expiry'], { findings: [], urgency: 'fine' })).toMatchObject({
      code: 0,
      out: 'No expiry dates are known yet. Insert a card to see what expires.\n',
    });
  });

  it('--ics writes a file, or to standard output, and ends as it would have', async () => {
    const { files, out, code } = await kort(['expiry', '--ics', 'ends.ics'], reportOf(certificate));
    expect(files.get('ends.ics')).toMatch(/^BEGIN:VCALENDAR\r\n/);
    expect(out).toContain('1 event was written to ends.ics.');
    expect(code).toBe(8);
    expect((await kort(['expiry', '--ics', '-'], reportOf(certificate))).out).toMatch(
      /^BEGIN:VCALENDAR[^]*END:VCALENDAR\r\n$/,
    );
  });
});

describe('kort expiry snooze', () => {
  const until = (ms: number) => new Date(Date.now() + ms).toISOString();

  it('says until when warnings rest, and that it is shorter than asked for', async () => {
    const day = 86_400_000;
    const snoozed = (ms: number) => ({ 'expiry.snooze': reportOf({ ...certificate, snoozedUntil: until(ms) }) });
    const whole = await kort(['expiry', 'snooze', '0123', '--days', '5'], reportOf(), snoozed(5 * day));
    expect(whole.calls).toEqual([{ method: 'expiry.snooze', params: { id: '0123', days: 5 } }]);
    expect(whole.out).toMatch(
      /^Warnings about this are paused until .*: The certificate for logins, Tolvan Tolvansson/,
    );
    expect(whole.out).not.toContain('shorter');
    const cut = await kort(['expiry', 'snooze', '0123'], reportOf(), snoozed(2 * day));
    expect(cut.out).toContain('That is shorter than you asked for: never past the next threshold');
  });

  it.each([
    ['snooze', 'xyz'],
    ['snooze', '012'],
    ['snooze', '0123', '--days', '31'],
    ['snooze', '0123', '--days', '0'],
  ])('refuses %j %j %j %j', async (...argv) => {
    expect((await runScripted(['expiry', ...argv])).code).toBe(2);
  });
});

describe('kort expiry note', () => {
  it.each([
    ['2027-05-31', '2027-05-31'],
    ['2027-05', '2027-05-31'],
    ['2028-02', '2028-02-29'],
    ['none', undefined],
  ])('%s notes %s', async (given, lastDay) => {
    const { calls } = await kort(['expiry', 'note', given, '--card', '1'], reportOf(), {
      'expiry.cardEnds': reportOf(),
    });
    const params = lastDay === undefined ? { card: '1' } : { card: '1', lastDay };
    expect(calls).toEqual([{ method: 'expiry.cardEnds', params }]);
  });

  it.each([['2027-02-30'], ['2027-13'], ['27-05'], ['may'], ['']])('refuses %j', async (day) => {
    expect((await runScripted(['expiry', 'note', day])).code).toBe(2);
  });
});

describe('kort expiry forget', () => {
  it('names the card', async () => {
    const { calls, out } = await kort(['expiry', 'forget', '77', '--yes'], reportOf(), { 'expiry.forget': reportOf() });
    expect(calls).toEqual([{ method: 'expiry.forget', params: { card: '77' } }]);
    expect(out).toContain('Forgotten.');
  });
});
