import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/core/bytes.js';
import { isMappedIpv4, loopbackAddressBytes } from '../../../src/platform/peer-lookup-address.js';

describe('loopbackAddressBytes()', () => {
  it.each([
    ['127.0.0.1', '00000000000000000000ffff7f000001'],
    ['127.255.0.254', '00000000000000000000ffff7fff00fe'],
    ['::ffff:127.0.0.1', '00000000000000000000ffff7f000001'],
    ['::FFFF:127.0.0.1', '00000000000000000000ffff7f000001'],
    ['::1', '00000000000000000000000000000001'],
  ])('knows %s', (address, hex) => {
    const bytes = loopbackAddressBytes(address);
    expect(bytes && toHex(bytes)).toBe(hex);
    expect(bytes && isMappedIpv4(bytes)).toBe(address !== '::1');
  });

  it.each([
    '192.0.2.1',
    '::ffff:192.0.2.1',
    '::',
    '::2',
    '0.0.0.0',
    '127.0.0',
    '127.0.0.256',
    '127.0.0.1x',
    'localhost',
    '',
  ])('refuses %s', (address) => {
    expect(loopbackAddressBytes(address)).toBeUndefined();
  });
});
