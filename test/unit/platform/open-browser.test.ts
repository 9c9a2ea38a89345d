import { describe, expect, it } from 'vitest';
import { openBrowser, webAddress } from '../../../src/platform/open-browser.js';

describe('webAddress()', () => {
  it.each([
    ['https://login.test.example/return?code=a&b=c', 'https://login.test.example/return?code=a&b=c'],
    ['http://127.0.0.1:8080/x', 'http://127.0.0.1:8080/x'],
    ['http://[::1]:1/x', 'http://[::1]:1/x'],
    ['http://localhost/x', 'http://localhost/x'],
    ['https://a.example/"><x y=`z`>', 'https://a.example/%22%3E%3Cx%20y=%60z%60%3E'],
    ['https://a.example/?q=" --json', 'https://a.example/?q=%22%20--json'],
  ])('writes %s as browsers do', (address, written) => {
    expect(webAddress(address)).toBe(written);
  });
});

describe('openBrowser()', () => {
  it.each([
    'http://login.test.example/',
    'http://127.0.0.1.evil.example/',
    'https://user@login.test.example/',
    'https://user:secret@login.test.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'kort://start?client_id=a&ref=b',
    'ftp://a.example/',
    '--help',
    '/usr/bin/id',
    '',
  ])('opens nothing for %s', async (address) => {
    expect(await openBrowser(address, 'linux')).toBe(false);
  });
});
