import { describe, expect, it } from 'vitest';
import type { CertificateDetails } from '../../../../src/control-contract/certificates.js';
import { MiddlewareError } from '../../../../src/core/errors.js';
import type { DoctorReport } from '../../../../src/model/doctor.js';
import type { ExpiryFinding } from '../../../../src/model/expiry.js';
import type { HistoryEntry } from '../../../../src/model/history.js';
import { createCertificatesScreen } from '../../../../src/tui/screens/certificates-screen.js';
import { createDoctorScreen } from '../../../../src/tui/screens/doctor-screen.js';
import { createExpiryScreen } from '../../../../src/tui/screens/expiry-screen.js';
import { createHistoryScreen } from '../../../../src/tui/screens/history-screen.js';
import { fails, ScriptedDaemon } from '../../../support/scripted-daemon.js';
import { checkResult, ScreenHand } from '../../../support/screen-hand.js';

const certificateOf = (digit: string, change: Partial<CertificateDetails> = {}): CertificateDetails => ({
  fingerprint: digit.repeat(64),
  card: { id: 'card:01', product: 'TEST card', serial: '01', label: 'TEST 01', reader: 'Reader 01' },
  holder: `Tolvan ${digit}`,
  subject: 'CN=Tolvan',
  issuer: 'CN=TEST CA',
  serialNumber: '01',
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2030-01-01T00:00:00Z',
  keyType: 'rsa',
  keyBits: 2048,
  keyUsage: ['digitalSignature'],
  extendedKeyUsage: [],
  policies: [],
  usable: true,
  isCa: false,
  preferred: false,
  ...change,
});
const listOf = (...certificates: readonly CertificateDetails[]) => ({ certificates });
const party = { clientId: 'party', displayName: { sv: 'TEST tjänst', en: 'TEST service' } };

describe('createCertificatesScreen()', () => {
  it('lists them, moves in a list longer than the window, and says which rows stand there', async () => {
    const many = Array.from({ length: 9 }, (_, index) => certificateOf(String(index + 1)));
    const hand = new ScreenHand(new ScriptedDaemon().on('certificate.list', () => listOf(...many)));
    hand.open(createCertificatesScreen(hand));
    expect(await hand.until(/> 1111111111111111 {2}Tolvan 1/)).toMatch(/-- rows 1–19 of \d+ · ↑ ↓ --$/);
    hand.press('end');
    expect(hand.text).toContain('> 9999999999999999  Tolvan 9');
    hand.press('home');
    expect(hand.text.startsWith('> 1111')).toBe(true);
    expect(hand.screen.linear()[0]).toMatch(/^1\/9: 1111111111111111 Tolvan 1/);
  });

  it('shows everything of one on Enter', async () => {
    const hand = new ScreenHand(new ScriptedDaemon().on('certificate.list', () => listOf(certificateOf('1'))));
    hand.open(createCertificatesScreen(hand));
    await hand.until(/Tolvan 1/);
    hand.type('\r');
    expect(hand.text).toContain('1'.repeat(64));
    hand.press('escape');
    expect(hand.depth).toBe(1);
  });

  it('follows cards that come and go, says that the daemon went, and asks the next one', async () => {
    const first = new ScriptedDaemon().on(
      'certificate.list',
      () => listOf(certificateOf('1'), certificateOf('2')),
      () => listOf(certificateOf('2')),
    );
    const hand = new ScreenHand(first, { language: 'sv' });
    hand.open(createCertificatesScreen(hand));
    await hand.until(/Tolvan 1/);
    hand.press('down');
    hand.connected(first);
    await hand.until(/^> 2222/);
    hand.connected(undefined);
    expect(hand.text).toMatch(/^! kortd är inte igång[^]*> 2222/);
    hand.connected(new ScriptedDaemon().on('certificate.list', () => listOf()));
    await hand.until(/^Inget certifikat på något kort/);
  });

  it('says what went wrong, and asks again on r', async () => {
    const daemon = new ScriptedDaemon().on('certificate.list', fails('ERR_INTERNAL'), () => listOf());
    const hand = new ScreenHand(daemon);
    hand.open(createCertificatesScreen(hand));
    await hand.until(/\(ERR_INTERNAL\)\nPress r/);
    hand.type('r');
    await hand.until(/No certificate/i);
  });

  it('lets one come first in a service or in all, and takes that back', async () => {
    const parties = () => ({ relyingParties: [party] });
    const rules = [{ relyingParty: 'party', prefer: { fingerprint: '1'.repeat(64) }, source: 'user' }];
    const daemon = new ScriptedDaemon()
      .on(
        'certificate.list',
        () => listOf(certificateOf('1', { preferred: true })),
        () => listOf(),
        () => listOf(),
      )
      .on('rp.list', parties, parties)
      .on('certificate.prefer', () => ({ rules }))
      .on('certificate.unprefer', () => ({ rules: [] }));
    const hand = new ScreenHand(daemon);
    hand.open(createCertificatesScreen(hand));
    await hand.until(/Tolvan 1/);
    hand.type('p');
    await hand.until(/Only in TEST service/);
    hand.press('down');
    hand.type('\r');
    await hand.until(/✓ The certificate comes first from now on[^]*Rules:/);
    hand.press('end');
    hand.type('\r');
    await hand.until(/✓ Your rule is removed/);
    expect(daemon.calls.filter((call) => call.includes('prefer'))).toEqual([
      `certificate.prefer {"fingerprint":"${'1'.repeat(64)}","clientId":"party"}`,
      'certificate.unprefer {}',
    ]);
  });
});

