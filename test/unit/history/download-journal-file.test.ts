import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/ports.js';
import { openDownloadJournal } from '../../../src/history/download-journal-file.js';
import type { DownloadJournal, DownloadRecord } from '../../../src/model/download.js';
import { testOrder } from '../../support/download-stage.js';
import { recordingLogger, type RecordingLogger } from '../../support/recording-logger.js';

let folder: string;
let logger: RecordingLogger;
let journal: DownloadJournal;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'kort-downloads-')), 'downloads');
  logger = recordingLogger();
  journal = openDownloadJournal(folder, { clock: systemClock, logger });
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const record = (number = 1, more: Partial<DownloadRecord> = {}): DownloadRecord => ({
  id: idOf(number),
  step: 'planned',
  startedAt: `2026-01-01T00:00:0${number % 10}.000Z`,
  issuer: 'urn:test:issuer',
  token: 'card:01',
  cardLabel: 'TEST card',
  order: testOrder(),
  keySpec: 'ec-p256',
  keyId: '00112233445566778899aabbccddeeff',
  keepReplaced: false,
  ...more,
});
const requested: Partial<DownloadRecord> = { step: 'requested', keyReference: 3, request: 'AAAA' };
const issued: Partial<DownloadRecord> = { ...requested, step: 'issued', certificate: 'AAAA', chain: ['AAAA', 'BBBB'] };
const fileOf = (number: number): string => join(folder, `${idOf(number)}.json`);
const refusal = (detail: string): Error =>
  expect.objectContaining({
    code: 'ERR_DOWNLOAD_JOURNAL',
    fields: expect.objectContaining({ detail }) as object,
  }) as Error;

describe('openDownloadJournal()', () => {
  it('has nothing where there is no folder', async () => {
    expect(await journal.all()).toEqual([]);
    await journal.remove(idOf(1));
    expect(existsSync(folder)).toBe(false);
  });

  it('gives back what was written last, oldest download first, to another process too', async () => {
    await journal.write(record(2));
    await journal.write(record(1));
    await journal.write(record(2, issued));
    const other = openDownloadJournal(folder, { clock: systemClock, logger });
    expect(await other.all()).toEqual([record(1), record(2, issued)]);
    await other.remove(idOf(2));
    expect(await journal.all()).toEqual([record(1)]);
  });

  it('keeps others from reading, and leaves no draft', async () => {
    await journal.write(record());
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(fileOf(1)).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual([`${idOf(1)}.json`]);
  });

  it.each([
    ['half a file', '{"id":"0000'],
    ['a file that is no record', '{}'],
    ['an empty file', ''],
    ['a record under another name', JSON.stringify(record(7))],
    ['a step without what it needs', JSON.stringify(record(1, { step: 'issued' }))],
    ['a member that nobody knows', JSON.stringify({ ...record(1), pin: '1234' })],
    ['a time that the control socket does not pass', JSON.stringify(record(1, { startedAt: '1 Jan 2026' }))],
    ['an id that is a path', JSON.stringify(record(1, { order: testOrder({ id: '../x' }) }))],
    ['too many bytes', `${JSON.stringify(record(1))}${' '.repeat(300_000)}`],
  ])('sets %s aside, says so, and never deletes it', async (_what, text) => {
    mkdirSync(folder);
    writeFileSync(fileOf(1), text);
    await journal.write(record(2));
    expect(await journal.all()).toEqual([record(2)]);
    const kept = readdirSync(folder).find((name) => name.includes('.damaged-'));
    expect(readFileSync(join(folder, kept ?? ''), 'utf8')).toBe(text);
    expect(logger.lines).toMatchObject([{ level: 'error' }]);
    expect(await journal.all()).toEqual([record(2)]);
  });

  it('sets aside what is no file, and waits for nobody who writes into it', async () => {
    mkdirSync(fileOf(1), { recursive: true });
    execFileSync('mkfifo', [fileOf(3)]);
    symlinkSync('nowhere', fileOf(4));
    await journal.write(record(2));
    expect(await journal.all()).toEqual([record(2)]);
    expect(logger.lines).toHaveLength(3);
  });

  it('sets a record aside on demand, and has room for another of that id', async () => {
    await journal.write(record(1, issued));
    await journal.setAside(idOf(1));
    expect(await journal.all()).toEqual([]);
    const [kept, ...others] = readdirSync(folder);
    expect(others).toEqual([]);
    expect(kept).toMatch(/^[0-9a-f-]{36}\.json\.damaged-\d+$/);
    expect(JSON.parse(readFileSync(join(folder, kept!), 'utf8'))).toMatchObject({ id: idOf(1), step: 'issued' });
    await expect(journal.setAside(idOf(1))).rejects.toEqual(refusal('ENOENT'));
  });

  it('takes no notice of a draft that a power cut left', async () => {
    await journal.write(record(1));
    writeFileSync(`${fileOf(1)}.new`, '{"id":');
    expect(await journal.all()).toEqual([record(1)]);
    await journal.write(record(1, requested));
    expect(await journal.all()).toEqual([record(1, requested)]);
  });

  it('writes nothing that could not be read again', async () => {
    await expect(journal.write(record(1, { step: 'requested' }))).rejects.toThrow(refusal('malformed'));
    await expect(journal.write(record(1, { ...issued, chain: ['A'.repeat(30_000)] }))).rejects.toThrow(
      refusal('malformed'),
    );
    await expect(journal.write({ ...record(1), id: '../../x' })).rejects.toThrow(refusal('malformed'));
    expect(await journal.all()).toEqual([]);
  });

  it('has room for 64, and for any number of changes of them', async () => {
    for (let number = 1; number <= 64; number += 1) await journal.write(record(number));
    await expect(journal.write(record(65))).rejects.toThrow(refusal('too many'));
    await journal.write(record(64, requested));
    expect(await journal.all()).toHaveLength(64);
  });

  it('says why a record cannot be written, and leaves what was there', async () => {
    await journal.write(record(1));
    mkdirSync(`${fileOf(1)}.new`);
    await expect(journal.write(record(1, requested))).rejects.toThrow(refusal('EISDIR'));
    expect(await journal.all()).toEqual([record(1)]);
  });

  it('says that a folder cannot be made', async () => {
    writeFileSync(folder, '');
    await expect(journal.write(record(1))).rejects.toThrow(refusal('EEXIST'));
  });
});
