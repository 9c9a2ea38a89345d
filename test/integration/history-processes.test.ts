import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withHistoryLock } from '../../src/history/history-lock.js';
import { verifyHistory } from '../../src/history/verify-history.js';
import { runHistoryKills } from '../support/history-kills.js';
import { mountOwnProc } from '../support/own-proc.js';

const loader = fileURLToPath(new URL('../support/typescript-loader.mjs', import.meta.url));
const program = fileURLToPath(new URL('../support/history-writer-program.ts', import.meta.url));
const lockProgram = fileURLToPath(new URL('../support/history-lock-program.ts', import.meta.url));

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kort-history-'));
  path = join(folder, 'history.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

function startWriter(name: string, count: number) {
  const child = spawn(process.execPath, ['--import', loader, program, path, name, String(count)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit').then(([code, signal]) => (signal as string | null) ?? (code as number));
  return { child, ended };
}

describe('a history that several processes write', () => {
  it('stays one unbroken chain with every entry in it', async () => {
    const writers = ['a', 'b', 'c'].map((name) => startWriter(name, 40));
    expect(await Promise.all(writers.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    expect(await verifyHistory(path)).toMatchObject({ intact: true, entries: 120 });
    for (const name of ['a', 'b', 'c']) {
      const numbers = [...(await readFile(path, 'utf8')).matchAll(new RegExp(`"${name} (\\d+)"`, 'g'))].map(
        (m) => m[1],
      );
      expect(numbers).toEqual(Array.from({ length: 40 }, (_, number) => String(number)));
    }
  });

  it('loses nothing that was acknowledged when they are killed in the middle, again and again', async () => {
    const { acknowledged, kills, wrong } = await runHistoryKills({ appends: 200, writers: 2, seed: 1 });
    expect(wrong).toEqual([]);
    expect(acknowledged).toBeGreaterThanOrEqual(200);
    expect(kills).toBeGreaterThan(1);
  });
});

describe('the lock of a history', () => {
  const proc = mountOwnProc();
  afterAll(() => proc.close());
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  const enter = (): Promise<'entered'> =>
    withHistoryLock(path, () => Promise.resolve('entered' as const), { proc: proc.path });
  const aMoment = (): Promise<'waits'> => delay(80, 'waits' as const);

  /** The number of a process that holds the lock; its parent is a shell that becomes sleep, and never hears of its end. */
  async function startHolder(): Promise<number> {
    const inBackground = ['-c', '"$@" & echo $!; exec sleep 600', 'sh', process.execPath];
    const parent = spawn('sh', [...inBackground, '--import', loader, lockProgram, path, proc.path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(parent);
    let told = '';
    while (!told.includes('held')) told += String((await once(parent.stdout, 'data'))[0]);
    return Number.parseInt(told, 10);
  }

  it('is never taken from a process that is stopped, and at once from one that was killed', async () => {
    const holder = await startHolder();
    process.kill(holder, 'SIGSTOP');
    const attempt = enter();
    expect(await Promise.race([attempt, aMoment()])).toBe('waits');
    process.kill(holder, 'SIGCONT');
    expect(await Promise.race([attempt, aMoment()])).toBe('waits');
    process.kill(holder, 'SIGKILL');
    expect(await attempt).toBe('entered');
    expect(await readdir(folder)).toEqual([]);
  });
});
