import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';

/** Goes on for ever after the first signal. */
const program = `
  import { interruption } from './src/platform/interruption.ts';
  import { noteTerminal } from './src/platform/open-terminals.ts';
  const interrupted = interruption();
  noteTerminal(() => {
    throw new Error('TEST this terminal has hung up');
  });
  noteTerminal(() => console.log('restored'));
  noteTerminal(() => console.log('forgotten'))();
  interrupted.addEventListener('abort', () => console.log(interrupted.reason.code));
  setInterval(() => undefined, 1000);
  console.log('ready');`;

it.each([
  ['SIGINT', 'SIGINT', 130],
  ['SIGHUP', 'SIGHUP', 129],
] as const)(
  'interruption() is aborted by %s, and %s after it ends the program with its terminal',
  async (...all) => {
    const [first, second, status] = all;
    const args = ['--import', './test/support/typescript-loader.mjs', '--input-type=module', '-e', program];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = once(child, 'close');
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    const until = async (text: string): Promise<void> => {
      while (!out.includes(text)) await once(child.stdout, 'data');
    };
    try {
      await until('ready\n');
      child.kill(first);
      await until('ERR_ABORTED\n');
      expect(child.exitCode).toBeNull();
      child.kill(second);
      expect(await closed).toEqual([status, null]);
      expect(out).toBe('ready\nERR_ABORTED\nrestored\n');
    } finally {
      child.kill('SIGKILL');
    }
  },
  30_000,
);
