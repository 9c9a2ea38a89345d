import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openExpiryFile } from '../../../src/history/expiry-file.js';
import type { ExpiryState } from '../../../src/model/expiry-memory.js';
import { recordingLogger } from '../../support/recording-logger.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-expiry-'));
  path = join(folder, 'expiry.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const full = (salt: string): ExpiryState => ({
  salt,
  latest: 17,
  setBack: { at: 3, from: 4 },
  cards: {
    'card:1': {
      id: 'card:1',
      label: 'Tolvan 940',
      seenAt: 5,
      lastDay: '2027-05-31',
      certificates: [
        {
          fingerprint: 'aa',
          holder: 'Tolvan Tolvansson',
          person: 'bb',
          purpose: 'auth',
          level: 3,
          issuer: 'CN=TEST CA',
          notBefore: 1,
          notAfter: 2,
          authorities: [{ fingerprint: 'cc', name: 'TEST CA', notBefore: 1, notAfter: 9 }],
        },
      ],
    },
  },
  deliveries: { abc: { value: 30, at: 1, endsAt: 2 } },
  snoozes: { abc: 4 },
});

describe('openExpiryFile()', () => {
  it('keeps all over a restart, for the owner’s eyes only, with a salt of its own', async () => {
    const file = await openExpiryFile(path, recordingLogger());
    expect(file.state.salt).toMatch(/^[0-9a-f]{32}$/);
    await file.save(full(file.state.salt));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const again = await openExpiryFile(path, recordingLogger());
    expect(again.state).toEqual(full(file.state.salt));
    expect((await openExpiryFile(`${path}.other`, recordingLogger())).state.salt).not.toBe(file.state.salt);
  });

  it('ends with what was saved last, however fast one comes after the other', async () => {
    const file = await openExpiryFile(path, recordingLogger());
    await Promise.all([1, 2, 3, 4, 5].map((latest) => file.save({ ...full('00'), latest })));
    expect((JSON.parse(readFileSync(path, 'utf8')) as ExpiryState).latest).toBe(5);
    expect(readdirSync(folder)).toEqual(['expiry.json']);
  });

  it('counts for this process when the disk is full, and writes again when it is not', async () => {
    const file = await openExpiryFile(join(folder, 'gone', 'expiry.json'), recordingLogger());
    await expect(file.save(full('00'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(file.state.latest).toBe(17);
  });

  it('knows what it knew before when a write was cut off', async () => {
    const file = await openExpiryFile(path, recordingLogger());
    await file.save(full('00'));
    writeFileSync(`${path}.new`, '{"salt":');
    expect((await openExpiryFile(path, recordingLogger())).state).toEqual(full('00'));
  });

  it.each([
    [''],
    ['null'],
    ['[]'],
    ['{"salt":'],
    [JSON.stringify({ ...full('00'), latest: 'now' })],
    [JSON.stringify({ ...full('00'), cards: { 'card:1': { id: 'card:1' } } })],
    [JSON.stringify({ ...full('00'), deliveries: [] })],
    [JSON.stringify({ ...full('00'), snoozes: { abc: 'x' } })],
  ])('begins anew when it holds %s', async (text) => {
    writeFileSync(path, text);
    const logger = recordingLogger();
    expect((await openExpiryFile(path, logger)).state.cards).toEqual({});
    expect(logger.lines).toHaveLength(1);
  });
});
