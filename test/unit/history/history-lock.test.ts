import { access, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withHistoryLock } from '../../../src/history/history-lock.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kort-lock-'));
  path = join(folder, 'history.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

const longAgo = (file: string): Promise<void> => utimes(file, new Date(0), new Date(0));

describe('withHistoryLock()', () => {
  it('lets one in at a time, and the next after a failure', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 2));
      inside -= 1;
      throw new Error('work failed');
    };
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => withHistoryLock(path, work)));
    expect(results.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 'rejected'));
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('waits for a lock whose process lives', async () => {
    await writeFile(`${path}.lock`, String(process.pid));
    let entered = false;
    const waiting = withHistoryLock(path, () => {
      entered = true;
      return Promise.resolve();
    });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(entered).toBe(false);
    await rm(`${path}.lock`);
    await waiting;
    expect(entered).toBe(true);
  });

  it.each([
    ['a dead process', '999999999', false],
    ['a process that hangs', String(process.pid), true],
    ['a process that died before it wrote its number', '', true],
  ])('takes over from %s, whoever else tries the same', async (_, holder, old) => {
    await writeFile(`${path}.lock`, holder);
    if (old) await longAgo(`${path}.lock`);
    let inside = 0;
    await Promise.all(
      Array.from({ length: 8 }, () =>
        withHistoryLock(path, async () => {
          inside += 1;
          expect(inside).toBe(1);
          await new Promise((resolve) => setTimeout(resolve, 1));
          inside -= 1;
        }),
      ),
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes over even when another one died while it took over', async () => {
    await writeFile(`${path}.lock`, '999999999');
    await writeFile(`${path}.lock.break`, '999999998');
    await withHistoryLock(path, () => access(`${path}.lock`));
    expect(await readdir(folder)).toEqual([]);
  });

  it('fails in a folder that does not exist instead of waiting', async () => {
    await expect(withHistoryLock(join(folder, 'missing', 'x'), () => Promise.resolve())).rejects.toThrow('ENOENT');
  });
});
