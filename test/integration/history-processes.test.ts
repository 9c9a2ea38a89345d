import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyHistory } from '../../src/history/verify-history.js';
import { runHistoryKills } from '../support/history-kills.js';

const loader = fileURLToPath(new URL('../support/typescript-loader.mjs', import.meta.url));
const program = fileURLToPath(new URL('../support/history-writer-program.ts', import.meta.url));

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
  }, 120_000);
});
