import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openFileHistory } from '../../../src/history/file-history.js';
import { hashOfEntry, listHistory } from '../../../src/history/read-history.js';
import { verifyHistory } from '../../../src/history/verify-history.js';
import { recordingLogger } from '../../support/recording-logger.js';

const clock = { now: () => Date.parse('2026-11-22T12:00:00.000Z'), monotonic: () => 0 };
const partBytes = 400;
const keptParts = 3;
const open = (at: string) =>
  openFileHistory(join(at, 'history.jsonl'), { clock, logger: recordingLogger(), partBytes, keptParts });

/** A history whose oldest parts are gone: made once, copied for each test. */
let made: string;
let folder: string;
let path: string;
beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'kort-parts-'));
  const history = await open(made);
  for (let number = 1; !(await readdir(made)).includes('history-000006.jsonl'); number += 1) {
    await history.append({ kind: 'inserted', reader: `reader ${number}` });
  }
  await history.close();
});
beforeEach(async () => {
  folder = join(made, 'copy');
  path = join(folder, 'history.jsonl');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  for (const name of await files(made)) await copyFile(join(made, name), join(folder, name));
  for (const name of await files(folder)) await chmod(join(folder, name), 0o600);
});
afterAll(() => rm(made, { recursive: true }));

const files = async (at: string): Promise<string[]> => (await readdir(at)).filter((name) => name !== 'copy').toSorted();
const kept = ['history-000004.jsonl', 'history-000005.jsonl', 'history-000006.jsonl'];
const linesOf = async (name: string): Promise<string[]> =>
  (await readFile(join(folder, name), 'utf8')).split('\n').slice(0, -1);
const writeLines = (name: string, lines: readonly string[]) =>
  writeFile(join(folder, name), lines.map((line) => `${line}\n`).join(''));

describe('a history of several parts', () => {
  it('keeps so many parts, each sealed by the next, and says which ones went', async () => {
    expect(await files(made)).toEqual([...kept, 'history.head', 'history.jsonl']);
    for (const name of kept) expect((await stat(join(made, name))).mode & 0o777).toBe(0o400);
    const [first] = (await linesOf('history.jsonl')).map((line) => JSON.parse(line) as { event: object });
    expect(first!.event).toMatchObject({ kind: 'part-sealed', part: kept[2] });
    const { entries } = await listHistory(path, { kinds: ['part-removed'], limit: 10 });
    expect(entries[0]!.event).toMatchObject({ part: 'history-000003.jsonl' });
    expect(await verifyHistory(path)).toMatchObject({ intact: true });
  });

  it('is read across its parts from the end, a page at a time', async () => {
    const history = await open(folder);
    const seen: number[] = [];
    for (let before: number | undefined; ;) {
      const page = await history.list({ limit: 3, ...(before === undefined ? {} : { before }) });
      seen.push(...page.entries.map(({ sequence }) => sequence));
      before = page.entries.at(-1)?.sequence;
      if (!page.more) break;
    }
    const verdict = await history.verify();
    if (!verdict.intact) throw new Error('not intact');
    expect(seen).toEqual(Array.from({ length: verdict.entries }, (_, index) => seen[0]! - index));
    expect(seen.at(-1)).toBe(verdict.first);
    expect((await history.recent(100)).map(({ sequence }) => sequence)).toEqual(seen.toReversed());
    expect(await hashOfEntry(path, seen[0]!)).toBe(verdict.head);
    expect(await hashOfEntry(path, seen[5]!)).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashOfEntry(path, verdict.first! - 1)).toBeUndefined();
    expect(await hashOfEntry(path, seen[0]! + 1)).toBeUndefined();
    await history.close();
  });

  it('goes on where the power failed between two parts', async () => {
    await rename(path, join(folder, 'history-000007.jsonl'));
    expect(await verifyHistory(path)).toMatchObject({ intact: true });
    const history = await open(folder);
    await history.append({ kind: 'inserted', reader: 'after' });
    expect((await history.recent(3)).map(({ event }) => event.kind)).toEqual([
      'part-sealed',
      'part-removed',
      'inserted',
    ]);
    await history.close();
    expect(await verifyHistory(path)).toMatchObject({ intact: true });
  });

  it('goes on where the power failed while the seal was written', async () => {
    const [seal] = await linesOf('history.jsonl');
    await rename(path, join(folder, 'history-000007.jsonl'));
    await writeFile(path, seal!.slice(0, 50));
    expect(await verifyHistory(path)).toMatchObject({ intact: true });
    const history = await open(folder);
    expect((await history.recent(3)).map(({ event }) => event.kind)).toEqual([
      'part-sealed',
      'part-removed',
      'torn-line',
    ]);
    await history.close();
    expect(await verifyHistory(path)).toMatchObject({ intact: true });
  });
});

