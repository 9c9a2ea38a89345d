import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import ICAL from 'ical.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ExpiryReport, ExpiryWarning } from '../../src/model/expiry.js';
import { kortProgram, PrivateHome, startDaemon, type RunningDaemon } from '../support/daemon.js';
import { runProcess } from '../support/run-process.js';

let home: PrivateHome;
let daemon: RunningDaemon;
beforeAll(async () => {
  await awayFromMidnight();
  home = new PrivateHome({ TZ: 'Europe/Stockholm' });
  daemon = await startDaemon(home, 'expiry', ['--sandbox', '--port', '0']);
  await untilEnds(1);
}, 300_000);
afterAll(async () => {
  await daemon.stop();
  home.remove();
});

const kort = (...args: readonly string[]) =>
  runProcess(process.execPath, [kortProgram, '--instance', 'expiry', '--lang', 'en', ...args], {
    env: home.env as Record<string, string>,
  });

async function untilEnds(certificates: number): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const { findings } = await daemon.client.request('expiry.get', {});
    if (findings.filter(({ subject }) => subject === 'certificate').length >= certificates) return;
    if (tries > 200) throw new Error(`card never read:\n${daemon.log()}`);
    await delay(50);
  }
}

/** The day after today here, as cards have it: noon is on the next day also where a day has 23 or 25 hours. */
const tomorrow = (): string =>
  new Date(Date.parse(`${here().slice(0, 10)}T12:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
const here = (): string => new Date().toLocaleString('sv-SE', { timeZone: 'Europe/Stockholm' });

/** What is said of tomorrow holds until midnight only. */
async function awayFromMidnight(): Promise<void> {
  while (here().slice(11) > '23:57:00') await delay(1000);
}

it('the card in the reader is fine, and its CA ends after it', async () => {
  const { code, stdout } = await kort('expiry', '--json');
  expect(code).toBe(0);
  const { findings, urgency } = JSON.parse(stdout) as ExpiryReport;
  expect(urgency).toBe('fine');
  expect(findings.map(({ subject, decisive }) => [subject, decisive])).toEqual([
    ['certificate', true],
    ['issuer', false],
    ['issuer', false],
  ]);
  expect((await kort('expiry', '--within', '4000')).code).toBe(8);
  expect((await kort('status')).stdout).not.toContain('kort expiry');
});

it('a card whose own last day is tomorrow: programs are told at once, status says it, and it ends with 9', async () => {
  const warned = new Promise<ExpiryWarning>((resolve) => daemon.client.on('expiry.warning', resolve));
  expect((await kort('expiry', 'note', tomorrow())).code).toBe(0);
  const { finding, threshold } = await warned;
  expect(finding).toMatchObject({ subject: 'card', daysLeft: 1, decisive: true, urgency: 'urgent' });
  expect(threshold).toEqual({ kind: 'days', value: 1 });
  expect((await kort('status')).stdout).toContain(
    `The card Tolvan 940 expires tomorrow, ${tomorrow()} 23:59. More: "kort expiry --instance expiry".`,
  );
  const shown = await kort('expiry');
  expect(shown.code).toBe(9);
  expect(shown.stdout).toContain(`${tomorrow()}  expires tomorrow`);
  expect(shown.stdout).toContain(`The card expires first, ${tomorrow()}.`);
});

it('who was told is known after a restart, and what was noted; the file is the owner’s', async () => {
  const path = join(home.folder, 'state', 'kort', 'expiry', 'expiry.json');
  const before = JSON.parse(readFileSync(path, 'utf8')) as { deliveries: object };
  expect(Object.values(before.deliveries)).toMatchObject([{ value: 1 }]);
  await daemon.stop();
  daemon = await startDaemon(home, 'expiry', ['--sandbox', '--port', '0']);
  const warnings: ExpiryWarning[] = [];
  daemon.client.on('expiry.warning', (warning) => void warnings.push(warning));
  await untilEnds(1);
  const { findings } = await daemon.client.request('expiry.get', {});
  expect(findings[0]).toMatchObject({ subject: 'card', daysLeft: 1 });
  await delay(100);
  expect(warnings).toEqual([]);
});

it('warnings of it rest for a day at most, and the calendar has it', async () => {
  const { findings } = await daemon.client.request('expiry.get', {});
  const rested = await kort('expiry', 'snooze', findings[0]?.id ?? '', '--days', '30');
  expect(rested.stdout).toContain('That is shorter than you asked for');
  expect((await kort('status')).stdout).not.toContain('expires tomorrow');
  const file = join(home.folder, 'ends.ics');
  expect((await kort('expiry', '--ics', file)).code).toBe(9);
  const calendar = new ICAL.Component(ICAL.parse(readFileSync(file, 'utf8')) as unknown[]);
  const [event] = calendar.getAllSubcomponents('vevent');
  expect(event?.getFirstPropertyValue('summary')).toBe('The card Tolvan 940');
});

it('refuses what is no end, no card and no number of days', async () => {
  expect((await kort('expiry', 'snooze', 'ffffffffffff')).code).toBe(2);
  expect((await kort('expiry', 'note', '2027-05', '--card', 'none of ours')).code).toBe(3);
  await expect(daemon.client.request('expiry.snooze', { id: 'ffff', days: 31 })).rejects.toMatchObject({
    code: 'ERR_IPC_INVALID_PARAMETERS',
  });
  await expect(daemon.client.request('expiry.cardEnds', { lastDay: '2027-02-30' })).rejects.toMatchObject({
    code: 'ERR_IPC_INVALID_PARAMETERS',
  });
});

it('forgets a card that is not inserted', async () => {
  await daemon.client.request('sandbox.remove', { reader: 'Sandbox Reader 1' });
  const gone = async (): Promise<boolean> =>
    (await daemon.client.request('expiry.get', {})).findings.every(({ card }) => card?.inserted !== true);
  for (let tries = 0; !(await gone()); tries += 1) {
    if (tries > 200) throw new Error('the card stayed');
    await delay(50);
  }
  const { findings } = await daemon.client.request('expiry.get', {});
  expect((await kort('expiry', 'forget', findings[0]?.card?.id ?? '', '--yes')).code).toBe(0);
  expect((await daemon.client.request('expiry.get', {})).findings).toEqual([]);
  expect((await kort('expiry')).stdout).toBe('No expiry dates are known yet. Insert a card to see what expires.\n');
});
