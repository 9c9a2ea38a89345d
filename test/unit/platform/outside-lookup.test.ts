import { describe, expect, it } from 'vitest';
import { isOutsideHost, lookupOutside } from '../../../src/platform/outside-lookup.js';

const look = async (name: string, all = false): Promise<unknown> =>
  await new Promise((resolve) =>
    lookupOutside(name, { all }, (error, address) => resolve(error === null ? address : error.code)),
  );

describe('isOutsideHost()', () => {
  it.each([
    'ocsp.example',
    'localhost',
    '10.1.2.3',
    '192.168.1.1',
    '172.16.0.1',
    '8.8.8.8',
    '[2001:db8::1]',
    '[fd12::1]',
  ])('lets %s be called, as far as can be told before it is looked up', (host) => {
    expect(isOutsideHost(host)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '169.254.169.254',
    '224.0.0.1',
    '255.255.255.255',
    '[::1]',
    '[::]',
    '[fe80::1]',
    '[ff02::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[fd00:ec2::254]',
  ])('keeps %s from being called', (host) => {
    expect(isOutsideHost(host)).toBe(false);
  });

  it('judges what a URL makes of other ways to write an address', () => {
    for (const host of ['2130706433', '0x7f.1', '127.1', '[::ffff:7f00:1]']) {
      expect(isOutsideHost(new URL(`http://${host}/`).hostname)).toBe(false);
    }
  });
});

describe('lookupOutside()', () => {
  it('fails for a name that leads to this computer', async () => {
    expect([await look('localhost'), await look('localhost', true)]).toEqual(['EACCES', 'EACCES']);
  });

  it('gives out what leads elsewhere, in the form that was asked for', async () => {
    expect(await look('203.0.113.7')).toBe('203.0.113.7');
    expect(await look('203.0.113.7', true)).toEqual([{ address: '203.0.113.7', family: 4 }]);
  });

  it('fails for a name that is none', async () => {
    expect(await look('a..b')).toMatch(/^E/);
  });
});