describe('verifyHistory() of several parts', () => {
  it('finds every single changed byte, whatever it became', async () => {
    for (const name of await files(folder)) {
      const whole = await readFile(join(folder, name));
      // The parts in the middle are like the oldest one.
      const step = name === kept[1] || name === kept[2] ? 5 : 1;
      for (let at = 0; at < whole.length; at += step) {
        const damaged = Buffer.from(whole);
        // Another bit each time.
        const bits = name === 'history.head' ? [at % 8, (at + 3) % 8] : [at % 8];
        for (const bit of bits) {
          damaged[at] = whole[at]! ^ (1 << bit);
          await writeFile(join(folder, name), damaged);
          const verdict = await verifyHistory(path);
          if (verdict.intact) throw new Error(`${name}: bit ${bit} of byte ${at} was not missed`);
        }
      }
      await writeFile(join(folder, name), whole);
    }
    expect(await verifyHistory(path)).toMatchObject({ intact: true });
  }, 120_000);

  const middle = 'history-000005.jsonl';
  it.each<[string, object, () => Promise<unknown>]>([
    ['a missing part', { file: middle, problem: 'seal' }, () => rm(join(folder, middle))],
    ['a missing oldest part', { file: middle, line: 1, problem: 'seal' }, () => rm(join(folder, kept[0]!))],
    ['an exchanged part', { problem: 'seal' }, () => copyFile(join(folder, kept[2]!), join(folder, middle))],
    [
      'a part that ends early',
      { file: middle, problem: 'seal' },
      async () => writeLines(middle, (await linesOf(middle)).slice(0, -1)),
    ],
    [
      'a part that ends in half a line',
      { file: middle, problem: 'not-an-entry' },
      async () => writeFile(join(folder, middle), (await readFile(join(folder, middle))).subarray(0, -5)),
    ],
    [
      'a removed entry',
      { file: middle, line: 2, problem: 'sequence' },
      async () => writeLines(middle, (await linesOf(middle)).toSpliced(1, 1)),
    ],
    [
      'an entry that is there twice',
      { file: middle, line: 3, problem: 'sequence' },
      async () => {
        const lines = await linesOf(middle);
        await writeLines(middle, lines.toSpliced(1, 0, lines[1]!));
      },
    ],
    [
      'two entries that changed places',
      { file: middle, line: 2, problem: 'sequence' },
      async () => {
        const [one, two, three, ...rest] = await linesOf(middle);
        await writeLines(middle, [one!, three!, two!, ...rest]);
      },
    ],
    [
      'a changed entry',
      { file: middle, line: 3, problem: 'hash' },
      async () =>
        writeFile(
          join(folder, middle),
          (await readFile(join(folder, middle), 'utf8')).replace('part-removed', 'part-remover'),
        ),
    ],
    ['a head that is gone', { file: 'history.head', problem: 'head' }, () => rm(join(folder, 'history.head'))],
    ['a head of two begun histories', { problem: 'head' }, async () => writeFile(join(folder, 'history.head'), '')],
    ['the part that grows gone', { file: kept[2], problem: 'cut' }, () => rm(path)],
    [
      'every file gone but the head',
      { problem: 'cut', line: 1 },
      async () => {
        for (const name of [...kept, 'history.jsonl']) await rm(join(folder, name));
      },
    ],
  ])('finds %s', async (_, found, damage) => {
    await damage();
    expect(await verifyHistory(path)).toMatchObject({ intact: false, ...found });
  });

  it('finds a tail that was cut, after any entry and within any', async () => {
    const whole = await readFile(path);
    for (let size = 0; size < whole.length; size += 3) {
      await writeFile(path, whole.subarray(0, size));
      expect(await verifyHistory(path)).toMatchObject({ intact: false, problem: 'cut' });
    }
  });

  it('takes a copy that may only be read', async () => {
    await chmod(folder, 0o500);
    expect(await verifyHistory(path)).toMatchObject({ intact: true });
    await chmod(folder, 0o700);
  });
});
