import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileHistory } from '../../../src/history/file-history.js';
import { verifyHistory } from '../../../src/history/verify-history.js';
import type { HistoryEntry, HistoryEvent } from '../../../src/model/history.js';
import { recordingLogger } from '../../support/recording-logger.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kort-history-'));
  path = join(folder, 'history.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

const inserted = (reader: string): HistoryEvent => ({ kind: 'inserted', reader });
const clock = { now: () => Date.parse('2026-11-22T12:00:00.123Z'), monotonic: () => 0 };
const open = (logger = recordingLogger()) => openFileHistory(path, { clock, logger });
const linesOf = async (): Promise<string[]> => (await readFile(path, 'utf8')).split('\n').slice(0, -1);
const write = async (count: number): Promise<void> => {
  const history = await open();
  for (let number = 1; number <= count; number += 1) await history.append(inserted(`reader ${number}`));
  await history.close();
};

describe('append()', () => {
  it('writes one line for each event, each with the hash of the line before', async () => {
    await write(3);
    const lines = await linesOf();
    const entries = lines.map((line) => JSON.parse(line) as HistoryEntry);
    expect(entries[0]).toEqual({
      sequence: 1,
      time: '2026-11-22T12:00:00.123Z',
      event: { kind: 'inserted', reader: 'reader 1' },
      previous: '0'.repeat(64),
    });
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(entries[2]!.previous).toBe(createHash('sha256').update(lines[1]!).digest('hex'));
    expect(await verifyHistory(path)).toEqual({ intact: true, entries: 3 });
  });

  it('keeps the file to its owner, also one that was open to others', async () => {
    await writeFile(path, '', { mode: 0o644 });
    await write(1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('goes on where the last process stopped', async () => {
    await write(2);
    await write(2);
    expect(await verifyHistory(path)).toEqual({ intact: true, entries: 4 });
  });

  it('keeps the order of appends that nobody waits for', async () => {
    const history = await open();
    await Promise.all(Array.from({ length: 50 }, (_, number) => history.append(inserted(`reader ${number}`))));
    const recent = await history.recent(100);
    expect(recent.map(({ event }) => (event as { reader: string }).reader)).toEqual(
      Array.from({ length: 50 }, (_, number) => `reader ${number}`),
    );
    await history.close();
    expect(await verifyHistory(path)).toEqual({ intact: true, entries: 50 });
  });

  it('takes turns with others that write to the same file', async () => {
    const histories = await Promise.all([open(), open(), open()]);
    await Promise.all(
      histories.flatMap((history, writer) =>
        Array.from({ length: 10 }, (_, number) => history.append(inserted(`${writer}.${number}`))),
      ),
    );
    await Promise.all(histories.map((history) => history.close()));
    expect(await verifyHistory(path)).toEqual({ intact: true, entries: 30 });
    expect(await readdir(folder)).toEqual(['history.jsonl']);
  });

  it('takes over the lock of a process that died', async () => {
    await write(1);
    await writeFile(`${path}.lock`, '999999999');
    await write(1);
    expect(await verifyHistory(path)).toEqual({ intact: true, entries: 2 });
    expect(await readdir(folder)).toEqual(['history.jsonl']);
  });

  it.each(['a\u2028b', 'a\u2029b', 'a\r\nb', '\ud800', 'Läsare ½'])('survives the reader name %j', async (name) => {
    const history = await open();
    await history.append(inserted(name));
    await history.append(inserted(name));
    expect((await history.recent(1)).map(({ event }) => event)).toEqual([inserted(name)]);
    await history.close();
    expect(await verifyHistory(path)).toEqual({ intact: true, entries: 2 });
  });

  it('survives any text in a reader name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }), async (names) => {
        await rm(path, { force: true });
        const history = await open();
        for (const name of names) await history.append(inserted(name));
        expect((await history.recent(10)).map(({ event }) => event)).toEqual(names.map(inserted));
        await history.close();
        expect(await verifyHistory(path)).toEqual({ intact: true, entries: names.length });
      }),
      { numRuns: 8 },
    );
  });
});

