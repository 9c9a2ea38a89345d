import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileHistory } from '../../../src/history/file-history.js';
import { headPath } from '../../../src/history/history-head.js';
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
    expect(await verifyHistory(path)).toMatchObject({ intact: true, entries: 3 });
  });

  it('keeps the file to its owner, also one that was open to others', async () => {
    await writeFile(path, '', { mode: 0o644 });
    await write(1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('goes on where the last process stopped', async () => {
    await write(2);
    await write(2);
    expect(await verifyHistory(path)).toMatchObject({ intact: true, entries: 4 });
  });

  it('keeps the order of appends that nobody waits for', async () => {
    const history = await open();
    await Promise.all(Array.from({ length: 50 }, (_, number) => history.append(inserted(`reader ${number}`))));
    const recent = await history.recent(100);
    expect(recent.map(({ event }) => (event as { reader: string }).reader)).toEqual(
      Array.from({ length: 50 }, (_, number) => `reader ${number}`),
    );
    await history.close();
    expect(await verifyHistory(path)).toMatchObject({ intact: true, entries: 50 });
  });

  it('takes turns with others that write to the same file', async () => {
    const histories = await Promise.all([open(), open(), open()]);
    await Promise.all(
      histories.flatMap((history, writer) =>
        Array.from({ length: 10 }, (_, number) => history.append(inserted(`${writer}.${number}`))),
      ),
    );
    await Promise.all(histories.map((history) => history.close()));
    expect(await verifyHistory(path)).toMatchObject({ intact: true, entries: 30 });
    expect(await readdir(folder)).toEqual(['history.head', 'history.jsonl']);
  });

  it('takes over the lock of a process that died', async () => {
    await write(1);
    await writeFile(`${path}.lock`, '999999999');
    await write(1);
    expect(await verifyHistory(path)).toMatchObject({ intact: true, entries: 2 });
    expect(await readdir(folder)).toEqual(['history.head', 'history.jsonl']);
  });

  it.each(['a\u2028b', 'a\u2029b', 'a\r\nb', '\ud800', 'Läsare ½'])('survives the reader name %j', async (name) => {
    const history = await open();
    await history.append(inserted(name));
    await history.append(inserted(name));
    expect((await history.recent(1)).map(({ event }) => event)).toEqual([inserted(name)]);
    await history.close();
    expect(await verifyHistory(path)).toMatchObject({ intact: true, entries: 2 });
  });

  it('survives any text in a reader name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }), async (names) => {
        await rm(folder, { recursive: true });
        await mkdir(folder);
        const history = await open();
        for (const name of names) await history.append(inserted(name));
        expect((await history.recent(10)).map(({ event }) => event)).toEqual(names.map(inserted));
        await history.close();
        expect(await verifyHistory(path)).toMatchObject({ intact: true, entries: names.length });
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
    await write(1);
    const headOfFirst = await readFile(headPath(path));
    await write(1);
    const whole = await readFile(path);
    const second = whole.indexOf(0x0a) + 1;
    for (let size = second + 1; size < whole.length; size += 9) {
      await rm(folder, { recursive: true });
      folder = await mkdtemp(join(tmpdir(), 'kort-history-'));
      path = join(folder, 'history.jsonl');
      await writeFile(path, whole.subarray(0, size));
      await writeFile(headPath(path), headOfFirst);
      const logger = recordingLogger();
      const history = await open(logger);
      await history.append(inserted('after'));
      const kinds = (await history.recent(10)).map(({ event }) => event.kind);
      await history.close();
      expect(kinds).toEqual(['inserted', 'torn-line', 'inserted']);
      expect(await verifyHistory(path)).toMatchObject({ intact: true, entries: 3 });
      const aside = (await readdir(folder)).filter((name) => name.includes('.torn-'));
      expect(aside).toHaveLength(1);
      expect(await readFile(join(folder, aside[0]!))).toEqual(whole.subarray(second, size));
      expect(logger.lines).toMatchObject([{ level: 'warn' }]);
    }
  });

  it('goes on after a first line that was cut off', async () => {
    await (await open()).close();
    await appendFile(path, '{"sequence":1,');
    await write(1);
    expect(await verifyHistory(path)).toMatchObject({ intact: true, entries: 2 });
  });

  it.each<[string, () => Promise<void>]>([
    ['its last line is no entry', () => appendFile(path, 'not an entry\n')],
    ['its last entry is gone', async () => writeFile(path, `${(await linesOf())[0]!}\n`)],
    ['all of it is gone but the head', () => rm(path)],
    ['the head is gone', () => rm(headPath(path))],
    ['the head is of another history', () => writeFile(headPath(path), 'x'.repeat(190))],
    ['somebody added two entries', async () => appendFile(path, await forged(2))],
  ])('keeps a history aside of which %s, and begins a new one that says so', async (_, damage) => {
    await write(2);
    await damage();
    const before = await readFile(path, 'utf8').catch(() => '');
    const logger = recordingLogger();
    const history = await open(logger);
    await history.append(inserted('after'));
    const entries = await history.recent(10);
    await history.close();
    expect(entries.map(({ sequence, event }) => [sequence, event.kind])).toEqual([
      [1, 'damaged-file'],
      [2, 'inserted'],
    ]);
    const { keptIn } = entries[0]!.event as { keptIn: string };
    expect(await readFile(join(folder, keptIn, 'history.jsonl'), 'utf8')).toBe(before);
    expect(await verifyHistory(path)).toMatchObject({ intact: true, entries: 2 });
    expect(logger.lines).toMatchObject([{ level: 'error' }]);
  });

  it('does the same for one that was damaged while it was open', async () => {
    const history = await open();
    await history.append(inserted('before'));
    await appendFile(path, 'not an entry\n');
    await history.append(inserted('after'));
    expect((await history.recent(5)).map(({ event }) => event.kind)).toEqual(['damaged-file', 'inserted']);
    await history.close();
  });

  it('takes in a line whose head was not written, or half of it, and says so', async () => {
    await write(2);
    const head = await readFile(headPath(path));
    await write(1);
    const after = await readFile(headPath(path));
    const whole = await readFile(path);
    const slot = head.length / 2;
    // The third entry is noted in the slot of odd numbers.
    for (let written = 0; written < slot; written += 7) {
      await writeFile(path, whole);
      await writeFile(
        headPath(path),
        Buffer.concat([head.subarray(0, slot), after.subarray(slot, slot + written), head.subarray(slot + written)]),
      );
      if (written === 0) expect(await verifyHistory(path)).toMatchObject({ intact: true, entries: 3 });
      const history = await open();
      expect((await history.recent(2)).map(({ event }) => event.kind)).toEqual(['inserted', 'torn-head']);
      await history.close();
      expect(await verifyHistory(path)).toMatchObject({ intact: true, entries: 4 });
    }
  });
});

/** Entries that follow, by somebody who does not know of the head. */
async function forged(count: number): Promise<string> {
  let text = '';
  let previous = (await linesOf()).at(-1)!;
  for (let more = 1; more <= count; more += 1) {
    const entry = { sequence: 2 + more, time: '2026-11-22T12:00:00.000Z', event: inserted('forged') };
    previous = JSON.stringify({ ...entry, previous: createHash('sha256').update(previous).digest('hex') });
    text += `${previous}\n`;
  }
  return text;
}
