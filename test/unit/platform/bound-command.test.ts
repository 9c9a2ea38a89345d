import { expect, it } from 'vitest';
import { boundCommand } from '../../../src/platform/bound-command.js';

it('boundCommand() runs a program as one that ends with us on Linux, and as it is elsewhere', () => {
  expect(boundCommand('/opt/pinentry', ['--ttyname', '/dev/pts/1'], 'linux')).toEqual([
    '/usr/bin/setpriv',
    ['--pdeathsig', 'TERM', '--', '/opt/pinentry', '--ttyname', '/dev/pts/1'],
  ]);
  expect(boundCommand('/opt/pinentry', ['--x'], 'darwin')).toEqual(['/opt/pinentry', ['--x']]);
});