describe('recent()', () => {
  it('gives the newest entries, oldest first, however long the file is', async () => {
    const history = await open();
    const longName = 'x'.repeat(20_000);
    for (let number = 0; number < 12; number += 1) await history.append(inserted(`${number} ${longName}`));
    const readers = (await history.recent(5)).map(({ event }) => (event as { reader: string }).reader.split(' ')[0]);
    expect(readers).toEqual(['7', '8', '9', '10', '11']);
    expect(await history.recent(100)).toHaveLength(12);
    expect(await history.recent(0)).toEqual([]);
    await history.close();
  });
});

describe('openFileHistory() on a damaged file', () => {
  it('moves half a line aside at every length that a power cut may leave, and says so', async () => {
    await write(2);
    const whole = await readFile(path);
    const second = whole.indexOf(0x0a) + 1;
    for (const size of [second + 1, second + 40, whole.length - 1]) {
      await rm(folder, { recursive: true });
      folder = await mkdtemp(join(tmpdir(), 'kort-history-'));
      path = join(folder, 'history.jsonl');
      await writeFile(path, whole.subarray(0, size));
      const logger = recordingLogger();
      const history = await open(logger);
      await history.append(inserted('after'));
      const kinds = (await history.recent(10)).map(({ event }) => event.kind);
      await history.close();
      expect(kinds).toEqual(['inserted', 'torn-line', 'inserted']);
      expect(await verifyHistory(path)).toEqual({ intact: true, entries: 3 });
      const aside = (await readdir(folder)).filter((name) => name.includes('.torn-'));
      expect(aside).toHaveLength(1);
      expect(await readFile(join(folder, aside[0]!))).toEqual(whole.subarray(second, size));
      expect(logger.lines).toMatchObject([{ level: 'warn' }]);
    }
  });

  it('begins anew after a first line that was cut off', async () => {
    await writeFile(path, '{"sequence":1,');
    await write(1);
    expect(await verifyHistory(path)).toEqual({ intact: true, entries: 2 });
  });

  it('refuses to append to a file whose last line was damaged meanwhile, and does not write', async () => {
    const history = await open();
    await history.append(inserted('before'));
    await appendFile(path, 'not an entry\n');
    await expect(history.append(inserted('after'))).rejects.toMatchObject({ code: 'ERR_HISTORY_DAMAGED' });
    expect(await linesOf()).toHaveLength(2);
    expect((await history.recent(5)).map(({ event }) => event)).toEqual([inserted('before')]);
    await history.close();
  });

  it('refuses a file whose last line is no entry', async () => {
    await write(1);
    await appendFile(path, 'not an entry\n');
    await expect(open()).rejects.toMatchObject({ code: 'ERR_HISTORY_DAMAGED' });
    expect((await linesOf()).length).toBe(2);
  });
});

describe('verifyHistory()', () => {
  it('finds any changed byte in a line before the last', async () => {
    await write(4);
    const whole = await readFile(path);
    const end = whole.lastIndexOf(0x0a, whole.length - 2);
    await fc.assert(
      fc.asyncProperty(fc.nat(end - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = Buffer.from(whole);
        damaged[at] = damaged[at]! ^ change;
        await writeFile(path, damaged);
        expect((await verifyHistory(path)).intact).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('names the first line that does not fit', async () => {
    await write(4);
    const lines = await linesOf();
    const attempt = async (changed: readonly string[]): Promise<unknown> => {
      await writeFile(path, changed.map((line) => `${line}\n`).join(''));
      return verifyHistory(path);
    };
    const [first, second, third, fourth] = lines as [string, string, string, string];
    expect(await attempt([first, third, fourth])).toEqual({ intact: false, line: 2, problem: 'sequence' });
    expect(await attempt([first, second.replace('reader 2', 'reader 9'), third, fourth])).toEqual({
      intact: false,
      line: 3,
      problem: 'hash',
    });
    expect(await attempt([first, second, '', fourth])).toEqual({ intact: false, line: 3, problem: 'not-an-entry' });
    expect(await attempt([second])).toEqual({ intact: false, line: 1, problem: 'sequence' });
  });

  it('counts half a line at the end as damage, and an empty file as intact', async () => {
    await write(2);
    for (const cut of [1, 5]) {
      await truncate(path, (await stat(path)).size - cut);
      expect(await verifyHistory(path)).toEqual({ intact: false, line: 2, problem: 'not-an-entry' });
    }
    await truncate(path, 0);
    expect(await verifyHistory(path)).toEqual({ intact: true, entries: 0 });
  });
});
