import { access, mkdtemp, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { withHistoryLock } from '../../../src/history/history-lock.js';
import { nameOfThisProcess } from '../../../src/history/lock-holder.js';
import { mountOwnProc } from '../../support/own-proc.js';

let mounted: ReturnType<typeof mountOwnProc>;
let folder: string;
let path: string;
beforeAll(() => {
  mounted = mountOwnProc();
});
afterAll(() => mounted.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kort-lock-'));
  path = join(folder, 'history.jsonl');
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

/** Whether somebody who tries gets in within a moment; the attempt itself goes on. */
async function entersSoon(attempt: Promise<unknown>): Promise<boolean> {
  return await Promise.race([attempt.then(() => true), delay(80).then(() => false)]);
}

const enter = (giveUpMs = 20_000): Promise<void> =>
  withHistoryLock(path, () => Promise.resolve(), { proc: mounted.path, giveUpMs });

describe('withHistoryLock()', () => {
  it('lets one in at a time, and the next after a failure', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await delay(2);
      inside -= 1;
      throw new Error('work failed');
    };
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => withHistoryLock(path, work)));
    expect(results.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 'rejected'));
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('waits for a process that runs, though the clock jumps by days', async () => {
    await writeFile(`${path}.lock`, `${nameOfThisProcess(mounted.path)}\n1`);
    await utimes(`${path}.lock`, new Date(0), new Date(0));
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 7 * 86_400_000);
    const attempt = enter();
    expect(await entersSoon(attempt)).toBe(false);
    vi.setSystemTime(0);
    expect(await entersSoon(attempt)).toBe(false);
    await rm(`${path}.lock`);
    await attempt;
  });

  it('gives up rather than take over from a process that runs', async () => {
    await writeFile(`${path}.lock`, `${nameOfThisProcess(mounted.path)}\n1`);
    await expect(enter(50)).rejects.toMatchObject({ code: 'ERR_INTERNAL' });
    expect(await readdir(folder)).toEqual(['history.jsonl.lock']);
  });

  it.each([
    ['a process that is no more', () => '999999999'],
    ['an earlier process of our own number', () => nameOfThisProcess(mounted.path).replace(/ \d+ /, ' 1 ')],
    ['a process before a restart', () => nameOfThisProcess(mounted.path).replace(/ \S+ pid/, ' before pid')],
    ['a name that a power cut tore', () => ''],
  ])('takes over from %s, whoever else tries the same', async (_, name) => {
    await writeFile(`${path}.lock`, name());
    let inside = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      expect(inside).toBe(1);
      await delay(1);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 8 }, () => withHistoryLock(path, work, { proc: mounted.path })));
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes over from a process in doubt when its lock has stayed the same for long', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    await writeFile(`${path}.lock`, `${process.pid}\n1`);
    const attempt = withHistoryLock(path, () => Promise.resolve(), { proc: mounted.path });
    expect(await entersSoon(attempt)).toBe(false);
    vi.advanceTimersByTime(9_000);
    await writeFile(join(folder, 'next'), `${process.pid}\n2`);
    await rename(join(folder, 'next'), `${path}.lock`);
    expect(await entersSoon(attempt)).toBe(false);
    vi.advanceTimersByTime(9_000);
    expect(await entersSoon(attempt)).toBe(false);
    vi.advanceTimersByTime(2_000);
    await attempt;
    expect(await readdir(folder)).toEqual([]);
  });

  it('lets one in at a time where files have one name only, and takes no lock away that is being written', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const link = (): never => {
      throw Object.assign(new Error('TEST no links here'), { code: 'EPERM' });
    };
    let inside = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      expect(inside).toBe(1);
      await delay(1);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 4 }, () => withHistoryLock(path, work, { link })));
    expect(await readdir(folder)).toEqual([]);
    await writeFile(`${path}.lock`, '');
    const attempt = withHistoryLock(path, work, { link });
    expect(await entersSoon(attempt)).toBe(false);
    vi.advanceTimersByTime(1_100);
    await attempt;
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves a lock alone that was taken from it in doubt', async () => {
    await withHistoryLock(path, async () => {
      await rm(`${path}.lock`);
      await writeFile(`${path}.lock`, 'another one');
    });
    expect(await readdir(folder)).toEqual(['history.jsonl.lock']);
  });

  it('takes over even when another one died while it took over', async () => {
    await writeFile(`${path}.lock`, '999999999');
    await writeFile(`${path}.lock.break`, '999999998');
    await withHistoryLock(path, () => access(`${path}.lock`));
    expect(await readdir(folder)).toEqual([]);
  });

  it('is not misled by what an earlier process of our number left half done', async () => {
    await writeFile(`${path}.lock.${process.pid}`, 'left');
    await withHistoryLock(path, () => access(`${path}.lock`));
    expect(await readdir(folder)).toEqual([]);
  });

  it('fails in a folder that does not exist instead of waiting', async () => {
    await expect(withHistoryLock(join(folder, 'missing', 'x'), () => Promise.resolve())).rejects.toThrow('ENOENT');
  });
});
