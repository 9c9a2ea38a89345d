import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runProcess } from '../../support/run-process.js';

/** Four readers of a pipe that nobody writes hold every thread of the pool, as calls to a silent card would. */
const program = (flush: string, pipe: string): string => `
  import { open } from 'node:fs';
  import { leave } from './src/platform/leave.ts';
  await import('koffi');
  for (let i = 0; i < 4; i += 1) open(${JSON.stringify(pipe)}, 'r', () => undefined);
  process.on('exit', () => console.log('exit handler'));
  setTimeout(() => leave(7, ${flush}), 50);`;

async function run(flush: string): Promise<{ code: number | null; out: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'kort-leave-'));
  const pipe = join(folder, 'pipe');
  expect(await runProcess('mkfifo', [pipe])).toMatchObject({ code: 0 });
  return await new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      ['--import', './test/support/typescript-loader.mjs', '--input-type=module', '-e', program(flush, pipe)],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, UV_THREADPOOL_SIZE: '4' } },
    );
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.once('close', (code) => {
      rmSync(folder, { recursive: true, force: true });
      resolve({ code, out });
    });
  });
}

it('leave() ends a process whose threads all hang, with its exit code, after flushing', async () => {
  expect(await run(`async () => console.log('flushed')`)).toEqual({ code: 7, out: 'flushed\n' });
});

it('leave() does not wait for ever for a flush that hangs or fails', async () => {
  expect(await run(`() => new Promise(() => undefined)`)).toEqual({ code: 7, out: '' });
  expect(await run(`() => Promise.reject(new Error('planted'))`)).toEqual({ code: 7, out: '' });
});
