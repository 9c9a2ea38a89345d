import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runProcess } from '../support/run-process.js';

const script = fileURLToPath(new URL('../../scripts/isolated-pcscd', import.meta.url));

/** Whether a process with this id is there and not just waiting to be collected. */
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('scripts/isolated-pcscd', () => {
  it('is free of what shellcheck knows', async () => {
    expect(await runProcess('shellcheck', [script])).toMatchObject({ code: 0, stdout: '' });
  });

  it('runs the command with readers, ports and a network of its own, and ends with its exit code', async () => {
    const shell = 'opensc-tool -l; echo "ports: $KORT_VPCD_PORTS"; ip -o link | wc -l; exit 7';
    const { code, stdout } = await runProcess(script, ['--readers', '4', '--', 'sh', '-c', shell]);
    expect(code).toBe(7);
    expect(stdout.match(/Virtual PCD [01] 00 0[01]/g)).toHaveLength(4);
    expect(stdout).toContain('ports: 35963 35964 35965 35966\n1\n');
  });

  it('takes pcscd and its folder down, also when it is ended by a signal', async () => {
    const shell = 'echo $(tr -d "\\0" </run/pcscd/pcscd.pid); echo "$KORT_PCSCD_LOG"; exec sleep 60';
    const child = spawn(script, ['sh', '-c', shell], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk) => (said += String(chunk)));
    await expect.poll(() => said.split('\n').length).toBeGreaterThan(2);
    const [pid, log] = said.split('\n') as [string, string];
    expect(isAlive(Number(pid))).toBe(true);
    expect(existsSync(log)).toBe(true);
    child.kill('SIGTERM');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(143);
    expect(isAlive(Number(pid))).toBe(false);
    expect(existsSync(log)).toBe(false);
  });

  it.each([
    [['--readers', '3', 'true'], '--readers takes an even number from 2 to 16'],
    [['--readers', '18', 'true'], '--readers takes an even number from 2 to 16'],
    [['--reader'], 'unknown option --reader'],
    [[], 'no command'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await runProcess(script, args);
    expect(code).toBe(125);
    expect(stderr).toContain(message);
  });

  it('says what to install when the driver is missing, and does not run the command', async () => {
    const result = await runProcess(script, ['echo', 'ran'], { env: { KORT_VPCD_DRIVER: '/nowhere/libifdvpcd.so' } });
    expect(result).toMatchObject({ code: 125, stdout: '' });
    expect(result.stderr).toContain('/nowhere/libifdvpcd.so not found: install vsmartcard-vpcd');
  });
});
