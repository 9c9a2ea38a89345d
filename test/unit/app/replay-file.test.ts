import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { open as openFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openReplayFile } from '../../../src/app/replay-file.js';

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-replay-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const clockAt = (now: number) => ({ now: () => now, monotonic: () => now });
/** An order that outlasts nothing here. */
const mark = { mark: '0'.repeat(32), untilMs: 0 };
const open = (now = 1000) => openReplayFile(join(folder, 'replay'), clockAt(now), logger);

it('remember() takes a key once', async () => {
  const store = await open();
  expect(await store.remember('a', 5000, mark)).toBe(true);
  expect(await store.remember('a', 5000, mark)).toBe(false);
  expect(await store.remember('b', 5000, mark)).toBe(true);
  await store.close();
});

it('remember() knows after a restart what was taken before', async () => {
  const first = await open();
  await first.remember('a', 5000, mark);
  await first.remember('b', 6000, mark);
  await first.close();
  const second = await open(2000);
  expect(await second.remember('a', 5000, mark)).toBe(false);
  expect(await second.remember('b', 6000, mark)).toBe(false);
  await second.close();
});

it('remember() forgets on disk what has expired', async () => {
  const first = await open();
  await first.remember('old', 1500, mark);
  await first.close();
  const second = await open(2000);
  await second.remember('new', 9000, mark);
  await second.close();
  expect(readFileSync(join(folder, 'replay'), 'utf8')).toBe(`new 9000 ${mark.mark} 0\n`);
});

it('remember() rejects when it cannot write, and keeps nobody else out', async () => {
  const store = await openReplayFile(join(folder, 'missing', 'replay'), clockAt(0), logger);
  await expect(store.remember('a', 1, mark)).rejects.toThrow('ENOENT');
});

it('remember() loses no key to half a line that a full disk left before it', async () => {
  const store = await open();
  await store.remember('a', 5000, mark);
  const probe = await openFile(join(folder, 'replay'), 'a');
  const handles = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  const append = vi.spyOn(handles, 'appendFile').mockImplementationOnce(async function (this: FileHandle) {
    await this.write('b 50');
    throw Object.assign(new Error('disk full'), { code: 'ENOSPC' });
  });
  await expect(store.remember('b', 5000, mark)).rejects.toThrow('disk full');
  append.mockRestore();
  expect(await store.remember('c', 5000, mark)).toBe(true);
  await store.close();
  const second = await open();
  expect(await second.remember('a', 5000, mark)).toBe(false);
  expect(await second.remember('c', 5000, mark)).toBe(false);
  await second.close();
});

it('the file is the own user’s alone', async () => {
  const store = await open();
  await store.remember('a', 5000, mark);
  await store.close();
  expect(statSync(join(folder, 'replay')).mode & 0o777).toBe(0o600);
});
