import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { boundCommand } from '../../../src/platform/bound-command.js';

it('boundCommand() runs a program as one that ends with us on Linux, and as it is elsewhere', () => {
  expect(boundCommand('/opt/pinentry', ['--ttyname', '/dev/pts/1'], 'linux')).toEqual([
    '/usr/bin/setpriv',
    ['--pdeathsig', 'TERM', '--', '/opt/pinentry', '--ttyname', '/dev/pts/1'],
  ]);
  expect(boundCommand('/opt/pinentry', ['--x'], 'darwin')).toEqual(['/opt/pinentry', ['--x']]);
});

it('boundCommand() runs it as it is where setpriv is missing, or another program with fewer options', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kort-bound-'));
  try {
    const setpriv = join(folder, 'setpriv');
    expect(boundCommand('/opt/pinentry', ['--x'], 'linux', setpriv)).toEqual(['/opt/pinentry', ['--x']]);
    symlinkSync(process.execPath, setpriv);
    expect(boundCommand('/opt/pinentry', ['--x'], 'linux', setpriv)).toEqual(['/opt/pinentry', ['--x']]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
