import { describe, expect, it } from 'vitest';
import { hasClientEnd } from '../../../src/platform/peer-lookup-macos.js';

const connection = { localAddress: '127.0.0.1', localPort: 14940, remoteAddress: '127.0.0.1', remotePort: 50_000 };
const client = 'n127.0.0.1:50000->127.0.0.1:14940';
const server = 'n127.0.0.1:14940->127.0.0.1:50000';

describe('hasClientEnd()', () => {
  it('finds the end of a process of ours', () => {
    expect(hasClientEnd(`p10\nu501\nf5\n${server}\np11\nu501\nf3\n${client}\n`, 501, connection)).toBe(true);
  });

  it('finds it in IPv6', () => {
    const ipv6 = { ...connection, localAddress: '::1', remoteAddress: '::1' };
    expect(hasClientEnd('p11\nu501\nf3\nn[::1]:50000->[::1]:14940\n', 501, ipv6)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['our own end', `p10\nu501\nf5\n${server}\n`],
    ['another user', `p10\nu502\nf5\n${client}\n`],
    ['a process whose user is not said', `p10\nu501\np11\nf5\n${client}\n`],
    ['a longer port', `p10\nu501\nf5\n${client}0\n`],
  ])('does not take %s for it', (_name, output) => {
    expect(hasClientEnd(output, 501, connection)).toBe(false);
  });
});
