import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nameOfThisProcess, stateOfProcess } from '../../../src/history/lock-holder.js';

const me = process.pid;
const boot = '6f1c0c4e-0000-4000-8000-000000000001';

let proc: string;
beforeEach(async () => {
  proc = await mkdtemp(join(tmpdir(), 'kort-proc-'));
  await mkdir(join(proc, 'sys/kernel/random'), { recursive: true });
  await writeFile(join(proc, 'sys/kernel/random/boot_id'), `${boot}\n`);
  await plant(me, 'node) S 1 (x', 'R', 777);
  await mkdir(join(proc, String(me), 'ns'));
  await symlink('pid:[4026531836]', join(proc, String(me), 'ns/pid'));
  await symlink(String(me), join(proc, 'self'));
});
afterEach(() => rm(proc, { recursive: true }));

/** A line of proc_pid_stat(5). */
async function plant(pid: number, program: string, state: string, began: number): Promise<void> {
  const between = Array.from({ length: 18 }, () => '0').join(' ');
  await mkdir(join(proc, String(pid)), { recursive: true });
  await writeFile(join(proc, String(pid), 'stat'), `${pid} (${program}) ${state} ${between} ${began} 1 2 3\n`);
}

describe('nameOfThisProcess()', () => {
  it('has the number, the tick of the beginning, the start of the computer and the PID namespace', () => {
    expect(nameOfThisProcess(proc)).toBe(`${me} 777 ${boot} pid:[4026531836]`);
  });

  it.each([
    ['there is no /proc', () => rm(join(proc, 'self'))],
    [
      '/proc is of another PID namespace',
      async () => {
        await rm(join(proc, 'self'));
        await symlink(String(me + 1), join(proc, 'self'));
      },
    ],
  ])('is the number alone where %s', async (_, spoil) => {
    await spoil();
    expect(nameOfThisProcess(proc)).toBe(String(me));
  });
});

describe('stateOfProcess()', () => {
  const named = (pid: number, began: number, world = `${boot} pid:[4026531836]`): string => `${pid} ${began} ${world}`;

  it.each(['R', 'S', 'D', 'T', 't'])('is "runs" in state %s: a stopped process is one that runs', async (state) => {
    await plant(4711, 'node', state, 900);
    expect(stateOfProcess(named(4711, 900), proc)).toBe('runs');
  });

  it.each(['Z', 'X'])('is "ended" in state %s, though the number is still taken', async (state) => {
    await plant(4711, 'node', state, 900);
    expect(stateOfProcess(named(4711, 900), proc)).toBe('ended');
  });

  it('is "ended" when another process has the number now', async () => {
    await plant(4711, 'node', 'S', 901);
    expect(stateOfProcess(named(4711, 900), proc)).toBe('ended');
  });

  it('is "ended" for the same number and tick before a restart of the computer', () => {
    expect(stateOfProcess(named(me, 777, `${boot.replace('6', '7')} pid:[4026531836]`), proc)).toBe('ended');
  });

  it('is "unknown" for a process of another PID namespace, whatever has that number here', () => {
    expect(stateOfProcess(named(me, 777, `${boot} pid:[4026531999]`), proc)).toBe('unknown');
    expect(stateOfProcess(named(999_999_999, 777, `${boot} pid:[4026531999]`), proc)).toBe('unknown');
  });

  it('asks for the number alone where the system tells no more', async () => {
    expect(stateOfProcess(String(me), proc)).toBe('unknown');
    expect(stateOfProcess('999999999', proc)).toBe('ended');
    await rm(join(proc, 'self'));
    expect(stateOfProcess(named(me, 776), proc)).toBe('unknown');
    expect(stateOfProcess(named(999_999_999, 776), proc)).toBe('ended');
  });

  it.each(['', 'x', '-5', '0', '1.5', '\0\0\0\0'])('is "ended" for %j, which is no name', (name) => {
    expect(stateOfProcess(name, proc)).toBe('ended');
  });
});
