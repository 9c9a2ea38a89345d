import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileHistory } from '../../src/history/file-history.js';
import { verifyHistory } from '../../src/history/verify-history.js';
import { systemClock } from '../../src/core/ports.js';
import { recordingLogger } from '../support/recording-logger.js';

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
const entryCount = async (): Promise<number> => (await readFile(path, 'utf8').catch(() => '')).split('\n').length - 1;

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

  it('goes on when one of them is killed in the middle, again and again', async () => {
    for (let round = 1; round <= 3; round += 1) {
      const victim = startWriter('victim', 1_000_000);
      const before = await entryCount();
      while ((await entryCount()) < before + 10) await new Promise((resolve) => setTimeout(resolve, 5));
      victim.child.kill('SIGKILL');
      expect(await victim.ended).toBe('SIGKILL');
      const history = await openFileHistory(path, { clock: systemClock, logger: recordingLogger() });
      await history.append({ kind: 'inserted', reader: `round ${round}` });
      await history.close();
      expect(await verifyHistory(path)).toMatchObject({ intact: true });
    }
  });
});