const findingOf = (id: string, change: Partial<ExpiryFinding> = {}): ExpiryFinding => ({
  id: id.padEnd(12, '0'),
  series: id.padEnd(24, '0'),
  subject: 'certificate',
  name: `TEST ${id}`,
  purpose: 'auth',
  endsAt: '2026-12-01T00:00:00Z',
  daysLeft: 9,
  urgency: 'soon',
  decisive: true,
  action: { kind: 'download' },
  ...change,
});

describe('createExpiryScreen()', () => {
  it('shows what is near, tells that a person has read it, and the rest on a', async () => {
    const findings = [
      findingOf('a', { threshold: { kind: 'days', value: 14 } }),
      findingOf('b', { subject: 'issuer', urgency: 'fine', decisive: false, daysLeft: 900 }),
    ];
    const daemon = new ScriptedDaemon()
      .on('expiry.get', () => ({ findings, urgency: 'soon' }))
      .on('expiry.shown', () => ({}));
    const hand = new ScreenHand(daemon);
    hand.open(createExpiryScreen(hand));
    expect(await hand.until(/9 days left[^]*TEST a/)).toMatch(/1 more with a long time left/);
    expect(daemon.calls[1]).toBe(`expiry.shown {"ids":["a${'0'.repeat(11)}"]}`);
    hand.type('a');
    expect(hand.text).toContain('TEST b');
  });

  it('lets warnings rest, and says when that is shorter than asked for', async () => {
    const snoozedUntil = new Date(Date.now() + 86_400_000).toISOString();
    const report = { findings: [findingOf('a')], urgency: 'soon' };
    const daemon = new ScriptedDaemon()
      .on(
        'expiry.get',
        () => report,
        () => report,
      )
      .on('expiry.snooze', () => ({ ...report, findings: [findingOf('a', { snoozedUntil })] }));
    const hand = new ScreenHand(daemon);
    hand.open(createExpiryScreen(hand));
    await hand.until(/TEST a/);
    hand.type('s');
    expect(hand.text).toMatch(/How long should warnings be paused\?[^]*> 1 {2}1 day\n {2}2 {2}3 days/);
    hand.type('3');
    await expect.poll(() => hand.said.at(-1)).toMatch(/^Warnings are paused until .*shorter/);
    expect([hand.depth, daemon.calls[1]]).toEqual([1, `expiry.snooze {"id":"a${'0'.repeat(11)}","days":7}`]);
  });
});

const entryOf = (sequence: number): HistoryEntry => ({
  sequence,
  time: '2026-10-01T08:00:00.000Z',
  event: { kind: 'inserted', reader: `Reader ${sequence}` },
  previous: '0'.repeat(64),
});

