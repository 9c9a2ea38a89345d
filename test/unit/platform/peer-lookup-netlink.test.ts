import { endianness } from 'node:os';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/core/bytes.js';
import type { LoopbackConnection } from '../../../src/core/ports.js';
import { decodeAnswer, encodeRequest } from '../../../src/platform/peer-lookup-netlink.js';

const connection: LoopbackConnection = {
  localAddress: '127.0.0.1',
  localPort: 14940,
  remoteAddress: '127.0.0.1',
  remotePort: 0xc001,
};
const isLittle = endianness() === 'LE';

/** `struct nlmsghdr` and `struct inet_diag_msg` as the kernel would send them. */
function answer(change: {
  type?: number;
  family?: number;
  state?: number;
  source?: string;
  destination?: string;
  sourcePort?: number;
  destinationPort?: number;
  uid?: number;
  inode?: number;
}): Uint8Array {
  const bytes = new Uint8Array(88);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 88, isLittle);
  view.setUint16(4, change.type ?? 20, isLittle);
  bytes.set([change.family ?? 2, change.state ?? 1], 16);
  view.setUint16(20, change.sourcePort ?? 0xc001);
  view.setUint16(22, change.destinationPort ?? 14940);
  bytes.set(fromHex(change.source ?? '7f000001'), 24);
  bytes.set(fromHex(change.destination ?? '7f000001'), 40);
  view.setUint32(80, change.uid ?? 1000, isLittle);
  view.setUint32(84, change.inode ?? 77, isLittle);
  return bytes;
}

const errorAnswer = (errno: number): Uint8Array => {
  const bytes = new Uint8Array(36);
  const view = new DataView(bytes.buffer);
  view.setUint16(4, 2, isLittle);
  view.setInt32(16, -errno, isLittle);
  return bytes;
};

describe.runIf(isLittle)('encodeRequest()', () => {
  it('asks for the client end: its address and port are the source', () => {
    expect(toHex(encodeRequest(connection)!)).toBe(
      '48000000140001000000000000000000' + // header: 72 bytes, SOCK_DIAG_BY_FAMILY, request
        '0206000002000000' + // AF_INET, TCP, established
        'c0013a5c' +
        '7f000001000000000000000000000000' +
        '7f000001000000000000000000000000' +
        '00000000ffffffffffffffff',
    );
  });

  it('asks in IPv6 for ::1', () => {
    const bytes = encodeRequest({ ...connection, localAddress: '::1', remoteAddress: '::1' });
    expect(toHex(bytes!.subarray(16, 18))).toBe('0a06');
    expect(toHex(bytes!.subarray(28, 44))).toBe('00000000000000000000000000000001');
  });
});

describe('encodeRequest(), ends that are not both on loopback', () => {
  it.each([{ remoteAddress: '192.0.2.1' }, { localAddress: '0.0.0.0' }, { remoteAddress: '::1' }])(
    '%o is not asked for',
    (change) => {
      expect(encodeRequest({ ...connection, ...change })).toBeUndefined();
    },
  );
});

describe('decodeAnswer()', () => {
  it('reads uid and inode', () => {
    expect(decodeAnswer(answer({}), connection)).toEqual({ kind: 'found', owner: { uid: 1000, inode: 77 } });
  });

  it('takes an IPv6 socket with v4-mapped addresses for the same pair', () => {
    const mapped = '00000000000000000000ffff7f000001';
    const bytes = answer({ family: 10, source: mapped, destination: mapped });
    expect(decodeAnswer(bytes, connection).kind).toBe('found');
  });

  it.each([
    ['a listener', { state: 10, destinationPort: 0, destination: '00000000' }],
    ['a closed socket', { state: 6, uid: 0, inode: 0 }],
    ['our own end', { sourcePort: 14940, destinationPort: 0xc001 }],
    ['another client port', { sourcePort: 0xc002 }],
    ['another server port', { destinationPort: 14_941 }],
    ['another address', { source: '7f000002' }],
    ['another server address', { destination: '7f000002' }],
    ['another family', { family: 10 }],
    ['an unknown family', { family: 1 }],
  ])('refuses %s', (_name, change) => {
    expect(decodeAnswer(answer(change), connection)).toEqual({ kind: 'refused' });
  });

  it('knows a socket that is absent from a kernel that will not say', () => {
    expect(decodeAnswer(errorAnswer(2), connection)).toEqual({ kind: 'absent' });
    expect(decodeAnswer(errorAnswer(1), connection)).toEqual({ kind: 'unavailable' });
    expect(decodeAnswer(errorAnswer(0), connection)).toEqual({ kind: 'unavailable' });
  });

  it.each([0, 15, 19, 40, 87])('makes nothing of %i bytes', (length) => {
    expect(decodeAnswer(answer({}).subarray(0, length), connection)).toEqual({ kind: 'unavailable' });
  });

  it('makes nothing of another kind of message', () => {
    expect(decodeAnswer(answer({ type: 3 }), connection)).toEqual({ kind: 'unavailable' });
  });
});
