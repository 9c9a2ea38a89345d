import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRetryCounterFile } from '../../../src/history/retry-counter-file.js';
import { recordingLogger } from '../../support/recording-logger.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kort-counters-'));
  path = join(folder, 'retry-counters.json');
});
afterEach(() => rm(folder, { recursive: true }));

const counter = { attemptsRemaining: 3, highest: 5, tryUnderWay: true };

describe('openRetryCounterFile()', () => {
  it('remembers over a restart, by token and PIN', async () => {
    const before = await openRetryCounterFile(path, recordingLogger());
    expect(before.recall('card:1', 0x11)).toBeUndefined();
    await before.remember('card:1', 0x11, counter);
    await before.remember('card:1', 0x83, { ...counter, attemptsRemaining: 1 });
    const after = await openRetryCounterFile(path, recordingLogger());
    expect(after.recall('card:1', 0x11)).toEqual(counter);
    expect(after.recall('card:1', 0x83)?.attemptsRemaining).toBe(1);
    expect(after.recall('card:2', 0x11)).toBeUndefined();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['retry-counters.json']);
  });

  it('keeps the last of many writes that nobody waits for', async () => {
    const memory = await openRetryCounterFile(path, recordingLogger());
    await Promise.all(
      Array.from({ length: 30 }, (_, at) => memory.remember('card:1', 0x11, { ...counter, attemptsRemaining: at })),
    );
    expect((await openRetryCounterFile(path, recordingLogger())).recall('card:1', 0x11)?.attemptsRemaining).toBe(29);
  });

  it.each(['', 'null', '[1]', '{"card:1 17":{"attemptsRemaining":"3"}}', 'rubbish'])(
    'begins anew on a file that holds %s',
    async (content) => {
      await writeFile(path, content);
      const memory = await openRetryCounterFile(path, recordingLogger());
      expect(memory.recall('card:1', 0x11)).toBeUndefined();
      await memory.remember('card:1', 0x11, counter);
      expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ 'card:1 17': counter });
    },
  );

  it('goes on after a write that failed', async () => {
    const memory = await openRetryCounterFile(join(folder, 'missing', 'counters.json'), recordingLogger());
    await expect(memory.remember('card:1', 0x11, counter)).rejects.toThrow('ENOENT');
    expect(memory.recall('card:1', 0x11)).toEqual(counter);
  });
});