describe('createHistoryScreen()', () => {
  it('gets older entries when the end is reached, each once', async () => {
    const daemon = new ScriptedDaemon().on(
      'history.list',
      () => ({ entries: [entryOf(4), entryOf(3)], more: true }),
      () => ({ entries: [entryOf(2), entryOf(1)], more: false }),
    );
    const hand = new ScreenHand(daemon);
    hand.open(createHistoryScreen(hand));
    await hand.until(/Reader 3[^]*2 events, more of them further down/);
    hand.press('end');
    hand.press('end');
    await hand.until(/Reader 1[^]*4 events$/);
    hand.press('end');
    expect(daemon.calls).toEqual(['history.list {"limit":100}', 'history.list {"limit":100,"before":3}']);
  });

  it('names services as they are registered, asking once, and by their ids where nobody tells', async () => {
    const login = (sequence: number): HistoryEntry => ({
      ...entryOf(sequence),
      event: {
        kind: 'login',
        relyingParty: sequence === 1 ? 'elsewhere' : party.clientId,
        token: 'card:1',
        certificate: 'ab'.repeat(32),
        launcher: 'direct',
        outcome: 'complete',
      },
    });
    const daemon = new ScriptedDaemon()
      .on(
        'history.list',
        () => ({ entries: [login(3), login(2)], more: true }),
        () => ({ entries: [login(1)], more: false }),
      )
      .on('rp.list', () => ({ relyingParties: [party] }));
    const hand = new ScreenHand(daemon);
    hand.open(createHistoryScreen(hand));
    await hand.until(/TEST service[^]*TEST service/);
    hand.press('end');
    await hand.until(/elsewhere/);
    expect(daemon.calls.filter((call) => call.startsWith('rp.list'))).toHaveLength(1);
  });

  it('filters by what, card, service and outcome, and says that nothing passes', async () => {
    const page =
      (...entries: readonly HistoryEntry[]) =>
      () => ({ entries, more: false });
    const daemon = new ScriptedDaemon()
      .on('history.list', page(entryOf(1)), page(entryOf(1)), page())
      .on('rp.list', () => ({ relyingParties: [party] }));
    const hand = new ScreenHand(daemon);
    hand.open(createHistoryScreen(hand));
    await hand.until(/Reader 1/);
    hand.type('f');
    await hand.until(/> What {6}< everything >/);
    hand.press('right');
    expect(hand.text).toContain('< logins >');
    await new Promise((resolve) => setImmediate(resolve));
    hand.press('down');
    hand.press('down');
    hand.press('right');
    expect(hand.text).toContain('< TEST service >');
    hand.press('down');
    hand.type('\r');
    hand.press('escape');
    await hand.until(/Filter: logins · TEST service · only what failed[^]*/);
    await expect
      .poll(() => daemon.calls.at(-1))
      .toBe('history.list {"kinds":["login"],"relyingParty":"party","failed":true,"limit":100}');
  });

  it.each([
    [{ intact: true, entries: 3, first: 1, head: 'ab'.repeat(32) }, /✓ The history is whole/],
    [
      { intact: false, file: 'history.jsonl', line: 7, problem: 'hash' },
      /✗ THE HISTORY HAS BEEN CHANGED.*history\.jsonl, line 7/,
    ],
  ])('says what became of it: %j', async (verdict, said) => {
    const daemon = new ScriptedDaemon()
      .on('history.list', () => ({ entries: [entryOf(1)], more: false }))
      .on('history.verify', () => verdict);
    const hand = new ScreenHand(daemon);
    hand.open(createHistoryScreen(hand));
    await hand.until(/Reader 1/);
    hand.type('v');
    await hand.until(said);
  });

  it('says so when no daemon answers', () => {
    const hand = new ScreenHand(undefined);
    hand.open(createHistoryScreen(hand));
    expect(hand.text).toContain('kortd is not running');
  });
});

describe('createDoctorScreen()', () => {
  const report: DoctorReport = {
    time: '2026-10-01T08:00:00Z',
    instance: 'default',
    checks: [
      checkResult({ check: 'versions' }),
      checkResult({
        check: 'clock',
        state: 'fault',
        findings: [{ code: 'check.failed', severity: 'fault', fields: { check: 'clock', detail: 'TEST' } }],
      }),
    ],
  };

  it('tells what is done so far, then what was found, the worst first, and writes a report after a yes', async () => {
    let end: () => void = () => undefined;
    const written: DoctorReport[] = [];
    const hand = new ScreenHand(undefined, {
      examine: async (onCheck) => {
        onCheck(checkResult({ check: 'versions' }));
        await new Promise<void>((resolve) => (end = resolve));
        return report;
      },
      writeReport: (one) => {
        written.push(one);
        return Promise.resolve('/TEST/report.tar.gz');
      },
    });
    hand.open(createDoctorScreen(hand));
    await hand.until(/Examining: 1 of \d+ done\n\n✓ Versions: ok\n {2}Session/);
    end();
    expect(await hand.until(/1 fault and 0 warnings found/)).toMatch(
      /found\.\n\n✗ Clock: fault\n {4}The check clock could not be carried out: TEST/,
    );
    hand.type('w');
    expect(hand.text).toContain('Do you want to write a report');
    hand.type('n');
    expect([written, hand.text.includes('Do you want to write a report')]).toEqual([[], false]);
    hand.type('wy');
    await hand.until(/✓ The report is in \/TEST\/report\.tar\.gz/);
    expect(written).toEqual([report]);
  });

  it('is stopped by Escape, and says what went wrong with the examination itself', async () => {
    let stopped = false;
    const waiting = new ScreenHand(undefined, {
      examine: (_onCheck, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            stopped = true;
            reject(new MiddlewareError('ERR_ABORTED', 'TEST'));
          });
        }),
    });
    waiting.open(createDoctorScreen(waiting));
    waiting.press('escape');
    expect([stopped, waiting.depth]).toEqual([true, 0]);
    const broken = new ScreenHand(undefined, { examine: () => Promise.reject(new Error('TEST')) });
    broken.open(createDoctorScreen(broken));
    await broken.until(/\(ERR_INTERNAL\)/);
  });
});
