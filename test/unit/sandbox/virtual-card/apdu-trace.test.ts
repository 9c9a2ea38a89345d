import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../src/core/bytes.js';
import { withoutPin } from '../../../../src/sandbox/virtual-card/apdu-trace.js';

const shown = (command: string): string => toHex(withoutPin(fromHex(command)));
const secret = '3132333435363738';

describe('withoutPin()', () => {
  it.each([
    ['VERIFY', '0020008008'],
    ['VERIFY of the vendor', '0021001108'],
    ['CHANGE REFERENCE DATA', '0024008008'],
    ['CHANGE REFERENCE DATA that sets the first PIN', '0024010108'],
    ['RESET RETRY COUNTER', '002c008008'],
    ['EXTERNAL AUTHENTICATE', '0082000008'],
    ['GENERAL AUTHENTICATE with the management key', '0087039b08'],
    ['a block of a chain of these', '1087039b08'],
    ['MyEID creating a PIN', '00da010108'],
    ['MyEID importing a part of a key', '00da018108'],
    ['YubiKey importing a key', '10fe079a08'],
    ['YubiKey setting the management key', '00ffffff08'],
    ['IsoApplet importing a key', '10db3fff08'],
    ['a class that no card knows', 'e020008008'],
  ])('cuts %s after the length', (_what, head) => {
    expect(shown(head + secret)).toBe(head);
    expect(shown(`${head.slice(0, 8)}000008${secret}`)).toBe(`${head.slice(0, 8)}00`);
  });

  it.each([
    ['a question for tries', '00200080'],
    ['SELECT', `00a4040008${secret}`],
    ['a signature', `0087079a08${secret}`],
    ['writing a PIV object', '00db3fff085c035fc1065301aa'],
    ['writing the discovery object', '00db3fff065c017e5301aa'],
    ['the same with extended length', '00db3fff0000085c035fc1065301aa'],
    ['too short a command', '0020'],
  ])('leaves %s', (_what, command) => {
    expect(shown(command)).toBe(command);
  });

  it('copies', () => {
    const command = fromHex('00a4040000');
    const copy = withoutPin(command);
    command.fill(0xff);
    expect(toHex(copy)).toBe('00a4040000');
  });
});
